"""Applications that are reached over HTTP, on this machine."""

from __future__ import annotations

import asyncio
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from aiohttp import ClientError, ClientSession, TCPConnector, ThreadedResolver, web
from yarl import URL

from ..api.deliveries import SignedRequest, request_url
from .applications import Applications, LoopOfTest

if TYPE_CHECKING:
    from .destinations import Answer


class HttpTarget:
    """What listens at *base*, as in `http://127.0.0.1:5000`, and stands for *public_url*.

    Without them it is whatever listens where the URL of a delivery says.
    """

    def __init__(self, base: str = "", public_url: str = "") -> None:
        self._base = base
        path = urlsplit(request_url(public_url)).path if public_url else ""
        self._public_path = path.rstrip("/")

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    async def send(self, signed_request: SignedRequest) -> Answer:
        """Raises `ConnectionError` if nobody answers."""
        public = urlsplit(signed_request.url)
        base = urlsplit(self._base or signed_request.url)
        target = signed_request.target
        if self._base:
            target = base.path.rstrip("/") + target[len(self._public_path) :]
        host = base.netloc.rpartition("@")[2]  # the letter's headers have the credentials
        url = f"{base.scheme}://{host}{target}"
        # As a proxy in front of an application says it
        headers = {
            "X-Forwarded-Proto": public.scheme,
            **signed_request.headers,
            "Host": signed_request.host,
        }
        # No other resolver, as those have threads that outlive them
        here = TCPConnector(resolver=ThreadedResolver())
        async with ClientSession(connector=here, auto_decompress=False) as session:
            try:
                async with session.request(
                    signed_request.method,
                    URL(url, encoded=True),  # else the URL is not the one that was signed
                    headers=headers,
                    data=signed_request.body or None,
                    allow_redirects=False,
                ) as answer:
                    return answer.status, (await answer.read()).decode(errors="replace"), None
            except ClientError as error:
                raise ConnectionError(str(error)) from error


class AiohttpTarget(HttpTarget):
    """An application of aiohttp, served for as long as it is a target."""

    def __init__(self, app: web.Application, applications: Applications | LoopOfTest) -> None:
        super().__init__()
        self._app = app
        self._applications = applications

    async def open(self) -> None:
        self._base = await asyncio.wrap_future(self._applications.run(self._serve()))

    async def _serve(self) -> str:
        self._runner = web.AppRunner(self._app, access_log=None, shutdown_timeout=5)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0]
        return f"http://{host}:{port}"

    async def close(self) -> None:
        await asyncio.wrap_future(self._applications.run(self._runner.cleanup()))


def is_loopback(url: str) -> bool:
    """Whether a URL leads to this machine and nowhere else."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https"):
        return False
    try:
        return ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return parts.hostname == "localhost"
