"""The server: ports on 127.0.0.1, served by an event loop in a thread of its own.

Callers never share that loop, so a call that blocks theirs waits for nobody but the fake.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Coroutine
from contextlib import ExitStack
from threading import Thread
from typing import TYPE_CHECKING, Any

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
        self.port = port
        self.tls_port = 0
        self._tls = tls
        self.ended: dict[str, str] = {}
        """The names of the fakes that it served before, by account sid."""
        self.strays: list[str] = []
        """A line for each request that came too late for its fake."""
        self._handler: Handler | None = None
        self._refusals = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Listen from now on, if it does not already. Raises `OSError` for a port in use."""
        if self._handler:
            return
        from .handler import Handler  # brings aiohttp, which takes its time

        with ExitStack() as undo:
            loop = asyncio.SelectorEventLoop()
            undo.callback(loop.close)
            plain = undo.enter_context(socket.create_server(("127.0.0.1", self.port)))
            listeners: dict[socket.socket, SSLContext | None] = {plain: None}
            if self._tls:
                secure = undo.enter_context(socket.create_server(("127.0.0.1", self.tls_port)))
                listeners[secure] = self._tls
                self.tls_port = secure.getsockname()[1]
            self.port = plain.getsockname()[1]
            undo.pop_all()
        # A daemon, so that a process that forgets to stop it can end all the same
        self._thread = Thread(target=loop.run_forever, name="fake_conversations", daemon=True)
        self._thread.start()
        self._loop = loop
        self._handler = Handler(self)
        self._run(self._handler.open(listeners))

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

    def _run(self, what: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(what, self._loop).result()

    def catch_up(self) -> None:
        """Return when the server has begun with every request that has reached its sockets."""
        if self._handler:
            self._run(self._handler.catch_up())

    def drop_connections(self) -> None:
        """Close every connection at once. A client that wants to go on connects anew."""
        if self._handler:
            self._run(self._handler.drop_connections())

    def stop(self) -> None:
        """Close the ports and every connection at once, whatever is still going on there."""
        if self._handler:
            self._run(self._handler.close())
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()
            self._handler = None
