"""WSGI applications, called without a socket."""

from __future__ import annotations

import asyncio
import io
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

from ..api.deliveries import SignedRequest
from .applications import ApplicationError, ApplicationThreads, in_application, traceback_of
from .targets import DEFAULT_PORTS, Answer

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class WsgiTarget:
    """A WSGI application, called in a new thread for each delivery."""

    def __init__(self, app: Application, threads: ApplicationThreads) -> None:
        self._app = app
        self._threads = threads

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    async def send(self, signed_request: SignedRequest) -> Answer:
        return await asyncio.wrap_future(self._threads.call(lambda: self.call(signed_request)))

    def call(self, signed_request: SignedRequest) -> Answer:
        """Call the application in this thread and return its response."""
        url = urlsplit(signed_request.url)
        environ: dict[str, Any] = {
            "REQUEST_METHOD": signed_request.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(url.path or "/").decode("latin-1"),
            "QUERY_STRING": url.query,
            # PATH_INFO is decoded. uWSGI and Werkzeug keep the raw target in REQUEST_URI,
            # Gunicorn in RAW_URI
            "REQUEST_URI": signed_request.target,
            "RAW_URI": signed_request.target,
            "SERVER_NAME": url.hostname or "",
            "SERVER_PORT": str(url.port or DEFAULT_PORTS.get(url.scheme, 0)),
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
        statuses: list[str] = []
        chunks: list[bytes] = []

        def start_response(status: str, headers: object, error: object = None) -> object:
            statuses[:] = [status]
            return chunks.append

        body = self._app(environ, start_response)
        if not isinstance(body, Iterable):
            raise TypeError(
                f"the application returned {type(body).__name__}, not an iterable of bytes; if "
                "it is a function that creates the application, call it first"
            )
        try:
            chunks.extend(body)
        finally:
            if close := getattr(body, "close", None):
                close()
        if not statuses:
            raise RuntimeError("the application did not call start_response")
        return Answer(int(statuses[0].split()[0]), b"".join(chunks).decode(errors="replace"))


@dataclass(frozen=True, eq=False)
class PendingCall:
    """A call of an application that waits for `settle()`, which makes it in its own thread."""

    target: WsgiTarget
    signed_request: SignedRequest
    answer: Future[Answer] = field(default_factory=Future)

    def run(self) -> None:
        """Call the application and set the answer.

        Raises an exception of the application that does not derive from `Exception`, such as
        pytest's own.
        """
        self.answer.set_running_or_notify_cancel()
        before = in_application.set(True)
        try:
            self.answer.set_result(self.target.call(self.signed_request))
        except BaseException as error:
            self.answer.set_exception(ApplicationError(traceback_of(error)))
            if not isinstance(error, Exception):
                raise
        finally:
            in_application.reset(before)
