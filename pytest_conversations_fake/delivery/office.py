"""The office: it takes what is to be delivered and delivers it, one after the other.

It works on an event loop in a thread of its own. No application runs there, so none can keep it
from noticing that one takes too long, nor from hearing what another asks the fake meanwhile.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Coroutine
from concurrent.futures import Future
from dataclasses import dataclass, replace
from logging import INFO, WARNING, getLogger
from threading import Condition, Thread, get_ident
from traceback import format_exc
from typing import Any

from ..api.clock import Clock
from ..api.deliveries import NO_TARGET, Delivery, Letter
from ..api.secrets import without_passwords
from ..api.wording import visible
from ..api.world import World
from .applications import Applications, Raised
from .routes import Answer, Route, Target, route_for
from .wsgi import Visit, WsgiTarget

LOG = getLogger("pytest_conversations_fake.webhooks")

LIMIT = 5.0
"""Seconds that Twilio waits for an answer."""

PATIENCE = 5.0
"""Seconds for an application to start, and to end."""

LONGEST_CHAIN = 50
"""Deliveries of which each was made while the one before was under way."""


@dataclass(frozen=True, eq=False)
class Errand:
    """A delivery to be made, with those that led to it."""

    delivery: Delivery
    chain: tuple[Delivery, ...] = ()


class Loop(asyncio.SelectorEventLoop):
    """An event loop whose time nobody freezes."""

    def time(self) -> float:
        seconds: float = Clock.seconds()
        return seconds


class Office:
    """Delivers what a *world* posts, until it is closed."""

    def __init__(self, world: World) -> None:
        self.applications = Applications()
        self._world = world
        self._routes: list[Route] = []
        self._changed = Condition()
        self._waiting: deque[Errand] = deque()
        self._under_way: Errand | None = None
        self._asked: dict[asyncio.Task[Delivery], Delivery] = {}
        self._behind: set[Future[None]] = set()
        """What applications still do when they have answered."""
        self._visits: deque[Visit] = deque()
        self._settling: list[int] = []
        """The threads that settle."""
        self._chains: list[tuple[Delivery, ...]] = []
        """Those that were cut, as they had become too long."""
        self._closing = False
        self._loop = Loop()
        self._thread = Thread(
            target=self._loop.run_forever, name="fake_conversations webhooks", daemon=True
        )
        self._thread.start()
        self._run(self._set_up())

    def add(self, route: Route) -> None:
        """Raises what the application raises when it starts up, and `TimeoutError`."""
        self._run(asyncio.wait_for(route.target.open(), PATIENCE))
        self._routes.append(route)

    def close(self) -> list[str]:
        """Forget what was not delivered, and let applications end. Returns what went wrong."""
        wrong: list[str] = self._run(self._shut_down())
        if not self.applications.close(PATIENCE):
            wrong.append(f"an application did not end within {PATIENCE:g} seconds")
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        return wrong

    def _run(self, what: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(what, self._loop).result()

    async def _set_up(self) -> None:
        self._come = asyncio.Event()
        self._working = asyncio.ensure_future(self._work())

    async def _shut_down(self) -> list[str]:
        self._closing = True  # Python 3.10's wait_for() may overlook that it is cancelled
        self._come.set()
        tasks = {self._working, *self._asked}
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks, timeout=PATIENCE)
        for rest in [*self._behind]:
            rest.cancel()
        wrong = []
        for route in self._routes:
            where = visible(without_passwords(route.public_url))
            try:
                await asyncio.wait_for(route.target.close(), PATIENCE)
            except (asyncio.TimeoutError, TimeoutError):
                wrong.append(f"the application at {where} does not end")
            except Exception as error:
                wrong.append(f"the application at {where} ended with {visible(str(error))}")
        return wrong

    # Delivering

    def post(self, delivery: Delivery) -> None:
        """Take a delivery.

        What is posted while somebody settles follows from what is under way then; such a chain is
        cut where it goes on and on.
        """
        with self._changed:
            now = self._under_way
            chain = (*now.chain, now.delivery) if now and self._settling else ()
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
        delivering = asyncio.ensure_future(self._deliver(delivery, asked=True))
        self._asked[delivering] = delivery
        try:
            answered = await delivering
        except asyncio.CancelledError:
            answered = replace(delivery, error="the fake has ended")
        self._note(answered)
        with self._changed:
            del self._asked[delivering]
            self._changed.notify_all()
        return answered

    async def _work(self) -> None:
        while not self._closing:
            await self._come.wait()
            self._come.clear()
            while self._waiting and not self._closing:
                with self._changed:
                    self._under_way = self._waiting.popleft()
                done = await self._deliver(self._under_way.delivery)
                self._note(done)
                with self._changed:
                    self._under_way = None
                    self._changed.notify_all()

    def _note(self, delivery: Delivery) -> None:
        with self._world.lock:
            self._world.deliveries.append(delivery)
        LOG.log(WARNING if delivery.failed else INFO, "%s", delivery)

    async def _deliver(self, delivery: Delivery, *, asked: bool = False) -> Delivery:
        try:
            route = route_for(delivery.url, self._routes)
            if not route:
                return replace(delivery, error=NO_TARGET)
            with self._world.lock:
                letter = self._world.sign(delivery, route.auth_token)
            if route.by_settle and not asked:
                status, text, rest = await self._leave_to_settle(route.target, letter)
            else:
                status, text, rest = await asyncio.wait_for(route.target.send(letter), LIMIT)
        except (asyncio.TimeoutError, TimeoutError):
            return replace(delivery, error=f"no answer within {LIMIT:g} seconds")
        except ConnectionError as error:
            return replace(delivery, error=f"no connection: {error}")
        except Raised as raised:  # a server would answer so
            return replace(delivery, status=500, error=str(raised))
        except Exception:
            return replace(delivery, error=format_exc())
        if rest and not rest.done():
            self._behind.add(rest)
            rest.add_done_callback(self._has_ended)
        return replace(delivery, status=status, answer=text)

    def _has_ended(self, rest: Future[None]) -> None:
        with self._changed:
            self._behind.discard(rest)
            self._changed.notify_all()

    async def _leave_to_settle(self, target: Target, letter: Letter) -> Answer:
        assert isinstance(target, WsgiTarget)
        visit = Visit(target, letter)
        with self._changed:
            self._visits.append(visit)
            self._changed.notify_all()
        return await asyncio.wrap_future(visit.answer)

    # Waiting

    def settle(self, within: float) -> None:
        """Wait until nothing is waiting or under way any more, and call who waits to be called.

        Raises `TimeoutError` after *within* seconds, `AssertionError` for a chain without end, and
        `RuntimeError` if it is called by what it would wait for.
        """
        __tracebackhide__ = True
        self._enter()
        ends = Clock.seconds() + within
        try:
            while visit := self._next_visit(ends, lambda: False):
                visit.pay()
        finally:
            self._settling.remove(get_ident())
        self._judge()

    async def settle_async(self, within: float) -> None:
        """The same, without holding up the running loop, but for what it calls."""
        __tracebackhide__ = True
        self._enter()
        ends = Clock.seconds() + within
        given_up: list[bool] = []
        try:
            while visit := await asyncio.to_thread(self._next_visit, ends, given_up.__len__):
                visit.pay()
        except asyncio.CancelledError:
            with self._changed:
                given_up.append(True)
                self._changed.notify_all()
            raise
        finally:
            self._settling.remove(get_ident())
        self._judge()

    def _enter(self) -> None:
        __tracebackhide__ = True
        if self.applications.is_here() or get_ident() in self._settling:
            raise RuntimeError("settle() is called by what it waits for, an application")
        self._settling.append(get_ident())

    def _next_visit(self, ends: float, given_up: Any) -> Visit | None:
        """Who is to be called next; None when everything is done."""
        __tracebackhide__ = True
        with self._changed:
            left = max(ends - Clock.seconds(), 0)
            if not self._changed.wait_for(
                lambda: self._visits or self._is_quiet or given_up(), left
            ):
                raise TimeoutError(self._unsettled())
            return self._visits.popleft() if self._visits and not given_up() else None

    @property
    def _is_quiet(self) -> bool:
        return not (self._waiting or self._under_way or self._asked or self._behind)

    def _unsettled(self) -> str:
        asked = [*self._asked.values()]
        if self._under_way:
            asked.append(self._under_way.delivery)
        lines = [f"  {each.heading}, which has not answered yet" for each in asked]
        lines += [f"  {each.delivery.heading}" for each in self._waiting]
        if self._behind:
            lines.append("  what applications do behind their answers")
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


def _text_of(delivery: Delivery) -> str:
    body = delivery.params.get("body")
    return "" if body is None else repr(body)
