"""Applications that are called over HTTP, on this machine."""

from __future__ import annotations

import asyncio
from ipaddress import ip_address
from urllib.parse import urlsplit

from aiohttp import ClientError, ClientSession, ClientTimeout, TCPConnector, ThreadedResolver, web
from yarl import URL

from ..api.deliveries import SignedRequest, request_url
from .applications import ApplicationThreads, TestEventLoop
from .targets import Answer


class HttpTarget:
    """A server at the address *base*, as in `http://127.0.0.1:5000`.

    A request for a URL below *public_url* goes to the same path below *base*. Without *base* a
    request goes to its own URL.
    """

    def __init__(self, base: str = "", public_url: str = "") -> None:
        self._base = base
        path = urlsplit(request_url(public_url)).path if public_url else ""
        self._public_path = path.rstrip("/")

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    async def send(self, signed_request: SignedRequest) -> Answer:
        public = urlsplit(signed_request.url)
        base = urlsplit(self._base or signed_request.url)
        target = signed_request.target
        if self._base:
            target = base.path.rstrip("/") + target[len(self._public_path) :]
        host = base.netloc.rpartition("@")[2]  # the headers have the credentials
        url = f"{base.scheme}://{host}{target}"
        headers = {
            "X-Forwarded-Proto": public.scheme,  # as from a proxy in front of an application
            **signed_request.headers,
            "Host": signed_request.host,
        }
        # The threads of other resolvers outlive their session
        connector = TCPConnector(resolver=ThreadedResolver())
        # The worker limits the time; the default of aiohttp would end a delivery after 5 minutes
        async with ClientSession(
            connector=connector, timeout=ClientTimeout(), auto_decompress=False
        ) as session:
            try:
                async with session.request(
                    signed_request.method,
                    URL(url, encoded=True),  # yarl would change the URL that was signed
                    headers=headers,
                    data=signed_request.body or None,
                    allow_redirects=False,
                ) as response:
                    text = (await response.read()).decode(errors="replace")
                    return Answer(response.status, text)
            except ClientError as error:
                raise ConnectionError(str(error)) from error


class AiohttpTarget(HttpTarget):
    """An aiohttp application, served on a local port from `open` to `close`."""

    def __init__(self, app: web.Application, runner: ApplicationThreads | TestEventLoop) -> None:
        super().__init__()
        self._app = app
        self._runner = runner

    async def open(self) -> None:
        self._base = await asyncio.wrap_future(self._runner.run(self._serve()))

    async def _serve(self) -> str:
        was_started = self._app.frozen
        self._app_runner = web.AppRunner(self._app, access_log=None, shutdown_timeout=5)
        try:
            await self._app_runner.setup()
        except RuntimeError as error:
            if not was_started:
                raise
            raise RuntimeError(
                f"{error}; this application was started before, so create one for each test"
            ) from None
        await web.TCPSite(self._app_runner, "127.0.0.1", 0).start()
        host, port = self._app_runner.addresses[0]
        return f"http://{host}:{port}"

    async def close(self) -> None:
        await asyncio.wrap_future(self._runner.run(self._app_runner.cleanup()))


def is_loopback(url: str) -> bool:
    """Whether the host of an HTTP URL is a loopback address or `localhost`."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https"):
        return False
    try:
        return ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return parts.hostname == "localhost"
