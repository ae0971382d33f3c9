"""Applications of ASGI, called without a socket."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from ..api.deliveries import SignedRequest
from .applications import Applications, LoopOfTest

if TYPE_CHECKING:
    from .destinations import Answer

Message = MutableMapping[str, Any]
Application = Callable[
    [Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]],
    Awaitable[None],
]

ASGI = {"version": "3.0", "spec_version": "2.3"}


class AsgiTarget:
    """An application, whose lifespan is that of the target."""

    def __init__(self, app: Application, applications: Applications | LoopOfTest) -> None:
        self._app = app
        self._applications = applications
        self._state: dict[str, Any] = {}

    async def open(self) -> None:
        """Start the application up. Raises what keeps it from that."""
        await asyncio.wrap_future(self._applications.run(self._start_up()))

    async def close(self) -> None:
        await asyncio.wrap_future(self._applications.run(self._shut_down()))

    async def send(self, signed_request: SignedRequest) -> Answer:
        """The answer, as soon as it is complete, and the future of what goes on behind it."""
        answered: Future[tuple[int, str]] = Future()
        answered.set_running_or_notify_cancel()
        rest = self._applications.run(self._called(signed_request, answered))
        rest.add_done_callback(partial(_pass_on, answered))
        try:
            status, text = await asyncio.wrap_future(answered)
        except asyncio.CancelledError:  # nobody waits for it any more
            rest.cancel()
            raise
        return status, text, rest

    # On the applications' loop

    async def _start_up(self) -> None:
        self._told: asyncio.Queue[Message] = asyncio.Queue()
        self._says: asyncio.Queue[Message] = asyncio.Queue()
        scope = {"type": "lifespan", "asgi": ASGI, "state": self._state}
        self._lifespan = asyncio.ensure_future(self._app(scope, self._told.get, self._says.put))
        try:
            await self._tell("lifespan.startup")
        except RuntimeError:
            await self._end()
            raise

    async def _shut_down(self) -> None:
        try:
            await self._tell("lifespan.shutdown")
        finally:
            await self._end()

    async def _end(self) -> None:
        self._lifespan.cancel()
        await asyncio.wait({self._lifespan}, timeout=1)
        if self._lifespan.done() and not self._lifespan.cancelled():
            self._lifespan.exception()  # which was told already, or is that of no lifespan

    async def _tell(self, what: str) -> None:
        """An application without a lifespan ends or raises at once, which is all right."""
        if self._lifespan.done():
            return
        await self._told.put({"type": what})
        said = asyncio.ensure_future(self._says.get())
        await asyncio.wait({said, self._lifespan}, return_when=asyncio.FIRST_COMPLETED)
        if said.done() and said.result()["type"] == f"{what}.failed":
            raise RuntimeError(f"the application failed at {what}: {said.result().get('message')}")
        said.cancel()

    async def _called(
        self, signed_request: SignedRequest, answered: Future[tuple[int, str]]
    ) -> None:
        complete = asyncio.Event()
        request: list[Message] = [
            {"type": "http.request", "body": signed_request.body, "more_body": False}
        ]
        status, body = 0, bytearray()

        async def receive() -> Message:
            if request:
                return request.pop()
            await complete.wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            body.extend(message.get("body", b""))
            if message["type"] == "http.response.body" and not message.get("more_body"):
                complete.set()
                if not answered.done():
                    answered.set_result((status, body.decode(errors="replace")))

        await self._app(self._scope(signed_request), receive, send)
        if not complete.is_set():
            raise RuntimeError("the application answered nothing, or not to its end")

    def _scope(self, signed_request: SignedRequest) -> dict[str, Any]:
        url = urlsplit(signed_request.url)
        port = url.port or {"http": 80, "https": 443}.get(url.scheme, 0)
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
            "server": (url.hostname, port),
            "client": ("127.0.0.1", 0),
            "state": self._state.copy(),
        }


def _pass_on(answered: Future[tuple[int, str]], rest: Future[None]) -> None:
    """What an application raised before there was an answer."""
    if not answered.done():
        error = None if rest.cancelled() else rest.exception()
        answered.set_exception(error or RuntimeError("the application was stopped"))
