"""Drive the engine for each HTTP request, and send its answer."""

from __future__ import annotations

import asyncio
from asyncio.tasks import sleep  # not asyncio.sleep, which tests patch
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from logging import INFO, WARNING, getLogger
from socket import (
    AF_INET,
    AF_INET6,
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
from ..api.ignored_parameters import ignored_sentence
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

MAX_TIMER_WAIT = 3600.0
"""Maximum number of seconds between two checks of the timers."""

CATCH_UP_ITERATIONS = 20
"""Iterations of the event loop that are more than enough to serve a connection in the kernel's
queue: accept, register, read, parse and answer take one or two iterations each."""


class Handler:
    """Answers the requests that a server receives."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.is_abandoned = False
        """Whether another handler has replaced this one, because its thread was stuck."""
        self._timer: asyncio.TimerHandle | None = None
        self._listeners: dict[socket, SSLContext | None] = {}
        self._listening: list[asyncio.Server] = []

    async def open(
        self, hosts: Sequence[str], wanted: Iterable[tuple[int, SSLContext | None]]
    ) -> tuple[int, int]:
        """Listen on the *wanted* ports of all *hosts*. Returns both ports, 0 for none."""
        self._connections = web.Server(self._answer, request_factory=make_request)
        ports = []
        with ExitStack() as undo:
            for port, tls in wanted:
                for host in hosts:
                    listener = undo.enter_context(_listen_on(host, port))
                    self._listeners[listener] = tls
                    port = listener.getsockname()[1]  # a free port is the same for each host
                ports.append(port)
            await self.listen()
            undo.pop_all()
        return ports[0], ports[1] if len(ports) > 1 else 0

    async def listen(self) -> None:
        loop = asyncio.get_running_loop()
        self._listening = [
            await loop.create_server(
                lambda: Protocol(self._connections, self), sock=listener, ssl=context
            )
            for listener, context in self._listeners.items()
        ]

    async def refuse(self) -> None:
        """Refuse connections but keep the ports: sockets stay bound without listening."""
        addresses = {each: (each.family, each.getsockname()) for each in self._listeners}
        await self.stop_listening()
        kept = {}
        for listener, context in self._listeners.items():
            family, address = addresses[listener]
            kept[holder := socket(family, SOCK_STREAM)] = context
            holder.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
            holder.bind(address)
        self._listeners = kept
        await self.drop_connections()

    async def stop_listening(self) -> None:
        for listening in self._listening:
            for listener in listening.sockets:
                asyncio.get_running_loop().remove_reader(listener)
        for _ in range(2):  # iterations until accepted connections can be closed
            await sleep(0)
        for listening in self._listening:
            listening.close()

    async def catch_up(self) -> None:
        """Read the requests whose bytes have arrived, even if the client has disconnected."""
        for _ in range(CATCH_UP_ITERATIONS):
            await sleep(0)

    async def drop_connections(self) -> None:
        for connection in self._connections.connections:
            transport = connection.transport
            connection.force_close()
            if transport:
                transport.abort()  # close() would wait for the TLS shutdown of the client

    async def close(self) -> None:
        if self._timer:
            self._timer.cancel()
        await self.stop_listening()
        for listener in self._listeners:
            listener.close()
        await self.drop_connections()

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        if self.is_abandoned:
            raise ConnectionAbortedError("the test of this server is over")
        if (site := self.server.site) and (page := await site(request)) is not None:
            return page
        world = self.server.world  # of this request until its end, even if the next fake starts
        began = RealTime.seconds()
        received = core_request(request, world)
        with world.lock:
            generation = world.generation
            pending = world.journal.open(received)
        response = await _drive(answer(world, pending), request, world, generation)
        if pending.error:
            LOG.error("an error inside the fake", exc_info=pending.error)
        if isinstance(pending.refusal, CredentialsEnded):
            line = f"{received.method} {received.path}: {pending.refusal}"
            self.server.late_requests.append(visible(line))
        elif recorded_request := _close_entry(world, generation, pending, response, began):
            log(recorded_request)
            self._wake_for_timers(world)
        return await send(response, request, world)

    def _wake_for_timers(self, world: World) -> None:
        """Let timers run out on time, so that their webhooks are sent without another request."""
        if self._timer:
            self._timer.cancel()
        with world.lock:
            seconds = world.next_due()
        if seconds is not None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(min(seconds, MAX_TIMER_WAIT), self._wake, world)

    def _wake(self, world: World) -> None:
        with world.lock:
            world.settle()
        self._wake_for_timers(world)


def _listen_on(host: str, port: int) -> socket:
    """A socket that listens. Raises `OSError` with the address in `filename`."""
    try:
        return create_server((host, port), family=AF_INET6 if ":" in host else AF_INET)
    except OSError as error:
        error.filename = f"{host}:{port}"
        raise


def _close_entry(
    world: World, generation: int, pending: PendingRequest, response: Response, began: float
) -> RecordedRequest | None:
    """Close the journal entry of a request, unless the world was restored in the meantime."""
    with world.lock:
        if world.generation != generation:
            return None
        return world.journal.close(pending, response, RealTime.seconds() - began)


def log(recorded_request: RecordedRequest) -> None:
    """Log a request. The caller must not hold the world's lock: a log handler may need it."""
    level = WARNING if recorded_request.ignored else INFO
    if LOG.isEnabledFor(level):
        reason = recorded_request.reason if recorded_request.refused else ""
        notes = filter(None, [reason, ignored_sentence(recorded_request)])
        LOG.log(level, "%s", ": ".join([str(recorded_request), *notes]))


async def _drive(steps: Steps, request: web.BaseRequest, world: World, generation: int) -> Response:
    """Run the steps of the engine. Each step holds the world's lock, and no wait does.

    A request of another *generation* gets no answer: the world was restored in the meantime.
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
    """aiohttp's protocol, except that invalid HTTP gets an error body like Twilio's, too."""

    def __init__(self, connections: web.Server, handler: Handler) -> None:
        loop = asyncio.get_running_loop()
        super().__init__(
            connections,
            loop=loop,
            access_log=None,  # type: ignore[arg-type]  # None is documented
            max_line_size=MAX_LINE_LENGTH,
            max_field_size=MAX_LINE_LENGTH,
            auto_decompress=False,  # the engine refuses a body that cannot be decompressed
        )
        self._handler = handler
        self.last_body: StreamReader = EMPTY_PAYLOAD  # of the present request

    def data_received(self, data: bytes) -> None:
        """Pass an error in a body to the reader of that body.

        aiohttp queues the error as the next request, which is never handled.
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
            raise ConnectionError("a part of the answer is sent already")
        refusal = MalformedRequest(reason=(message or "unreadable").partition("\n")[0])
        response = Response(refusal.status, refusal.envelope(), CORS)
        world = self._handler.server.world
        if status == 500:  # an error in the fake, or the client has disconnected
            response = Response(500, {"message": "An error occurred", "status": 500}, CORS)
            if isinstance(exc, Exception) and not isinstance(exc, ConnectionError):
                world.errors.append(exc)
                LOG.error("an error inside the fake", exc_info=exc)
        else:
            with world.lock:
                pending = world.journal.open(Request("(unreadable)", "", "", {}, ""))
                pending.refusal = refusal
                recorded_request = world.journal.close(pending, response, 0)
            log(recorded_request)
        error_response = http_response(response, world)
        error_response.force_close()
        return error_response
