"""HTTP requests in, the engine's answers out."""

from __future__ import annotations

import asyncio
import json
import struct
from collections.abc import Mapping
from logging import INFO, getLogger
from socket import AF_INET, SO_LINGER, SO_REUSEADDR, SOCK_STREAM, SOL_SOCKET, socket
from typing import TYPE_CHECKING

from aiohttp import web

from ..api.engine import CORS, Ask, Outcome, ReadBody, Steps, Wait, answer
from ..api.faults import AnswerLost, HalfAnswer, MalformedJson, Reset
from ..api.journal import Entry, Exchange, Request, Response
from ..api.refusals import CredentialsEnded, MalformedRequest
from ..api.wording import visible
from ..api.world import World

if TYPE_CHECKING:
    from ssl import SSLContext

    from .server import Server


LOG = getLogger("pytest_conversations_fake.requests")

LONGEST_WAIT = 3600.0
"""Seconds until it looks at the timers again at the latest."""

ROUNDS = 20
"""Rounds of the event loop that are more than enough from a connection in the kernel's queue to its
answer: it is accepted, registered, read, parsed and answered, each in a round or two."""

LONGEST = 64 * 1024
"""Bytes of a line of the head; aiohttp would refuse an eighth of it already."""


class Handler:
    """Drives the engine for every request that comes to a server."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._waking: asyncio.TimerHandle | None = None

    async def open(self, listeners: Mapping[socket, SSLContext | None]) -> None:
        self._connections = web.Server(self._answer)
        self._listeners = listeners
        await self.listen()

    async def listen(self) -> None:
        loop = asyncio.get_running_loop()
        self._listening = [
            await loop.create_server(
                lambda: Protocol(self._connections, self), sock=listener, ssl=context
            )
            for listener, context in self._listeners.items()
        ]

    async def refuse(self) -> None:
        """Refuse connections, but keep the ports: a socket that is bound does not have to listen"""
        addresses = {listener: listener.getsockname() for listener in self._listeners}
        await self.stop_listening()
        kept = {}
        for listener, context in self._listeners.items():
            kept[holder := socket(AF_INET, SOCK_STREAM)] = context
            holder.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
            holder.bind(addresses[listener])
        self._listeners = kept
        await self.drop_connections()

    async def stop_listening(self) -> None:
        for listening in self._listening:
            for listener in listening.sockets:
                asyncio.get_running_loop().remove_reader(listener)
        for _ in range(2):  # rounds until what was just accepted is something that can be closed
            await asyncio.sleep(0)
        for listening in self._listening:
            listening.close()

    async def catch_up(self) -> None:
        """Let requests begin whose bytes have arrived, even if the client is gone by now."""
        for _ in range(ROUNDS):
            await asyncio.sleep(0)

    async def drop_connections(self) -> None:
        for connection in self._connections.connections:
            transport = connection.transport
            connection.force_close()
            if transport:
                transport.abort()  # else TLS would wait for the client to say goodbye, too

    async def close(self) -> None:
        if self._waking:
            self._waking.cancel()
        await self.stop_listening()
        await self.drop_connections()
        handlers = asyncio.all_tasks() - {asyncio.current_task()}
        for handler in handlers:
            handler.cancel()
        await asyncio.gather(*handlers, return_exceptions=True)

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        world = self.server.world  # which the request stays in, however long it takes
        began = world.clock.seconds()
        asked = _asked(request, world)
        with world.lock:
            era = world.era
            entry = world.journal.open(asked)
        response = await _drive(answer(world, entry), request, world, era)
        if entry.error:
            LOG.error("an error inside the fake", exc_info=entry.error)
        if isinstance(entry.refusal, CredentialsEnded):
            self.server.strays.append(visible(f"{asked.method} {asked.path}: {entry.refusal}"))
        elif exchange := _closed(world, era, entry, response, began):
            log(exchange)
            self._wake_for_timers(world)
        return await _sent(response, request)

    def _wake_for_timers(self, world: World) -> None:
        """See to it that timers run out, and webhooks hear of it, though nobody looks."""
        if self._waking:
            self._waking.cancel()
        with world.lock:
            seconds = world.next_due()
        if seconds is not None:
            loop = asyncio.get_running_loop()
            self._waking = loop.call_later(min(seconds, LONGEST_WAIT), self._wake, world)

    def _wake(self, world: World) -> None:
        with world.lock:
            world.settle()
        self._wake_for_timers(world)


def _closed(
    world: World, era: int, entry: Entry, response: Response, began: float
) -> Exchange | None:
    """What the journal keeps of a request, unless the world was put back meanwhile."""
    with world.lock:
        if world.era != era:
            return None
        return world.journal.close(entry, response, world.clock.seconds() - began)


def log(exchange: Exchange) -> None:
    """Without the lock: who formats a record for a log may hold that of the log, and want it."""
    if LOG.isEnabledFor(INFO):
        why = f": {exchange.reason}" if exchange.refused else ""
        LOG.info("%s%s", exchange, why)


async def _drive(steps: Steps, request: web.BaseRequest, world: World, era: int) -> Response:
    """Go from step to step. The world is locked during each of them and never in between.

    What began in another *era* than the world is in by then, as that was put back, is cut off.
    """
    outcome: Outcome = None
    while True:
        try:
            with world.lock:
                if world.era != era:
                    return Response(0, fault=Reset())
                step = steps.send(outcome)
        except StopIteration as done:
            response: Response = done.value
            return response
        match step:
            case Ask(delivery):
                outcome = await asyncio.wrap_future(world.ask(delivery))
            case Wait(seconds):
                await asyncio.sleep(seconds)
                outcome = None
            case ReadBody():
                outcome = await _read(step, request)


async def _read(step: ReadBody, request: web.BaseRequest) -> bytes | None:
    """The body, which is read to its end in any case: a client that still sends does not listen."""
    if request.headers.get("Expect", "").lower() == "100-continue":
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0
    body, size = bytearray(), 0
    async for chunk in request.content.iter_any():
        size += len(chunk)
        if size <= step.limit:
            body += chunk
    return bytes(body) if size <= step.limit else None


def _asked(request: web.BaseRequest, world: World) -> Request:
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


async def _sent(response: Response, request: web.BaseRequest) -> web.StreamResponse:
    """The answer, as far as faults let it through."""
    answer: web.StreamResponse
    answer = whole = _answered(response)
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


def _answered(response: Response) -> web.Response:
    if response.body is None:
        return web.Response(status=response.status, headers=response.headers)
    return web.Response(
        status=response.status,
        headers=response.headers,
        body=json.dumps(response.body).encode(),
        content_type="application/json",
    )


class Protocol(web.RequestHandler):
    """aiohttp's own, but what is not even HTTP gets Twilio's envelope, too."""

    def __init__(self, connections: web.Server, handler: Handler) -> None:
        loop = asyncio.get_running_loop()
        super().__init__(
            connections,
            loop=loop,
            access_log=None,  # type: ignore[arg-type]  # None is documented
            max_line_size=LONGEST,
            max_field_size=LONGEST,
        )
        self._handler = handler

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        if request.writer.output_size:
            raise ConnectionError("half of an answer is out already")
        refusal = MalformedRequest(reason=(message or "unreadable").splitlines()[0])
        answered = Response(refusal.status, refusal.envelope(), CORS)
        world = self._handler.server.world
        if status == 500:  # ours, or the client is gone
            answered = Response(500, {"message": "An error occurred", "status": 500}, CORS)
            if isinstance(exc, Exception) and not isinstance(exc, ConnectionError):
                world.errors.append(exc)
                LOG.error("an error inside the fake", exc_info=exc)
        else:
            with world.lock:
                entry = world.journal.open(Request("(unreadable)", "", "", {}, ""))
                entry.refusal = refusal
                exchange = world.journal.close(entry, answered, 0)
            log(exchange)
        sent = _answered(answered)
        sent.force_close()
        return sent
