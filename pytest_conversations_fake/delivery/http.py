"""Applications that are reached over HTTP, on this machine."""

from __future__ import annotations

import asyncio
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from aiohttp import ClientError, ClientSession, TCPConnector, ThreadedResolver, web

from ..api.deliveries import Letter
from .applications import Applications

if TYPE_CHECKING:
    from .routes import Answer


class HttpTarget:
    """What listens at *base*, as in `http://127.0.0.1:5000`, and stands for *public_url*.

    Without them it is whatever listens where the URL of a delivery says.
    """

    def __init__(self, base: str = "", public_url: str = "") -> None:
        self._base = base.rstrip("/")
        self._public_path = urlsplit(public_url).path.rstrip("/")

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    async def send(self, letter: Letter) -> Answer:
        """Raises `ConnectionError` if nobody answers."""
        public = urlsplit(letter.url)
        url = letter.url
        if self._base:
            rest = public.path[len(self._public_path) :]
            url = f"{self._base}{rest}{'?' * bool(public.query)}{public.query}"
        # As a proxy in front of an application says it
        headers = {**letter.headers, "Host": letter.host, "X-Forwarded-Proto": public.scheme}
        # No other resolver, as those have threads that outlive them
        here = TCPConnector(resolver=ThreadedResolver())
        async with ClientSession(connector=here, auto_decompress=False) as session:
            try:
                async with session.request(
                    letter.method, url, headers=headers, data=letter.body, allow_redirects=False
                ) as answer:
                    return answer.status, (await answer.read()).decode(errors="replace"), None
            except ClientError as error:
                raise ConnectionError(str(error)) from error


class AiohttpTarget(HttpTarget):
    """An application of aiohttp, served for as long as it is a target."""

    def __init__(self, app: web.Application, applications: Applications) -> None:
        super().__init__()
        self._app = app
        self._applications = applications

    async def open(self) -> None:
        self._base = await asyncio.wrap_future(self._applications.run(self._serve()))

    async def _serve(self) -> str:
        self._runner = web.AppRunner(self._app, access_log=None)
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
