"""Event streams: server-sent events over HTTP, one connection for each client."""

from __future__ import annotations

import asyncio
from asyncio.tasks import wait_for  # not asyncio.wait_for, which tests patch
from collections.abc import Mapping
from contextlib import suppress
from functools import partial

from aiohttp import web

from .call_threads import in_thread
from .calls import CallError
from .feed import Feed

MAX_STREAMS = 64
"""Maximum number of streams at the same time."""

GATHER_TIME = 0.05
"""Seconds in which entries are gathered, so that a burst of requests costs few writes."""

HEARTBEAT_TIME = 15.0
"""Seconds without an event after which a comment shows whether the client has gone."""

WRITE_TIMEOUT = 30.0
"""Seconds after which a client that does not read is dropped."""

RETRY = b"retry: 1000\n\n"
"""Lets a browser connect again after a second."""

HEARTBEAT = b": heartbeat\n\n"

TIMEOUTS = (asyncio.TimeoutError, TimeoutError)  # the same since Python 3.11


class Streams:
    """The streams of a *feed*, on the event loop of the server."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._wake_ups: set[asyncio.Event] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_scheduled = False
        feed.listeners.append(self._on_entry)

    async def serve(
        self, request: web.BaseRequest, headers: Mapping[str, str]
    ) -> web.StreamResponse:
        """Send events until the client has gone. Raises `CallError` if there are too many."""
        if len(self._wake_ups) >= MAX_STREAMS:
            raise CallError(503, f"there are {MAX_STREAMS} event streams already; close one")
        if self._loop is not (loop := asyncio.get_running_loop()):
            self._loop, self._is_scheduled = loop, False
        self._wake_ups.add(wake_up := asyncio.Event())
        stream = web.StreamResponse(headers=headers)
        try:
            position = self._feed.position(request.headers.get("Last-Event-ID", ""))
            await stream.prepare(request)
            await stream.write(RETRY)
            await self._send(stream, position, wake_up)
        except ConnectionError:
            pass
        except TIMEOUTS:
            if request.transport:
                request.transport.abort()
        finally:
            self._wake_ups.discard(wake_up)
        return stream

    async def _send(
        self, stream: web.StreamResponse, position: int | None, wake_up: asyncio.Event
    ) -> None:
        while True:
            wake_up.clear()
            events, position = await in_thread(partial(self._feed.read_events, position))
            await wait_for(stream.write(events), WRITE_TIMEOUT)
            while position == self._feed.position() and not wake_up.is_set():
                try:
                    await wait_for(wake_up.wait(), HEARTBEAT_TIME)
                except TIMEOUTS:
                    await wait_for(stream.write(HEARTBEAT), WRITE_TIMEOUT)

    def _on_entry(self) -> None:
        """Wake the streams soon. Called in any thread."""
        if self._loop and self._wake_ups and not self._is_scheduled:
            self._is_scheduled = True
            with suppress(RuntimeError):  # the server has stopped
                self._loop.call_soon_threadsafe(self._loop.call_later, GATHER_TIME, self._wake)

    def _wake(self) -> None:
        self._is_scheduled = False
        for wake_up in self._wake_ups:
            wake_up.set()
