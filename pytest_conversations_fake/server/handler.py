"""HTTP requests in, the engine's answers out."""

from __future__ import annotations

import asyncio
from asyncio.tasks import sleep  # not asyncio.sleep, which tests patch
from contextlib import ExitStack
from logging import INFO, getLogger
from socket import (
    AF_INET,
    SO_REUSEADDR,
    SOCK_STREAM,
    SOL_SOCKET,
    create_server,
    socket,
)
from typing import TYPE_CHECKING, Any

from aiohttp import EMPTY_PAYLOAD, StreamReader, web

from ..api.engine import CORS, Ask, Outcome, ReadBody, Steps, Wait, answer
from ..api.faults import Reset
from ..api.journal import PendingRequest, RecordedRequest, Request, Response
from ..api.refusals import CredentialsEnded, MalformedRequest
from ..api.wording import visible
from ..api.world import World
from ..real_time import RealTime
from .translation import MAX_LINE_LENGTH, core_request, http_response, make_request, read_body, send

if TYPE_CHECKING:
    from ssl import SSLContext

    from .server import Server


LOG = getLogger("pytest_conversations_fake.requests")

LONGEST_WAIT = 3600.0
"""Seconds until it looks at the timers again at the latest."""

ROUNDS = 20
"""Rounds of the event loop that are more than enough from a connection in the kernel's queue to its
answer: it is accepted, registered, read, parsed and answered, each in a round or two."""


class Handler:
    """Drives the engine for every request that comes to a server."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.is_abandoned = False
        """Whether another handler answers by now, as this one's thread was stuck."""
        self._waking: asyncio.TimerHandle | None = None
        self._listeners: dict[socket, SSLContext | None] = {}
        self._listening: list[asyncio.Server] = []

    async def open(self, port: int, tls: SSLContext | None) -> tuple[int, int]:
        """Listen on *port* and, given *tls*, on another one with that. Returns both ports."""
        self._connections = web.Server(self._answer, request_factory=make_request)
        with ExitStack() as undo:
            plain = undo.enter_context(create_server(("127.0.0.1", port)))
            self._listeners = {plain: None}
            if tls:
                self._listeners[undo.enter_context(create_server(("127.0.0.1", 0)))] = tls
            await self.listen()
            undo.pop_all()
        plain_port, *tls_port = (listener.getsockname()[1] for listener in self._listeners)
        return plain_port, *(tls_port or [0])

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
            await sleep(0)
        for listening in self._listening:
            listening.close()

    async def catch_up(self) -> None:
        """Let requests begin whose bytes have arrived, even if the client is gone by now."""
        for _ in range(ROUNDS):
            await sleep(0)

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
        for listener in self._listeners:
            listener.close()
        await self.drop_connections()

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        if self.is_abandoned:
            raise ConnectionAbortedError("the test of this server is over")
        world = self.server.world  # which the request stays in, however long it takes
        began = RealTime.seconds()
        asked = core_request(request, world)
        with world.lock:
            generation = world.generation
            pending = world.journal.open(asked)
        response = await _drive(answer(world, pending), request, world, generation)
        if pending.error:
            LOG.error("an error inside the fake", exc_info=pending.error)
        if isinstance(pending.refusal, CredentialsEnded):
            self.server.strays.append(visible(f"{asked.method} {asked.path}: {pending.refusal}"))
        elif recorded_request := _closed(world, generation, pending, response, began):
            log(recorded_request)
            self._wake_for_timers(world)
        return await send(response, request, world)

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
    world: World, generation: int, pending: PendingRequest, response: Response, began: float
) -> RecordedRequest | None:
    """What the journal keeps of a request, unless the world was put back meanwhile."""
    with world.lock:
        if world.generation != generation:
            return None
        return world.journal.close(pending, response, RealTime.seconds() - began)


def log(recorded_request: RecordedRequest) -> None:
    """Without the lock: who formats a record for a log may hold that of the log, and want it."""
    if LOG.isEnabledFor(INFO):
        why = f": {recorded_request.reason}" if recorded_request.refused else ""
        LOG.info("%s%s", recorded_request, why)


async def _drive(steps: Steps, request: web.BaseRequest, world: World, generation: int) -> Response:
    """Go from step to step. The world is locked during each of them and never in between.

    A request of another *generation* is cut off: the world was restored in the meantime.
    """
    outcome: Outcome = None
    while True:
        try:
            with world.lock:
                if world.generation != generation:
                    return Response(0, fault=Reset())
                step = steps.send(outcome)
        except StopIteration as done:
            response: Response = done.value
            return response
        match step:
            case Ask(delivery):
                outcome = await asyncio.wrap_future(world.ask(delivery))
            case Wait(seconds):
                await sleep(seconds)
                outcome = None
            case ReadBody():
                outcome = await read_body(step, request)


class Protocol(web.RequestHandler):
    """aiohttp's own, but what is not even HTTP gets Twilio's envelope, too."""

    def __init__(self, connections: web.Server, handler: Handler) -> None:
        loop = asyncio.get_running_loop()
        super().__init__(
            connections,
            loop=loop,
            access_log=None,  # type: ignore[arg-type]  # None is documented
            max_line_size=MAX_LINE_LENGTH,
            max_field_size=MAX_LINE_LENGTH,
            auto_decompress=False,  # a body that cannot be decompressed is for the engine to refuse
        )
        self._handler = handler
        self.last_body: StreamReader = EMPTY_PAYLOAD  # of the request that is handled

    def data_received(self, data: bytes) -> None:
        """Let whoever waits for a body know that the rest of it is garbage.

        aiohttp queues the error as if it were the next request, which is never reached.
        """
        super().data_received(data)
        bodies = [self.last_body, *(body for _, body in self._messages)]
        if len(bodies) > 1 and not bodies[-2].is_eof():
            error: Any = self._messages.pop()[0]
            bodies[-2].set_exception(web.RequestPayloadError(error.message))

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        if request.writer.output_size:
            raise ConnectionError("half of an answer is out already")
        refusal = MalformedRequest(reason=(message or "unreadable").partition("\n")[0])
        answered = Response(refusal.status, refusal.envelope(), CORS)
        world = self._handler.server.world
        if status == 500:  # ours, or the client is gone
            answered = Response(500, {"message": "An error occurred", "status": 500}, CORS)
            if isinstance(exc, Exception) and not isinstance(exc, ConnectionError):
                world.errors.append(exc)
                LOG.error("an error inside the fake", exc_info=exc)
        else:
            with world.lock:
                pending = world.journal.open(Request("(unreadable)", "", "", {}, ""))
                pending.refusal = refusal
                recorded_request = world.journal.close(pending, answered, 0)
            log(recorded_request)
        sent = http_response(answered, world)
        sent.force_close()
        return sent
