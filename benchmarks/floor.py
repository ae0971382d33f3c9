"""The floor: the least that a server of aiohttp does."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

from aiohttp import web

ANSWER: dict[str, Any] = {
    "sid": "IS" + "0" * 32,
    "account_sid": "AC" + "0" * 32,
    "friendly_name": "Support",
    "date_created": "2026-01-01T00:00:00Z",
    "date_updated": "2026-01-01T00:00:00Z",
    "url": "http://127.0.0.1/v1/Services/IS" + "0" * 32,
    "links": {f"link_{number}": f"http://127.0.0.1/v1/Services/{number}" for number in range(7)},
}
BODY = json.dumps(ANSWER).encode()


async def answer(request: web.BaseRequest) -> web.Response:
    """Read the request and answer with a ready body."""
    await request.read()
    return web.Response(body=BODY, status=201, content_type="application/json")


@contextmanager
def floor_server() -> Iterator[str]:
    """The URL of a bare aiohttp handler with a ready answer, in a thread."""
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def start() -> tuple[web.ServerRunner, int]:
        runner = web.ServerRunner(web.Server(answer), shutdown_timeout=0.05)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        return runner, int(runner.addresses[0][1])

    runner, port = asyncio.run_coroutine_threadsafe(start(), loop).result()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
