"""The server: ports on 127.0.0.1, served by an event loop in a thread of its own.

Callers never share that loop, so a call that blocks theirs waits for nobody but the fake.
"""

from __future__ import annotations

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from ..threads import LoopThread

if TYPE_CHECKING:
    from ssl import SSLContext

    from ..api.world import World
    from .handler import Handler


class Server:
    """Serves one world at a time, on *port* or, for 0, on a free one.

    Given *tls*, it does so with this context on another free one, too, which is `tls_port`.
    """

    world: World
    """Set before it starts, and anew for each fake."""

    def __init__(self, port: int = 0, *, tls: SSLContext | None = None) -> None:
        self.port = self._wanted_port = port
        self.tls_port = 0
        self._tls = tls
        self.ended: dict[str, str] = {}
        """The names of the fakes that it served before, by account sid."""
        self.strays: list[str] = []
        """A line for each request that came too late for its fake."""
        self._handler: Handler | None = None
        self._thread: LoopThread | None = None
        self._refusals = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Listen from now on, if it does not already. Raises `OSError` for a port in use.

        In place of a thread that has died, or of one that a fork left in the parent process, a new
        one listens on other ports.
        """
        if self._thread and self._thread.is_running:
            return
        from .handler import Handler  # brings aiohttp, which takes its time

        handler = self._handler = Handler(self)
        self._refusals = 0

        async def open_ports() -> None:
            self.port, self.tls_port = await handler.open(self._wanted_port, self._tls)

        self._thread = LoopThread("fake_conversations", open_ports, handler.close)
        try:
            self._thread.start()
        except BaseException:
            self._thread = None
            raise

    def refuse(self) -> None:
        """Refuse connections, and drop those that there are, until it is to `listen` as often."""
        self._refusals += 1
        if self._handler and self._refusals == 1:
            self._run(self._handler.refuse())

    def listen(self) -> None:
        """Take connections again, at the same ports."""
        self._refusals -= 1
        if self._handler and not self._refusals:
            self._run(self._handler.listen())

    def catch_up(self) -> None:
        """Return when the server has begun with every request that has reached its sockets."""
        if self._handler:
            self._run(self._handler.catch_up())

    def drop_connections(self) -> None:
        """Close every connection at once. A client that wants to go on connects anew."""
        if self._handler and self._thread and self._thread.is_running:
            self._run(self._handler.drop_connections())

    def _run(self, what: Coroutine[Any, Any, None]) -> None:
        if self._thread:
            self._thread.run(what)
        else:
            what.close()

    def trouble(self) -> RuntimeError | None:
        """What is wrong with its thread, if that has died or is stuck; `start` replaces it then."""
        if not self._thread or self._thread.is_inherited:
            return None
        trouble = self._thread.trouble()
        if trouble and self._handler:
            self._handler.is_abandoned = True
            self._thread.abandon()
            self._thread = None
        return trouble

    def stop(self) -> None:
        """Close the ports and every connection at once, whatever is still going on there."""
        thread, self._thread = self._thread, None
        if thread and not thread.stop() and (trouble := thread.trouble()):
            raise trouble from trouble.__cause__
