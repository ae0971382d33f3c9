"""The server: ports of this machine, served by an event loop in its own thread.

Callers never run on that loop. So a call that blocks their own loop does not block the server.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any

from ..threads import LoopThread

if TYPE_CHECKING:
    from ssl import SSLContext

    from aiohttp import web

    from ..api.world import World
    from .handler import Handler

    Site = Callable[[web.BaseRequest], Awaitable[web.StreamResponse | None]]


LOOPBACK = "127.0.0.1"
LOCAL_NAMES = (LOOPBACK, "localhost")
"""Names of the address at which the server always listens."""
ANY_ADDRESS = "0.0.0.0"
"""All addresses of this machine, including `LOOPBACK`."""

SHARED_CLIENT = (
    "if tests share a client, set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN for all of them"
)
"""The remedy for requests with the credentials of an earlier test."""


class Server:
    """Serves one world at a time on *port* of 127.0.0.1, and of *host*; 0 means a free port.

    With the context *tls*, it also serves TLS on *tls_port*. The *site* answers requests first; it
    returns None for those that the API answers.
    """

    world: World
    """Set before the start, and again for each fake."""

    def __init__(
        self,
        port: int = 0,
        *,
        host: str = LOOPBACK,
        tls: SSLContext | None = None,
        tls_port: int = 0,
        site: Site | None = None,
    ) -> None:
        self.port = port
        self.tls_port = tls_port if tls else 0
        self.site = site
        self._hosts = [LOOPBACK] if host in LOCAL_NAMES else [host]
        if host not in (*LOCAL_NAMES, ANY_ADDRESS):
            self._hosts.insert(0, LOOPBACK)  # redirected requests arrive there
        self._wanted = ((port, None), *([(tls_port, tls)] if tls else []))
        self.ended_fakes: dict[str, str] = {}
        """Names of the fakes that it served before, by account sid and by auth token."""
        self.late_requests: list[str] = []
        """A line for each request that arrived after the end of its fake."""
        self._handler: Handler | None = None
        self._thread: LoopThread | None = None
        self._refusals = 0
        self.may_have_redirected = False
        """Whether an ended fake may have redirected a connection that is still open."""

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    def start(self) -> None:
        """Listen, unless it already does. Raises `OSError` if the port is in use.

        If the thread has died, or a fork left it in the parent process, a new thread listens on
        other ports.
        """
        if self._thread and self._thread.is_running:
            return
        from .handler import Handler  # imports aiohttp, which is slow

        handler = self._handler = Handler(self)
        self._refusals = 0

        async def open_ports() -> None:
            self.port, self.tls_port = await handler.open(self._hosts, self._wanted)

        self._thread = LoopThread("fake_conversations", open_ports, handler.close)
        try:
            self._thread.start()
        except BaseException:
            self._thread = None
            raise

    def refuse(self) -> None:
        """Drop all connections and refuse new ones. Each call needs one call of `listen`."""
        self._refusals += 1
        if self._handler and self._refusals == 1:
            self._run(self._handler.refuse())

    def listen(self) -> None:
        """Accept connections again, on the same ports."""
        self._refusals -= 1
        if self._handler and not self._refusals:
            self._run(self._handler.listen())

    def catch_up(self) -> None:
        """Wait until the server has read every request that has reached its sockets."""
        if self._handler:
            self._run(self._handler.catch_up())

    def drop_connections(self) -> None:
        """Close every connection at once. Clients can connect again."""
        self.may_have_redirected = False
        if self._handler and self._thread and self._thread.is_running:
            self._run(self._handler.drop_connections())

    def _run(self, coroutine: Coroutine[Any, Any, None]) -> None:
        if self._thread:
            self._thread.run(coroutine)
        else:
            coroutine.close()

    def failure(self) -> RuntimeError | None:
        """The error if its thread has died or is stuck. The next `start` then creates another."""
        if not self._thread or self._thread.is_inherited:
            return None
        failure = self._thread.failure()
        if failure and self._handler:
            self._handler.is_abandoned = True
            self._thread.abandon()
            self._thread = None
        return failure

    def stop(self) -> None:
        """Close the ports and all connections at once, even during a request."""
        thread, self._thread = self._thread, None
        if thread and not thread.stop() and (failure := thread.failure()):
            raise failure from failure.__cause__
