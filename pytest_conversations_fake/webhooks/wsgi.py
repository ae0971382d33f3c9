"""Applications of WSGI, called without a socket."""

from __future__ import annotations

import asyncio
import io
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass, field
from traceback import format_exc
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes, urlsplit

from ..api.deliveries import SignedRequest
from .applications import Applications, Raised

if TYPE_CHECKING:
    from .destinations import Answer

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class WsgiTarget:
    """An application, called in a thread of its own for each delivery."""

    def __init__(self, app: Application, applications: Applications) -> None:
        self._app = app
        self._applications = applications

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    async def send(self, signed_request: SignedRequest) -> Answer:
        called = self._applications.call(lambda: self.call(signed_request))
        return await asyncio.wrap_future(called)

    def call(self, signed_request: SignedRequest) -> Answer:
        """What the application answers, called in this thread."""
        url = urlsplit(signed_request.url)
        environ: dict[str, Any] = {
            "REQUEST_METHOD": signed_request.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(url.path or "/").decode("latin-1"),
            "QUERY_STRING": url.query,
            # PATH_INFO is decoded. uWSGI and Werkzeug keep the raw target under this name
            "REQUEST_URI": signed_request.target,
            "RAW_URI": signed_request.target,  # Gunicorn's name for it
            "SERVER_NAME": url.hostname or "",
            "SERVER_PORT": str(url.port or {"http": 80, "https": 443}.get(url.scheme, 0)),
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_LENGTH": str(len(signed_request.body)),
            "HTTP_HOST": signed_request.host,
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": url.scheme,
            "wsgi.input": io.BytesIO(signed_request.body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        for name, text in signed_request.headers.items():
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
        if not started:
            raise RuntimeError("the application answered nothing: it did not call start_response")
        return int(started[0].split()[0]), b"".join(written).decode(errors="replace"), None


@dataclass(frozen=True, eq=False)
class Visit:
    """A call of an application that whoever settles makes."""

    target: WsgiTarget
    signed_request: SignedRequest
    answer: Future[Answer] = field(default_factory=Future)

    def pay(self) -> None:
        """Call it. What is raised that is no `Exception`, such as pytest's own, goes on here."""
        self.answer.set_running_or_notify_cancel()
        try:
            self.answer.set_result(self.target.call(self.signed_request))
        except BaseException as error:
            self.answer.set_exception(Raised(format_exc()))
            if not isinstance(error, Exception):
                raise
