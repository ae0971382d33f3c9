"""Translation between aiohttp's requests and responses and those of the core."""

from __future__ import annotations

import asyncio
import json
import struct
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache
from socket import SO_LINGER, SOL_SOCKET
from typing import Any

from aiohttp import StreamReader, web

from ..api.faults import AnswerLost, HalfAnswer, MalformedJson, Reset
from ..api.journal import Request, Response
from ..api.refusals import BodyTooLarge, MalformedRequest, Refused
from ..api.world import World

MAX_LINE_LENGTH = 64 * 1024
"""Maximum number of bytes of a line in the head of a request; eight times aiohttp's default."""


async def read_body(request: web.BaseRequest, limit: int) -> bytes | Refused:
    """Read the whole body, even one of more than *limit* bytes: a client sends before it reads."""
    if request.headers.get("Expect", "").lower() == "100-continue":
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0
    body, size = bytearray(), 0
    try:
        async for chunk in request.content.iter_any():
            size += len(chunk)
            if size <= limit:
                body += chunk
    except web.RequestPayloadError as error:
        request.content.feed_eof()  # else aiohttp waits for more data
        return MalformedRequest(reason=str(error).partition("\n")[0])
    except RuntimeError as error:  # aiohttp raises it if down() dropped the connection
        if request.transport:
            raise
        raise ConnectionResetError("the connection was dropped") from error
    return bytes(body) if size <= limit else BodyTooLarge()


def make_request(
    message: Any, body: StreamReader, protocol: Any, writer: Any, task: asyncio.Task[None]
) -> web.BaseRequest:
    """Create a request, also for a target with an invalid host such as `http://xn--/v1`."""
    loop = asyncio.get_running_loop()
    protocol.last_body = body
    try:
        return web.BaseRequest(message, body, protocol, writer, task, loop)
    except ValueError:
        body = StreamReader(protocol, MAX_LINE_LENGTH, loop=loop)
        body.set_exception(web.RequestPayloadError(f"no host in {message.path}"))
        message = message._replace(url=message.url.relative())
        return web.BaseRequest(message, body, protocol, writer, task, loop)


def core_request(request: web.BaseRequest, world: World) -> Request:
    headers = {name.lower(): value for name, value in request.headers.items()}
    target = request.raw_path
    if "://" in target.partition("?")[0]:  # the client uses the fake as a proxy
        target = "/" + target.split("/", 3)[-1]
    path, _, query = target.partition("?")
    return Request(
        method=request.method,
        path=path if path.isascii() else _with_replacements(path),
        query=query,
        headers=headers,
        origin=f"{request.scheme}://{headers['host']}" if headers.get("host") else world.address,
    )


def _with_replacements(path: str) -> str:
    """*path* with U+FFFD in place of bytes that are not UTF-8."""
    return path.encode(errors="surrogateescape").decode(errors="replace")


async def send(response: Response, request: web.BaseRequest, world: World) -> web.StreamResponse:
    """Send the answer, or the part of it that a fault permits."""
    answer = http_response(response, world)
    if request.content.exception():  # the start of the next request is unknown
        answer.force_close()
    return await _spoil(answer, response.fault, request) if response.fault else answer


async def _spoil(
    answer: web.Response, fault: object, request: web.BaseRequest
) -> web.StreamResponse:
    """Apply a *fault* of the answer. Returns the rest of the answer to send."""
    rest: web.StreamResponse = answer
    body = answer.body if isinstance(answer.body, bytes) else b""
    if isinstance(fault, MalformedJson):
        answer.body = body[: len(body) // 2]
    elif isinstance(fault, HalfAnswer):
        rest = web.StreamResponse(status=answer.status, headers=answer.headers)
        rest.content_length = len(body)
        await rest.prepare(request)
        await rest.write(body[: len(body) // 2])
    if request.transport and isinstance(fault, (Reset, AnswerLost, HalfAnswer)):
        if isinstance(fault, Reset):  # without this, abort() closes normally
            at_once = struct.pack("ii", 1, 0)
            request.transport.get_extra_info("socket").setsockopt(SOL_SOCKET, SO_LINGER, at_once)
        request.transport.abort()
    return rest


def http_response(response: Response, world: World) -> web.Response:
    # Without a date, aiohttp calls time.time(), which tests patch
    headers = {"Date": _http_date(world.clock.second()), **response.headers}
    if response.body is None:
        return web.Response(status=response.status, headers=headers)
    headers["Content-Type"] = "application/json; charset=utf-8"
    body = json.dumps(response.body).encode()
    return web.Response(body=body, status=response.status, headers=headers)


@lru_cache(maxsize=1)
def _http_date(second: datetime) -> str:
    return format_datetime(second, usegmt=True)
