"""The dispatcher: it hands deliveries to the worker, which starts with the first of them."""

from __future__ import annotations

import warnings
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Future
from contextlib import asynccontextmanager, contextmanager
from threading import Lock
from typing import TYPE_CHECKING

from ..api.checks import check_seconds
from ..api.deliveries import Delivery
from ..api.outside import NOT_ACTIVE
from ..api.secrets import without_passwords
from ..api.world import World
from ..redirect import refuse_monkey_patching
from ..strict.errors import WebhookWarning
from ..strict.strictness import Strictness
from .applications import in_application

if TYPE_CHECKING:
    from .destinations import Destination
    from .worker import DeliveryWorker

SETTLE_TIMEOUT = 10.0
"""Seconds that `settle` and assertions wait for deliveries, unless the test sets another limit."""


class Dispatcher:
    """Hands the deliveries of a fake to its worker while it is open, and waits for them."""

    def __init__(self, world: World, strictness: Strictness) -> None:
        self._world = world
        self._strictness = strictness
        self._worker: DeliveryWorker | None = None
        self._is_open = False
        self._start = Lock()

    @contextmanager
    def open(self) -> Iterator[None]:
        """Deliver until the end of the `with` statement."""
        self._is_open = True
        try:
            yield
        finally:
            self._is_open = False
            problems = []
            if self._worker:
                worker, self._worker = self._worker, None
                before = {*self._world.deliveries}
                problems = worker.close()
                late = [each for each in self._world.deliveries if each not in before]
                self._strictness.excuse(late)  # the test is over
            for problem in problems:
                warnings.warn(problem, WebhookWarning, stacklevel=2)

    def post(self, delivery: Delivery) -> bool:
        """Queue a delivery. Returns False if the fake is not active."""
        if self._is_open:
            self._running_worker().post(delivery)
        return self._is_open

    def ask(self, delivery: Delivery) -> Future[Delivery] | None:
        """Deliver a pre-event. Returns its future outcome; None if the fake is not active."""
        return self._running_worker().ask(delivery) if self._is_open else None

    def resend(self, delivery: Delivery) -> Delivery:
        """Deliver a delivery at once, and wait for its outcome.

        Raises `RuntimeError` if the fake is not active, in an application, and where it would block
        the event loop of one.
        """
        __tracebackhide__ = True
        worker = self.require_worker()
        _refuse_application("resend()")
        _refuse_blocked_loops(
            worker, "resend()", "`await asyncio.to_thread(fake.webhooks.resend, delivery)`"
        )
        return self._world.ask(delivery).result()

    def public_urls(self) -> list[str]:
        """The URLs for which webhooks are delivered to a target, in the order of `deliver_to`."""
        return [each.public_url for each in self._worker.destinations] if self._worker else []

    def require_worker(self) -> DeliveryWorker:
        """The running worker. Raises `RuntimeError` if the fake is not active."""
        __tracebackhide__ = True
        self._world.require_running()
        if not self._is_open:
            raise RuntimeError(NOT_ACTIVE)
        return self._running_worker()

    def _running_worker(self) -> DeliveryWorker:
        with self._start:
            if not self._worker:
                from .worker import DeliveryWorker  # imports aiohttp

                refuse_monkey_patching(
                    "the delivery of webhooks",
                    effect="its event loop would never run",
                    instead="do without webhooks",
                )
                self._worker = DeliveryWorker(self._world)
            return self._worker

    @asynccontextmanager
    async def deliver_until_exit(
        self, worker: DeliveryWorker, destination: Destination
    ) -> AsyncIterator[None]:
        """Deliver to a destination until the `async with` statement ends, then settle."""
        if destination.loop:
            await destination.loop.start(destination.target)
        try:
            yield
            if destination in worker.destinations:  # the fake may have ended before
                await self.settle_async(SETTLE_TIMEOUT)
        finally:
            is_active = destination in worker.destinations
            if is_active:
                worker.destinations.remove(destination)
            if destination.loop:
                await destination.loop.stop(destination.target)
            elif is_active:
                await destination.target.close()

    def settle(self, within: float) -> None:
        """Wait until all deliveries are finished, and make the calls of `run_in="test"`.

        Raises `TimeoutError` after *within* seconds, `AssertionError` if deliveries do not end, and
        `RuntimeError` in an application and where it would block the event loop of one.
        """
        __tracebackhide__ = True
        check_seconds("within", within)
        if self._worker:
            _refuse_application()
            _refuse_blocked_loops(self._worker)
            self._worker.backlog.settle(within)

    def ensure_settled(self) -> None:
        """Settle before an assertion. Works on a blocked event loop if nothing is left to do."""
        __tracebackhide__ = True
        if self._worker:
            _refuse_application()
            if not self._worker.backlog.is_empty:
                _refuse_blocked_loops(self._worker)
            self._worker.backlog.settle(SETTLE_TIMEOUT)

    async def settle_async(self, within: float) -> None:
        """Like `settle`, but the event loop runs on.

        Also raises exceptions of applications on the test's event loop that do not derive from
        `Exception`, such as pytest's own.
        """
        __tracebackhide__ = True
        check_seconds("within", within)
        if self._worker:
            _refuse_application()
            _refuse_stopped_loops(self._worker)
            await self._worker.backlog.settle_async(within)
        for destination in self._worker.destinations if self._worker else ():
            if destination.loop and destination.loop.exceptions:
                raise destination.loop.exceptions.pop(0)


def _refuse_application(call: str = "settle()") -> None:
    __tracebackhide__ = True
    if in_application.get():
        raise RuntimeError(
            f"an application called {call}, which waits for applications and so for its own "
            "caller; call it in the test"
        )


def _refuse_blocked_loops(
    worker: DeliveryWorker,
    call: str = "settle()",
    instead: str = "`await fake.settle_async()` instead, also before an assertion",
) -> None:
    __tracebackhide__ = True
    for destination in worker.destinations:
        if destination.loop and destination.loop.is_started and destination.loop.is_blocked:
            raise RuntimeError(
                f"{call} would block the event loop on which the application at "
                f"{without_passwords(destination.public_url)} runs; call "
                f"{instead}"
            )


def _refuse_stopped_loops(worker: DeliveryWorker) -> None:
    __tracebackhide__ = True
    for destination in worker.destinations:
        if destination.loop and destination.loop.is_started and not destination.loop.is_running:
            raise RuntimeError(
                "the event loop on which the application at "
                f"{without_passwords(destination.public_url)} was started does not run now; enter "
                "`async with fake.webhooks.deliver_to(...)` on the event loop of the test"
            )
