"""The floor, and a raw client with a kept connection."""

from __future__ import annotations

import asyncio
import json
import socket
from base64 import b64encode
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
CONVERSATIONS = "/v1/Conversations"
CREDENTIALS = b64encode(f"AC{'0' * 32}:token".encode()).decode()


async def _answer(request: web.BaseRequest) -> web.Response:
    await request.read()
    return web.Response(body=BODY, status=201, content_type="application/json")


@contextmanager
def floor_server() -> Iterator[str]:
    """The URL of a bare aiohttp handler with a ready answer, in a thread."""
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def start() -> tuple[web.ServerRunner, int]:
        runner = web.ServerRunner(web.Server(_answer), shutdown_timeout=0.05)
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


class RawClient:
    """Sends requests over a kept socket, with as little work as possible.

    It connects anew if the server keeps no connections (HTTP/1.0).
    """

    def __init__(self, url: str) -> None:
        self._port = int(url.rpartition(":")[2])
        self._connect()

    def _connect(self) -> None:
        self._socket = socket.create_connection(("127.0.0.1", self._port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def request(self, method: str, path: str, form: str = "") -> bytes:
        """Send a request and return the body of the answer."""
        self._socket.sendall(
            f"{method} {path} HTTP/1.1\r\n"
            f"Host: 127.0.0.1:{self._port}\r\n"
            f"Authorization: Basic {CREDENTIALS}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(form)}\r\n\r\n{form}".encode()
        )
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += self._receive()
        head, _, body = answer.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        while len(body) < length:
            body += self._receive()
        if head.startswith(b"HTTP/1.0"):
            self.close()
            self._connect()
        return body

    def _receive(self) -> bytes:
        received = self._socket.recv(65536)
        if not received:
            raise ConnectionError("the server closed the connection")
        return received

    def close(self) -> None:
        self._socket.close()
