"""Applications of WSGI, called without a socket."""

from __future__ import annotations

import asyncio
import io
import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes, urlsplit

from ..api.deliveries import Letter

if TYPE_CHECKING:
    from .office import Answer

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class WsgiTarget:
    """An application, called in a thread of its own for each delivery."""

    def __init__(self, app: Application) -> None:
        self._app = app

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    async def send(self, letter: Letter) -> Answer:
        return await asyncio.to_thread(self.call, letter)

    def call(self, letter: Letter) -> Answer:
        """What the application answers, called in this thread."""
        url = urlsplit(letter.url)
        environ: dict[str, Any] = {
            "REQUEST_METHOD": letter.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(url.path or "/").decode("latin-1"),
            "QUERY_STRING": url.query,
            "SERVER_NAME": url.hostname or "",
            "SERVER_PORT": str(url.port or {"http": 80, "https": 443}.get(url.scheme, 0)),
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_LENGTH": str(len(letter.body)),
            "HTTP_HOST": url.netloc,
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": url.scheme,
            "wsgi.input": io.BytesIO(letter.body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        for name, text in letter.headers.items():
            key = name.upper().replace("-", "_")
            environ["CONTENT_TYPE" if key == "CONTENT_TYPE" else f"HTTP_{key}"] = text
        started: list[str] = []
        written: list[bytes] = []

        def start_response(status: str, headers: object, error: object = None) -> object:
            started[:] = [status]
            return written.append

        answer = self._app(environ, start_response)
        try:
            written.extend(answer)
        finally:
            if close := getattr(answer, "close", None):
                close()
        return int(started[0].split()[0]), b"".join(written).decode(errors="replace")
