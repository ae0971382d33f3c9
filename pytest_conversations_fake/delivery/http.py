"""Applications that are reached over HTTP, on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from aiohttp import ClientError, ClientSession, web

from ..api.deliveries import Letter

if TYPE_CHECKING:
    from .office import Answer


class HttpTarget:
    """What listens at *base*, as in `http://127.0.0.1:5000`; without one, where the URL says."""

    def __init__(self, base: str | None = None) -> None:
        self._base = base

    async def open(self) -> None:
        self._session = ClientSession(trust_env=False, auto_decompress=False)

    async def send(self, letter: Letter) -> Answer:
        """Raises `ConnectionError` if nobody answers."""
        public = urlsplit(letter.url)
        url = letter.url
        if self._base:
            base = urlsplit(self._base)
            path = base.path.rstrip("/") + public.path
            url = urlunsplit((base.scheme, base.netloc, path or "/", public.query, ""))
        # As a proxy in front of an application says it
        headers = {**letter.headers, "Host": public.netloc, "X-Forwarded-Proto": public.scheme}
        try:
            async with self._session.request(
                letter.method, url, headers=headers, data=letter.body, allow_redirects=False
            ) as answer:
                return answer.status, (await answer.read()).decode(errors="replace")
        except ClientError as error:
            raise ConnectionError(str(error)) from error

    async def close(self) -> None:
        await self._session.close()


class AiohttpTarget(HttpTarget):
    """An application of aiohttp, served for as long as it is a target."""

    def __init__(self, app: web.Application) -> None:
        super().__init__()
        self._app = app

    async def open(self) -> None:
        await super().open()
        self._runner = web.AppRunner(self._app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0]
        self._base = f"http://{host}:{port}"

    async def close(self) -> None:
        await super().close()
        await self._runner.cleanup()
