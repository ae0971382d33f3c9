"""The life of a fake, from start to end: server, redirection, environment and webhook worker."""

from __future__ import annotations

import os
from asyncio import get_running_loop
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory

from .api.outside import NOT_ACTIVE
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
    stop_fork_server,
    subprocess_env,
)
from .server.server import SHARED_CLIENT, Server
from .webhooks.dispatcher import Dispatcher

# The lifecycles of the fakes that redirect at present, the innermost last
_redirecting_fakes: list[Lifecycle] = []

MAX_ENDED_INNER_FAKES = 3
"""Maximum number of ended inner fakes that the hints of a fake name."""

BLOCKED_LOOP = (
    "this call blocks the event loop of its thread, so requests of that loop have to wait; call "
    "`await asyncio.to_thread(...)` with the assertion instead"
)


class Lifecycle:
    """Starts and ends the server and the redirection of a world, and explains missing requests.

    Raises `TypeError` or `ValueError` for *allow_hosts* that are no host names, and `ValueError`
    for *child_processes* without *redirect*.
    """

    def __init__(
        self,
        world: World,
        dispatcher: Dispatcher,
        *,
        redirect: bool,
        child_processes: bool,
        allow_hosts: Sequence[str],
    ) -> None:
        if child_processes and not redirect:
            raise ValueError("child_processes=True cannot be combined with redirect=False")
        self._world = world
        self._dispatcher = dispatcher
        self._redirect = redirect
        self._child_processes = child_processes
        self._allow_hosts = Guard(name=world.name, allow_hosts=allow_hosts).allow_hosts
        self._redirection: Redirection | None = None
        """The active redirection; None if the fake does not redirect now."""
        self._served_by: Server | None = None
        self.refused_hosts: list[Refusal] = []
        self.late_requests: list[str] = []
        """A line for each request that was refused, because its credentials have ended."""
        self.address = ""
        """The URL at which the fake listens; empty before its start."""
        self._was_down = False
        self._inner_fakes: list[Lifecycle] = []
        """The inner fakes that are active now and get the requests instead of this fake."""
        self._ended_inner_fakes: deque[str] = deque(maxlen=MAX_ENDED_INNER_FAKES)
        """Hints on requests to inner fakes that have ended."""

    @contextmanager
    def serve(self) -> Iterator[None]:
        """Serve the world on a server of its own, with the environment's variables set."""
        with ExitStack() as running:
            server = Server(tls=server_context() if self._redirect else None)
            running.callback(server.stop)
            if self._redirect:
                running.enter_context(_environment(self.missing_credentials()))
            running.enter_context(self.serve_on(server))
            running.enter_context(_environment(self.child_environment()))
            yield

    @contextmanager
    def serve_on(self, server: Server) -> Iterator[None]:
        """Serve the world on *server*, until the end of the `with` statement.

        Raises `RuntimeError` for a fake that was started before, and if gevent or eventlet makes
        redirection impossible.
        """
        if self._redirect:
            refuse_monkey_patching(
                "a fake that redirects",
                instead="use redirect=False and give the code the fake's url",
            )
        if self.address:
            raise RuntimeError("a fake can be started only once; create a new one")
        accounts = self._world.authenticator.accounts
        credentials = [each for account in accounts for each in (account.sid, account.auth_token)]
        for each in credentials:
            server.ended_fakes.pop(each, None)
        self._served_by = server
        self.late_requests = server.late_requests
        server.world = self._world
        server.start()
        self.address = server.url
        if server.may_have_redirected and not self._redirect:
            server.drop_connections()
        try:
            with self._redirecting() if self._redirect else nullcontext(), self._dispatcher.open():
                yield
        finally:
            server.ended_fakes |= dict.fromkeys(credentials, self._world.name)
            self.late_requests = [*server.late_requests]
            self._world.end()
            if failure := server.failure():
                self._world.errors.append(failure)

    @contextmanager
    def _redirecting(self) -> Iterator[None]:
        """Redirect Twilio's hosts to the server, which has a TLS port."""
        outer_fakes = _redirecting_fakes[-1:]
        for outer in outer_fakes:
            outer._server.drop_connections()  # an open connection would still lead there
            outer._inner_fakes.append(self)
        redirection = Redirection(
            http_port=self._server.port,
            tls_port=self._server.tls_port,
            name=self._world.name,
            allow_hosts=self._allow_hosts,
        )
        self.refused_hosts = redirection.refused
        with ExitStack() as self._files, activate(redirection):
            _redirecting_fakes.append(self)
            self._redirection = redirection
            if self._child_processes:
                stop_fork_server()
                self._files.callback(stop_fork_server)
            try:
                yield
            finally:
                self._redirection = None
                self._server.may_have_redirected = True
                _redirecting_fakes.remove(self)
                for outer in outer_fakes:
                    outer._inner_fakes.remove(self)
                    outer._ended_inner_fakes += self._inner_requests()

    @contextmanager
    def down(self) -> Iterator[None]:
        """Refuse connections, until the end of the `with` statement."""
        self._server.refuse()
        self._was_down = True
        try:
            yield
        finally:
            self._server.listen()

    @property
    def _server(self) -> Server:
        """The server of a fake that was started. Raises `RuntimeError` before its start."""
        __tracebackhide__ = True
        if not self._served_by:
            raise RuntimeError(NOT_ACTIVE)
        return self._served_by

    def catch_up(self) -> None:
        """Wait until the server has read every request that has reached its sockets."""
        self._server.catch_up()

    def ended_fakes(self) -> Mapping[str, str]:
        """The names of earlier fakes at the same address, by account sid and by auth token."""
        return self._server.ended_fakes

    # Requests that did not reach the fake

    def hints(self, waited: bool) -> Sequence[str]:
        """Sentences that say why a request may be missing. *waited*: the test has waited for it."""
        blocked = [BLOCKED_LOOP] if waited and _on_event_loop() else []
        refused = [
            f"a connection to {refusal.host} was refused, {refusal.reason}"
            for refusal in self.refused_hosts[:3]
        ]
        active = [hint for inner in self._inner_fakes for hint in inner._inner_requests()]
        late = [_late(line) for line in self.late_requests[-1:]]
        down = ["the fake was down() for a while, and refused connections"] * self._was_down
        return [*blocked, *refused, *self._ended_inner_fakes, *active, *late, *down]

    def _inner_requests(self) -> list[str]:
        """The hint of an outer fake on the requests of this one, if there are any."""
        if not self._world.journal:
            return []
        requests, name = counted(self._world.journal.answered, "request"), self._world.name
        return [f"{requests} went to the fake {name}, which was active inside this one"]

    def unrecorded(self) -> list[str]:
        """A sentence for each late request, once if it was repeated."""
        return [*map(_late, dict.fromkeys(self.late_requests))]

    # The environment

    def environment(self) -> dict[str, str]:
        """The variables that lead code under test to the fake, as far as they are not set."""
        proxies = no_proxy_variables(os.environ) if self._redirect else {}
        return {**self.missing_credentials(), **proxies}

    def missing_credentials(self) -> dict[str, str]:
        """The variables with which `twilio.rest.Client()` finds credentials.

        The values of the environment stay, unless the fake enforces credentials of its own.
        """
        account = self._world.account
        user = account.username or account.sid
        own = {"TWILIO_ACCOUNT_SID": user, "TWILIO_AUTH_TOKEN": account.auth_token}
        enforced = self._world.authenticator.enforced
        return {name: own[name] for name in own if enforced or not os.environ.get(name)}

    def child_environment(self) -> dict[str, str]:
        """The variables for child processes that are to be set in this process, as an option."""
        if not self._child_processes:
            return {}
        variables = self.subprocess_env().items()
        return {name: value for name, value in variables if os.environ.get(name) != value}

    def subprocess_env(self) -> dict[str, str]:
        """The environment for child processes. Raises `RuntimeError` if the fake is not active."""
        __tracebackhide__ = True
        self._world.require_running()
        if not self._redirect:
            raise RuntimeError(
                "this fake does not redirect (redirect=False), so give its address to the child "
                f"process: {self.address or 'fake.url, once it is active'}"
            )
        if not self._redirection:
            raise RuntimeError(NOT_ACTIVE)
        directory = self._files.enter_context(TemporaryDirectory(prefix="fake_conversations-"))
        return subprocess_env(self._redirection, Path(directory))


def _late(line: str) -> str:
    return f"refused, with credentials of an earlier test: {line}; {SHARED_CLIENT}"


def _on_event_loop() -> bool:
    try:
        get_running_loop()
    except RuntimeError:
        return False
    return True


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Set *variables*; at the end restore those that nobody else has changed."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if os.environ.get(name) == variables[name]:
                del os.environ[name]
                os.environ.update({name: value} if value is not None else {})
