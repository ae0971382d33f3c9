"""An offline session, for `serve` and `run`: a fake with server, webhook, log and state file."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from errno import EADDRINUSE
from pathlib import Path
from secrets import token_hex  # noqa: TID251 - sids differ at each start, unlike in tests
from typing import TextIO

from ..api.assumptions import read_answers
from ..api.events import POST_EVENTS
from ..api.resources.webhook_configurations import webhooks
from ..api.wording import visible
from ..fake import FakeConversations
from ..inspector.inspector import Inspector
from ..redirect import authority_pem, server_context
from ..server.server import LOCAL_NAMES, Server
from ..settings import FROM_ENVIRONMENT
from ..webhooks.destinations import validate_public_url
from .log import Log, json_renderer, text_renderer
from .options import DEFAULT_PORT, SessionOptions
from .output import PROGRAM, UsageError, print_problem, problems_on_stderr, write
from .runtime import RunningFake, announced
from .state_file import StateFile, open_state_file
from .trust import instructions

MAX_REQUESTS = 10_000
"""The requests, webhooks and actions that a session keeps: the last ones."""

ANY_TOKEN = "offline"
"""The token for other programs, in place of the one of the environment, which may be real."""


@dataclass(frozen=True)
class Session:
    """A session that runs."""

    options: SessionOptions
    running: RunningFake
    directory: Path
    """The runtime directory."""
    url: str

    def heading(self) -> str:
        """The first lines of the log: addresses and credentials. A JSON log has one line."""
        page, credentials = f"{self.url}/_fake/", self.running.credentials
        if self.options.log_format == "json":
            return json.dumps({"kind": "start", "url": self.url, "page": page, **credentials})
        lines = [f"listening on {self.url}"]
        lines += [f"{name}={visible(value)}" for name, value in credentials.items()]
        lines.append(f"page: {page}")
        port = self.running.http_port
        option = "" if port == DEFAULT_PORT else f" --port {port}"
        lines.append(f'in another shell: eval "$({PROGRAM} env{option})"')
        if self.options.state:
            lines.append(f"state: {visible(self.options.state)}")
        if self.options.https is not None:
            lines.append(instructions(self.running.tls_port, self.directory))
        return "\n".join(lines)


@contextmanager
def open_session(
    options: SessionOptions, log_to: TextIO | None, *, prefix: str = ""
) -> Iterator[Session]:
    """Serve a fake until the end of the `with` statement, and log to the stream *log_to*.

    Raises `UsageError` for options that cannot be used, and `OutputError` for such a stream.
    """
    with ExitStack() as running:
        running.enter_context(problems_on_stderr())
        try:
            session, log = _start(options, running, log_to, prefix)
        except (TypeError, ValueError, ModuleNotFoundError) as error:
            raise UsageError(str(error)) from None
        except OSError as error:
            raise UsageError(_reason(error)) from None
        if options.host not in LOCAL_NAMES:
            print_problem(
                f"warning: everyone who can connect to {options.host} can read and change this fake"
            )
        write(log_to, session.heading())
        log.start()
        yield session


def _start(
    options: SessionOptions, running: ExitStack, log_to: TextIO | None, prefix: str
) -> tuple[Session, Log]:
    """Start everything but the log. The parts end in the opposite order."""
    state = running.enter_context(open_state_file(options.state)) if options.state else None
    fake = _make_fake(options, state)
    if state:
        running.enter_context(state.saving(fake._world))
    is_json = options.log_format == "json"
    render = (
        json_renderer(fake._world.assumptions) if is_json else text_renderer(log_to, prefix=prefix)
    )
    log = Log(log_to, render, fake.clock.now)
    running.callback(log.stop)
    server = Server(
        options.port,
        host=options.host,
        tls=server_context(),
        tls_port=options.https or 0,
        site=Inspector(fake, allow_hosts=options.allow_host).site,
    )
    running.callback(server.stop)
    running.enter_context(fake._lifecycle.serve_on(server))
    if options.webhook:
        _configure_webhook(fake, options.webhook, options.public_url)
    fake._world.outside.listeners.append(log.add)
    described = _describe(fake, server)
    directory = running.enter_context(announced(described))
    return Session(options, described, directory, fake.url), log


def _make_fake(options: SessionOptions, state: StateFile | None) -> FakeConversations:
    accounts = options.access()
    data = state.data if state else None
    if data and not accounts and options.account_sid is None and len(data["accounts"]) == 1:
        # The account keeps its sid, even if the environment of the first start had another one
        [os.environ["TWILIO_ACCOUNT_SID"]] = data["accounts"]

    def fill(fake: FakeConversations) -> None:
        if state and data:
            state.restore(fake._world)
            return
        if options.seed:
            fake.load(options.seed)
        if options.populate:
            fake.populate(locale=options.populate)

    return FakeConversations(
        account_sid=options.account_sid,
        auth_token=options.auth_token,
        accounts=accounts,
        assume=read_answers(options.assume),
        owned=options.owned,
        seed=fill,
        redirect=False,
        max_requests=MAX_REQUESTS,
        # A database of the application may contain the sids of an earlier start
        name=data["name"] if data else f"{PROGRAM} {token_hex(8)}",
    )


def _configure_webhook(fake: FakeConversations, target: str, public_url: str | None) -> None:
    """Let the account send every event to *target*, in place of the URL in a seed or state."""
    validate_public_url(target, name="--webhook")
    if public_url is not None:
        validate_public_url(public_url, name="--public-url")
    account = fake._world.account
    with fake._world.lock:
        configured = webhooks.singleton(account, None)
        account.store.change(configured, pre_webhook_url=None, post_webhook_url=None)
    fake.webhooks.deliver_to(target, public_url=public_url, events=POST_EVENTS)
    fake._initial = fake.snapshot()  # the state to which `reset` leads


def _describe(fake: FakeConversations, server: Server) -> RunningFake:
    account = fake._world.account
    is_private = account.token_origin == FROM_ENVIRONMENT
    return RunningFake(
        name=PROGRAM,
        http_port=server.port,
        tls_port=server.tls_port,
        ca_pem=authority_pem(),
        credentials={
            "TWILIO_ACCOUNT_SID": account.username or account.sid,
            "TWILIO_AUTH_TOKEN": ANY_TOKEN if is_private else account.auth_token,
        },
        enforced=fake._world.authenticator.enforced,
    )


def _reason(error: OSError) -> str:
    """The reason why a file or an address cannot be used."""
    reason = str(error.strerror).partition(" (while attempting")[0]  # from create_server()
    hint = "; port 0 takes a free one" if error.errno == EADDRINUSE else ""
    return f"{error.filename}: {reason}{hint}" if error.filename else f"{reason}{hint}"
