"""Applications of ASGI, called without a socket."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from ..api.deliveries import Letter

if TYPE_CHECKING:
    from .office import Answer

Message = MutableMapping[str, Any]
Application = Callable[
    [Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]],
    Awaitable[None],
]

ASGI = {"version": "3.0", "spec_version": "2.3"}


class AsgiTarget:
    """An application, whose lifespan is that of the target."""

    def __init__(self, app: Application) -> None:
        self._app = app
        self._state: dict[str, Any] = {}

    async def open(self) -> None:
        """Start the application up. Raises `RuntimeError` if it says that it can not."""
        self._told: asyncio.Queue[Message] = asyncio.Queue()
        self._says: asyncio.Queue[Message] = asyncio.Queue()
        scope = {"type": "lifespan", "asgi": ASGI, "state": self._state}
        self._lifespan = asyncio.ensure_future(self._app(scope, self._told.get, self._says.put))
        try:
            await self._tell("lifespan.startup")
        except RuntimeError:
            await self._end()
            raise

    async def close(self) -> None:
        await self._tell("lifespan.shutdown")
        await self._end()

    async def _end(self) -> None:
        self._lifespan.cancel()
        await asyncio.gather(self._lifespan, return_exceptions=True)

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

    async def send(self, letter: Letter) -> Answer:
        url = urlsplit(letter.url)
        port = url.port or {"http": 80, "https": 443}.get(url.scheme, 0)
        headers = {
            **letter.headers,
            "Host": url.netloc,
            "Content-Length": str(len(letter.body)),
        }
        scope = {
            "type": "http",
            "asgi": ASGI,
            "http_version": "1.1",
            "method": letter.method,
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
        request: list[Message] = [{"type": "http.request", "body": letter.body, "more_body": False}]
        answer: list[Message] = []

        async def receive() -> Message:
            return request.pop() if request else {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            answer.append(message)

        await self._app(scope, receive, send)
        status: int = next(each["status"] for each in answer if "status" in each)
        body = b"".join(each.get("body", b"") for each in answer)
        return status, body.decode(errors="replace")
