"""The office: it takes what is to be delivered and delivers it, one after the other.

It works on an event loop in a thread of its own, so that neither a test that blocks nor the fake's
server waits for an application, and an application may call the fake while it is told something.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, replace
from ipaddress import ip_address
from threading import Condition, Thread
from traceback import format_exc
from typing import Any, Protocol
from urllib.parse import urlsplit

from ..api.clock import Clock
from ..api.deliveries import NO_TARGET, Delivery, Letter
from ..api.world import World
from .http import HttpTarget
from .wsgi import WsgiTarget

Answer = tuple[int, str]
"""Status and text."""

LIMIT = 5.0
"""Seconds that Twilio waits for an application."""

LONGEST_CHAIN = 50
"""Deliveries of a conversation of which each was made while the one before was under way."""


class Target(Protocol):
    """Where deliveries go."""

    async def open(self) -> None: ...
    async def close(self) -> None: ...
    async def send(self, letter: Letter) -> Answer: ...


@dataclass(frozen=True, eq=False)
class Route:
    """That what is configured below *public_url* goes to *target*."""

    public_url: str
    target: Target
    auth_token: str | None = None
    by_settle: bool = False
    """Whether whoever settles calls it, in a thread of their own."""


@dataclass(frozen=True, eq=False)
class Errand:
    """A delivery to be made, with those that led to it."""

    delivery: Delivery
    chain: tuple[Delivery, ...] = ()


class Loop(asyncio.SelectorEventLoop):
    """An event loop whose time nobody freezes."""

    def time(self) -> float:
        return Clock.seconds()


class Office:
    """Delivers what a *world* posts, until it is closed."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._routes: list[Route] = []
        self._loopback = HttpTarget()
        self._changed = Condition()
        self._waiting: list[Errand] = []
        self._under_way: Errand | None = None
        self._visit: Visit | None = None
        self._chains: list[tuple[Delivery, ...]] = []
        """Those that were cut, as they had become too long."""
        self._loop = Loop()
        self._thread = Thread(
            target=self._loop.run_forever, name="fake_conversations webhooks", daemon=True
        )
        self._thread.start()
        self._run(self._set_up())

    def add(self, route: Route) -> None:
        """Raises what the application raises when it starts up."""
        self._run(route.target.open())
        self._routes.insert(0, route)

    def close(self) -> None:
        """Forget what was not delivered, and let the applications end."""
        self._run(self._shut_down())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, what: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(what, self._loop).result()

    async def _set_up(self) -> None:
        await self._loopback.open()
        self._come = asyncio.Event()
        self._working = asyncio.ensure_future(self._work())

    async def _shut_down(self) -> None:
        self._working.cancel()
        with suppress(asyncio.CancelledError):
            await self._working
        for target in (self._loopback, *(route.target for route in self._routes)):
            await target.close()
        # Threads can not be stopped, and what they still ask should not be asked of Twilio
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._loop.shutdown_default_executor(), LIMIT)

    # Delivering

    def post(self, delivery: Delivery) -> None:
        """Take a delivery; what it leads to is cut where it goes on and on."""
        with self._changed:
            now = self._under_way
            chain = (*now.chain, now.delivery) if now and _same_talk(now.delivery, delivery) else ()
            if len(chain) >= LONGEST_CHAIN:
                self._chains.append((*chain, delivery))
            else:
                self._waiting.append(Errand(delivery, chain))
            self._changed.notify_all()
        self._loop.call_soon_threadsafe(self._come.set)

    def ask(self, delivery: Delivery) -> Future[Delivery]:
        """Deliver at once, whatever else is waiting, for somebody waits for the answer."""
        return asyncio.run_coroutine_threadsafe(self._ask(delivery), self._loop)

    async def _ask(self, delivery: Delivery) -> Delivery:
        answered = await self._deliver(delivery)
        with self._world.lock:
            self._world.deliveries.append(answered)
        return answered

    async def _work(self) -> None:
        while True:
            await self._come.wait()
            self._come.clear()
            while self._waiting:
                with self._changed:
                    self._under_way = self._waiting.pop(0)
                done = await self._deliver(self._under_way.delivery)
                with self._world.lock:
                    self._world.deliveries.append(done)
                with self._changed:
                    self._under_way = None
                    self._changed.notify_all()

    async def _deliver(self, delivery: Delivery) -> Delivery:
        route = self._route(delivery.url)
        if not route:
            return replace(delivery, error=NO_TARGET)
        with self._world.lock:
            letter = self._world.sign(delivery, route.auth_token)
        try:
            if route.by_settle:
                answered = await self._leave_to_settle(route.target, letter)
            else:
                answered = await asyncio.wait_for(route.target.send(letter), LIMIT)
        except (asyncio.TimeoutError, TimeoutError):
            return replace(delivery, error=f"no answer within {LIMIT:g} seconds")
        except ConnectionError as error:
            return replace(delivery, error=f"no connection: {error}")
        except Exception:  # the application's; it is shown, as Twilio would only see a 500
            return replace(delivery, error=format_exc())
        status, text = answered
        return replace(delivery, status=status, answer=text)

    def _route(self, url: str) -> Route | None:
        for route in self._routes:
            if (url + "/").startswith(route.public_url.rstrip("/") + "/") or url.startswith(
                route.public_url.rstrip("/") + "?"
            ):
                return route
        return Route(url, self._loopback) if _is_loopback(url) else None

    async def _leave_to_settle(self, target: Target, letter: Letter) -> Answer:
        visit = Visit(target, letter)
        with self._changed:
            self._visit = visit
            self._changed.notify_all()
        return await asyncio.wrap_future(visit.answer)

    # Waiting

    def settle(self, within: float) -> None:
        """Wait until nothing is waiting or under way any more, and call who waits to be called.

        Raises `TimeoutError` after *within* seconds, and `AssertionError` for a chain without end.
        """
        __tracebackhide__ = True
        ends = Clock.seconds() + within
        while visit := self._next_visit(ends):
            visit.pay()
        self._judge()

    async def settle_async(self, within: float) -> None:
        """The same, without holding up the running loop, but for what it calls."""
        __tracebackhide__ = True
        ends = Clock.seconds() + within
        while visit := await asyncio.to_thread(self._next_visit, ends):
            visit.pay()
        self._judge()

    def _next_visit(self, ends: float) -> Visit | None:
        """Who is to be called next; None when everything is done."""
        __tracebackhide__ = True
        with self._changed:
            left = max(ends - Clock.seconds(), 0)
            if not self._changed.wait_for(lambda: self._visit or self._is_quiet, left):
                raise TimeoutError(self._unsettled())
            visit, self._visit = self._visit, None
            return visit

    @property
    def _is_quiet(self) -> bool:
        return not self._waiting and not self._under_way

    def _unsettled(self) -> str:
        lines = [f"  {each.delivery.event} to {each.delivery.url}" for each in self._waiting]
        if self._under_way:
            now = self._under_way.delivery
            lines.insert(0, f"  {now.event} to {now.url}, which has not answered yet")
        return "\n".join(["not settled, as these are still to be delivered:", *lines])

    def _judge(self) -> None:
        __tracebackhide__ = True
        with self._changed:
            chains, self._chains = self._chains, []
        for chain in chains:
            lines = [f"  {each.event} {_text_of(each)}".rstrip() for each in chain[-4:]]
            raise AssertionError(
                f"webhooks went on and on: each of {len(chain)} deliveries led to the next, "
                "so this is where it was stopped; the last of them:\n" + "\n".join(lines)
            )


class Visit:
    """A call of an application that whoever settles makes."""

    def __init__(self, target: Target, letter: Letter) -> None:
        self._target = target
        self._letter = letter
        self.answer: Future[Answer] = Future()

    def pay(self) -> None:
        assert isinstance(self._target, WsgiTarget)
        try:
            answer = self._target.call(self._letter)
        except Exception as error:
            self.answer.set_exception(error)
        else:
            self.answer.set_result(answer)


def _same_talk(one: Delivery, another: Delivery) -> bool:
    sid = one.params.get("conversation_sid")
    return sid is not None and sid == another.params.get("conversation_sid")


def _text_of(delivery: Delivery) -> str:
    body = delivery.params.get("body")
    return "" if body is None else repr(body)


def _is_loopback(url: str) -> bool:
    parts = urlsplit(url)
    try:
        address = ip_address(parts.hostname or "")
    except ValueError:
        return parts.hostname == "localhost" and parts.scheme in ("http", "https")
    return address.is_loopback and parts.scheme in ("http", "https")
