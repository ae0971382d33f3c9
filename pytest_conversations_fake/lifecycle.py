"""A fake at work: its server, Twilio's hosts and the environment, from its start to its end."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from asyncio import get_running_loop
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from .api.journal import RecordedRequest
from .api.wording import counted
from .api.world import World
from .redirect import (
    Guard,
    Redirection,
    Refusal,
    activate,
    no_proxy_variables,
    refuse_monkey_patching,
    server_context,
    subprocess_env,
)
from .server.server import Server
from .state.account import AccountView
from .strict.strictness import Strictness
from .webhooks.webhooks import Webhooks

if TYPE_CHECKING:
    from typing_extensions import Self

# The fakes that redirect, the innermost last
_redirected: list[Active] = []


ENDED_INSIDE = 3
"""How many fakes that were active inside another, and have ended, that one names: the last."""

HELD = (
    "an event loop runs in this thread, and what it is to do waits meanwhile; "
    "`await asyncio.to_thread(...)` with the assertion lets it go on"
)


class Active(AccountView, ABC):
    """What is active from its start to its end; what it finds wrong by then it judges."""

    def __init__(
        self,
        world: World,
        strictness: Strictness,
        *,
        redirect: bool,
        allow_hosts: Sequence[str],
    ) -> None:
        super().__init__(world, world.account)
        self._redirect = redirect
        self._allow_hosts = Guard(name=world.name, allow_hosts=allow_hosts).allow_hosts
        self._strictness = strictness
        self._webhooks = Webhooks(world, strictness)
        self._redirection: Redirection | None = None  # while it is in charge of Twilio's hosts
        self._refused: list[Refusal] = []
        self._was_down = False
        self._address = ""
        self._inner: list[Active] = []  # those that have Twilio's hosts at present
        self._ended_inside: deque[str] = deque(maxlen=ENDED_INSIDE)  # about those that had

    @property
    @abstractmethod
    def requests(self) -> Sequence[RecordedRequest]: ...

    @abstractmethod
    def check_strict(self) -> None: ...

    def __enter__(self) -> Self:
        with ExitStack() as running:
            server = Server(tls=server_context() if self._redirect else None)
            running.callback(server.stop)
            if self._redirect:
                running.enter_context(_environment(**self.missing_credentials()))
            running.enter_context(self.at(server))
            self._running = running.pop_all()
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        self._running.close()
        if error is None:
            self.check_strict()

    @contextmanager
    def at(self, server: Server) -> Iterator[Self]:
        """Be what *server* serves, until the end of the `with` statement.

        Raises `RuntimeError` if gevent or eventlet keeps it from redirecting.
        """
        if self._redirect:
            refuse_monkey_patching(
                "a fake that redirects",
                instead="use redirect=False and give the code the fake's url",
            )
        if self._world.address:
            raise RuntimeError("this fake was used before; a new one costs next to nothing")
        server.ended.pop(self.account_sid, None)
        self._server = server
        server.world = self._world
        server.start()
        self._address = server.url
        if not self._redirect:
            server.drop_connections()  # what a client has kept may be one that was redirected
        try:
            with (
                self._in_charge(server) if self._redirect else nullcontext(),
                self._webhooks.open(),
            ):
                yield self
        finally:
            server.ended[self.account_sid] = self._world.name
            self._world.end()
            if trouble := server.trouble():
                self._world.errors.append(trouble)

    @contextmanager
    def _in_charge(self, server: Server) -> Iterator[None]:
        """Let Twilio's hosts be at *server*, which has a TLS port."""
        around = _redirected[-1:]
        for outer in around:
            outer._server.drop_connections()  # what a client has kept would lead there still
            outer._inner.append(self)
        redirection = Redirection(
            http_port=server.port,
            tls_port=server.tls_port,
            name=self._world.name,
            allow_hosts=self._allow_hosts,
        )
        self._refused = redirection.refused
        with ExitStack() as self._files, activate(redirection):
            _redirected.append(self)
            self._redirection = redirection
            try:
                yield
            finally:
                self._redirection = None
                _redirected.remove(self)
                for outer in around:
                    outer._inner.remove(self)
                    outer._ended_inside += self._requests_inside()

    def _requests_inside(self) -> list[str]:
        """What the fake around this one says of its requests, if there are any."""
        if not self.requests:
            return []
        requests, name = counted(len(self.requests), "request"), self._world.name
        return [f"{requests} went to the fake {name}, which was active inside this one"]

    def _elsewhere(self, waited: bool) -> Sequence[str]:
        """What was sent since it started, but not to here; or is not yet, though a test *waited*"""
        refused = [
            f"{refusal.host} was asked for, and refused {refusal.reason}"
            for refusal in self._refused[:3]
        ]
        active = [each for inner in self._inner for each in inner._requests_inside()]
        inside = [*self._ended_inside, *active]
        late = [f"refused, as it came too late: {stray}" for stray in self._server.strays[-1:]]
        down = ["it was down() for a while, and refused connections"] * self._was_down
        held = [HELD] * (waited and _on_event_loop())
        return [*held, *refused, *inside, *late, *down]

    @property
    def url(self) -> str:
        """The address, as in `http://127.0.0.1:8010`: without `/v1`, without a slash at the end."""
        if not self._world.address:
            raise RuntimeError("this fake has no address yet; use it in a `with` statement")
        return self._world.address

    def past_proxies(self) -> dict[str, str]:
        """The variables by which proxies of the environment are passed by on the way here."""
        return no_proxy_variables(os.environ) if self._redirect else {}

    def missing_credentials(self) -> dict[str, str]:
        """The variables by which a bare `Client()` finds credentials, where it would not find any.

        What the environment has is left alone, as it is let in; unless other ones were given.
        """
        own = {"TWILIO_ACCOUNT_SID": self.account_sid, "TWILIO_AUTH_TOKEN": self.auth_token}
        enforced = self._world.authenticator.enforced
        return {name: own[name] for name in own if enforced or not os.environ.get(name)}

    def subprocess_env(self) -> dict[str, str]:
        """The environment, with what makes child processes land here, too: Python, curl, Node.js.

            subprocess.run(["node", "desk.js"], env=fake_conversations.subprocess_env())

        Raises `RuntimeError` for a fake that does not redirect, or not now.
        """
        __tracebackhide__ = True
        self._world.require_running()
        if not self._redirect:
            raise RuntimeError(
                "this fake does not redirect (redirect=False), so a child process has to be told "
                f"its address, {self.url}"
            )
        if not self._redirection:
            raise RuntimeError("this fake is not active; use it in a `with` statement")
        directory = self._files.enter_context(TemporaryDirectory(prefix="fake_conversations-"))
        return subprocess_env(self._redirection, Path(directory))


def _on_event_loop() -> bool:
    """Whether whoever calls this holds up a running event loop."""
    try:
        get_running_loop()
    except RuntimeError:
        return False
    return True


@contextmanager
def _environment(**variables: str) -> Iterator[None]:
    """Set *variables*; at the end those that are still ours are put back."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if os.environ.get(name) == variables[name]:
                del os.environ[name]
                os.environ.update({name: value} if value is not None else {})
