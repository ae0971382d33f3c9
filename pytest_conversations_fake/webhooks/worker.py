"""The office: it takes what is to be delivered and delivers it, one after the other.

It works on an event loop in a thread of its own. No application runs there, so none can keep it
from noticing that one takes too long, nor from hearing what another asks the fake meanwhile.
"""

from __future__ import annotations

import asyncio
from asyncio.tasks import wait, wait_for  # not those of asyncio, which tests patch
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass, replace
from logging import INFO, WARNING, getLogger
from threading import get_ident
from traceback import format_exc
from typing import Any

from ..api.deliveries import NO_ANSWER, NO_TARGET, Delivery, SignedRequest, behind_proxy
from ..api.secrets import without_passwords
from ..api.signing import sign
from ..api.wording import visible
from ..api.world import World
from ..real_time import RealTime
from ..threads import LoopThread, PatientCondition
from .applications import Applications, Raised
from .destinations import Answer, Destination, Target, destination_for
from .unsettled import endless, unsettled
from .wsgi import Visit, WsgiTarget

LOG = getLogger("pytest_conversations_fake.webhooks")

PATIENCE = 5.0
"""Seconds for an application to start, and to end."""

LONGEST_CHAIN = 50
"""Deliveries of which each was made while the one before was under way."""


@dataclass(frozen=True, eq=False)
class QueuedDelivery:
    """A delivery to be made, with those that led to it."""

    delivery: Delivery
    chain: tuple[Delivery, ...] = ()


class DeliveryWorker:
    """Delivers what a *world* posts, until it is closed."""

    def __init__(self, world: World) -> None:
        self.applications = Applications()
        self._world = world
        self.destinations: list[Destination] = []
        self._changed = PatientCondition()
        self._waiting: deque[QueuedDelivery] = deque()
        self._under_way: QueuedDelivery | None = None
        self._asked: dict[asyncio.Task[Delivery], Delivery] = {}
        self._behind: set[Future[None]] = set()
        """What applications still do when they have answered."""
        self._visits: deque[Visit] = deque()
        self._settling: list[int] = []
        """The threads that settle."""
        self._chains: list[tuple[Delivery, ...]] = []
        """Those that were cut, as they had become too long."""
        self._closing = False
        self._thread = LoopThread("fake_conversations webhooks", self._set_up)
        self._thread.start()

    def add(self, destination: Destination) -> None:
        """Raises what the application raises when it starts up, and `TimeoutError`."""
        if not destination.loop:
            self._thread.run(wait_for(destination.target.open(), PATIENCE))
        self.destinations.append(destination)

    def close(self) -> list[str]:
        """Forget what was not delivered, and let applications end. Returns what went wrong."""
        wrong: list[str] = []
        if self._thread.is_inherited:  # by a fork, in which none of it runs
            return wrong
        try:
            wrong += self._thread.run(self._shut_down())
        except RuntimeError as trouble:
            self._world.errors.append(trouble)
        if not self.applications.close(PATIENCE):
            wrong.append(f"an application did not end within {PATIENCE:g} seconds")
        self._thread.stop()
        return wrong

    async def _set_up(self) -> None:
        self._come = asyncio.Event()
        self._working = asyncio.ensure_future(self._work())

    async def _shut_down(self) -> list[str]:
        self._closing = True  # Python 3.10's wait_for() may overlook that it is cancelled
        self._come.set()
        tasks = {self._working, *self._asked}
        for task in tasks:
            task.cancel()
        await wait(tasks, timeout=PATIENCE)
        for rest in [*self._behind]:
            rest.cancel()
        wrong = []
        destinations, self.destinations = self.destinations, []
        for destination in destinations:
            where = visible(without_passwords(destination.public_url))
            if destination.loop:
                if destination.loop.is_entered:
                    wrong.append(f"the `async with` of the application at {where} was not left")
                continue
            try:
                await wait_for(destination.target.close(), PATIENCE)
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
                self._waiting.append(QueuedDelivery(delivery, chain))
            self._changed.notify_all()
        self._thread.call_soon(self._come.set)

    def ask(self, delivery: Delivery) -> Future[Delivery]:
        """Deliver at once, whatever else is waiting, for somebody waits for the answer."""
        return self._thread.submit(self._ask(delivery))

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
                try:
                    self._note(await self._deliver(self._under_way.delivery))
                except Exception as error:  # what is still to be delivered must not wait for ever
                    self._world.errors.append(error)
                with self._changed:
                    self._under_way = None
                    self._changed.notify_all()

    def _note(self, delivery: Delivery) -> None:
        with self._world.lock:
            self._world.deliveries.append(delivery)
        LOG.log(WARNING if delivery.failed else INFO, "%s", delivery)

    async def _deliver(self, delivery: Delivery, *, asked: bool = False) -> Delivery:
        try:
            destination = destination_for(delivery.url, self.destinations)
            if not destination:
                return replace(delivery, error=NO_TARGET)
            with self._world.lock:
                signed_request = sign(self._world, delivery, destination.auth_token)
            delivery = replace(delivery, signing=signed_request.signing)
            if destination.behind_proxy:
                signed_request = behind_proxy(signed_request)
            if destination.loop and not destination.loop.is_entered:
                raise ConnectionError(
                    "`async with fake.webhooks.deliver_to(...)` did not start the application"
                )
            if destination.by_settle and not asked:
                status, text, rest = await self._leave_to_settle(destination.target, signed_request)
            else:
                status, text, rest = await wait_for(
                    destination.target.send(signed_request), destination.timeout
                )
        except (asyncio.TimeoutError, TimeoutError):
            assert destination  # nothing else here has a limit
            return replace(delivery, error=f"{NO_ANSWER} {destination.timeout:g} seconds")
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

    async def _leave_to_settle(self, target: Target, signed_request: SignedRequest) -> Answer:
        assert isinstance(target, WsgiTarget)
        visit = Visit(target, signed_request)
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
        ends = RealTime.seconds() + within
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
        ends = RealTime.seconds() + within
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

    @property
    def is_settled(self) -> bool:
        """Whether everything is delivered."""
        with self._changed:
            return self._is_quiet

    def _enter(self) -> None:
        __tracebackhide__ = True
        if self.applications.is_here() or get_ident() in self._settling:
            raise RuntimeError("settle() is called by what it waits for, an application")
        self._settling.append(get_ident())

    def _next_visit(self, ends: float, given_up: Any) -> Visit | None:
        """Who is to be called next; None when everything is done."""
        __tracebackhide__ = True
        with self._changed:
            left = max(ends - RealTime.seconds(), 0)
            if not self._changed.wait_for(
                lambda: self._visits or self._is_quiet or given_up(), left
            ):
                if trouble := self._thread.trouble():
                    raise trouble from trouble.__cause__
                asked = [*self._asked.values()]
                if self._under_way:
                    asked.append(self._under_way.delivery)
                waiting = [each.delivery for each in self._waiting]
                raise TimeoutError(unsettled(asked, waiting, bool(self._behind)))
            return self._visits.popleft() if self._visits and not given_up() else None

    @property
    def _is_quiet(self) -> bool:
        return not (self._waiting or self._under_way or self._asked or self._behind)

    def _judge(self) -> None:
        __tracebackhide__ = True
        with self._changed:
            chains, self._chains = self._chains, []
        for chain in chains:
            raise AssertionError(endless(chain))
