"""ASGI applications, called without a socket."""

from __future__ import annotations

import asyncio
from asyncio import wrap_future
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import Future
from functools import partial
from typing import Any
from urllib.parse import unquote, urlsplit

from ..api.deliveries import SignedRequest
from .applications import ApplicationThreads, TestEventLoop
from .targets import DEFAULT_PORTS, Answer

Message = MutableMapping[str, Any]
Application = Callable[
    [Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]],
    Awaitable[None],
]

ASGI = {"version": "3.0", "spec_version": "2.3"}


class AsgiTarget:
    """An ASGI application, whose lifespan lasts from `open` to `close`."""

    def __init__(self, app: Application, runner: ApplicationThreads | TestEventLoop) -> None:
        self._app = app
        self._runner = runner
        self._state: dict[str, Any] = {}

    async def open(self) -> None:
        await wrap_future(self._runner.run(self._start_up()))

    async def close(self) -> None:
        await wrap_future(self._runner.run(self._shut_down()))

    async def send(self, signed_request: SignedRequest) -> Answer:
        """Return the response as soon as it is complete, with the future of the whole call."""
        response: Future[tuple[int, str]] = Future()
        response.set_running_or_notify_cancel()
        call = self._runner.run(self._call(signed_request, response))
        call.add_done_callback(partial(_fail_without_response, response))
        try:
            # The application has often responded by now; to wrap the future takes longer
            status, text = response.result() if response.done() else await wrap_future(response)
        except asyncio.CancelledError:  # the delivery has timed out
            call.cancel()
            raise
        return Answer(status, text, call)

    # On the event loop of the application

    async def _start_up(self) -> None:
        self._lifespan_events: asyncio.Queue[Message] = asyncio.Queue()
        self._lifespan_replies: asyncio.Queue[Message] = asyncio.Queue()
        scope = {"type": "lifespan", "asgi": ASGI, "state": self._state}
        self._lifespan = asyncio.ensure_future(
            self._app(scope, self._lifespan_events.get, self._lifespan_replies.put)
        )
        try:
            await self._send_lifespan_event("lifespan.startup")
        except RuntimeError:
            await self._end_lifespan()
            raise

    async def _shut_down(self) -> None:
        try:
            await self._send_lifespan_event("lifespan.shutdown")
        finally:
            await self._end_lifespan()

    async def _end_lifespan(self) -> None:
        self._lifespan.cancel()
        await asyncio.wait({self._lifespan}, timeout=1)
        if self._lifespan.done() and not self._lifespan.cancelled():
            self._lifespan.exception()  # else asyncio logs that nobody retrieved it

    async def _send_lifespan_event(self, event: str) -> None:
        """Send an event and wait for its reply.

        An application without a lifespan returns or raises at once, which is no error.
        https://asgi.readthedocs.io/en/latest/specs/lifespan.html
        """
        if self._lifespan.done():
            return
        await self._lifespan_events.put({"type": event})
        reply = asyncio.ensure_future(self._lifespan_replies.get())
        await asyncio.wait({reply, self._lifespan}, return_when=asyncio.FIRST_COMPLETED)
        if reply.done() and reply.result()["type"] == f"{event}.failed":
            raise RuntimeError(
                f"the application failed at {event}: {reply.result().get('message')}"
            )
        reply.cancel()

    async def _call(self, signed_request: SignedRequest, response: Future[tuple[int, str]]) -> None:
        is_complete = asyncio.Event()
        request: list[Message] = [
            {"type": "http.request", "body": signed_request.body, "more_body": False}
        ]
        status, body = 0, bytearray()

        async def receive() -> Message:
            if request:
                return request.pop()
            await is_complete.wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            body.extend(message.get("body", b""))
            if message["type"] == "http.response.body" and not message.get("more_body"):
                is_complete.set()
                if not response.done():
                    response.set_result((status, body.decode(errors="replace")))

        await self._app(self._scope(signed_request), receive, send)
        if not is_complete.is_set():
            raise RuntimeError("the application returned without a complete response")

    def _scope(self, signed_request: SignedRequest) -> dict[str, Any]:
        url = urlsplit(signed_request.url)
        length = str(len(signed_request.body))
        headers = {**signed_request.headers, "Host": signed_request.host, "Content-Length": length}
        return {
            "type": "http",
            "asgi": ASGI,
            "http_version": "1.1",
            "method": signed_request.method,
            "scheme": url.scheme,
            "path": unquote(url.path) or "/",
            "raw_path": url.path.encode() or b"/",
            "query_string": url.query.encode(),
            "root_path": "",
            "headers": [(name.lower().encode(), text.encode()) for name, text in headers.items()],
            "server": (url.hostname, url.port or DEFAULT_PORTS.get(url.scheme, 0)),
            "client": ("127.0.0.1", 0),
            "state": self._state.copy(),
        }


def _fail_without_response(response: Future[tuple[int, str]], call: Future[None]) -> None:
    """Raise the error of an ended *call* in a *response* that is still missing."""
    if not response.done():
        error = None if call.cancelled() else call.exception()
        response.set_exception(error or RuntimeError("the application was stopped"))
