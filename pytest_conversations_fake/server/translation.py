"""Translation between aiohttp's requests and responses and those of the core."""

from __future__ import annotations

import asyncio
import struct
from email.utils import format_datetime
from socket import SO_LINGER, SOL_SOCKET
from typing import Any

from aiohttp import StreamReader, web

from ..api.engine import ReadBody
from ..api.faults import AnswerLost, HalfAnswer, MalformedJson, Reset
from ..api.journal import Request, Response
from ..api.refusals import BodyTooLarge, MalformedRequest, Refused
from ..api.world import World

MAX_LINE_LENGTH = 64 * 1024
"""Bytes of a line of the head; aiohttp would refuse an eighth of it already."""


async def read_body(step: ReadBody, request: web.BaseRequest) -> bytes | Refused:
    """The body, which is read to its end in any case: a client that still sends does not listen."""
    if request.headers.get("Expect", "").lower() == "100-continue":
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0
    body, size = bytearray(), 0
    try:
        async for chunk in request.content.iter_any():
            size += len(chunk)
            if size <= step.limit:
                body += chunk
    except web.RequestPayloadError as error:
        request.content.feed_eof()  # else aiohttp waits for the rest
        return MalformedRequest(reason=str(error).partition("\n")[0])
    except RuntimeError as error:  # aiohttp's own, where down() came between two chunks
        if request.transport:
            raise
        raise ConnectionResetError("the connection was dropped") from error
    return bytes(body) if size <= step.limit else BodyTooLarge()


def make_request(
    message: Any, body: StreamReader, protocol: Any, writer: Any, task: asyncio.Task[None]
) -> web.BaseRequest:
    """A request of what aiohttp parsed, also where the target's host is none: `http://xn--/v1`."""
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
    if "://" in target.partition("?")[0]:  # from a client that takes the fake for a proxy
        target = "/" + target.split("/", 3)[-1]
    path, _, query = target.partition("?")
    return Request(
        method=request.method,
        path=path.encode(errors="surrogateescape").decode(errors="replace"),
        query=query,
        headers=headers,
        origin=f"{request.scheme}://{headers['host']}" if headers.get("host") else world.address,
    )


async def send(response: Response, request: web.BaseRequest, world: World) -> web.StreamResponse:
    """The answer, as far as faults let it through."""
    answer: web.StreamResponse
    answer = whole = http_response(response, world)
    if request.content.exception():  # where the next request begins is not known
        answer.force_close()
    body = whole.body if isinstance(whole.body, bytes) else b""
    transport = request.transport
    if isinstance(response.fault, MalformedJson):
        whole.body = body[: len(body) // 2]
    elif isinstance(response.fault, HalfAnswer):
        half = web.StreamResponse(status=response.status, headers=answer.headers)
        half.content_length = len(body)
        await half.prepare(request)
        await half.write(body[: len(body) // 2])
        answer = half
    if transport and isinstance(response.fault, (Reset, AnswerLost, HalfAnswer)):
        if isinstance(response.fault, Reset):  # else it would only be closed
            at_once = struct.pack("ii", 1, 0)
            transport.get_extra_info("socket").setsockopt(SOL_SOCKET, SO_LINGER, at_once)
        transport.abort()
    return answer


def http_response(response: Response, world: World) -> web.Response:
    # Without a date aiohttp would ask time.time(), which tests patch
    headers = {"Date": format_datetime(world.clock.now(), usegmt=True), **response.headers}
    if response.body is None:
        return web.Response(status=response.status, headers=headers)
    return web.json_response(response.body, status=response.status, headers=headers)
