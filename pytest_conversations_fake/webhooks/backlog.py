"""The backlog: deliveries that are not finished, and the wait until there are none."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event

from ..api.deliveries import Delivery
from ..real_time import RealTime
from ..threads import TimeoutCondition
from .wsgi import PendingCall

MAX_CHAIN_LENGTH = 50
"""Maximum length of a chain: each of its deliveries was caused during the previous one."""

MAX_SHOWN = 4
"""Number of deliveries, the last ones of an endless chain, that its error shows."""


@dataclass(frozen=True, eq=False)
class QueuedDelivery:
    """A delivery in the queue, and the chain of deliveries that led to it."""

    delivery: Delivery
    chain: tuple[Delivery, ...] = ()


class Backlog:
    """All work that is not finished. The worker and the waiting threads share it.

    *failure* returns why the worker delivers nothing any more, or None.
    """

    def __init__(self, failure: Callable[[], RuntimeError | None]) -> None:
        self._failure = failure
        self._changed = TimeoutCondition()
        self._queue: deque[QueuedDelivery] = deque()
        self._in_progress: QueuedDelivery | None = None
        self._pre_events: list[Delivery] = []
        self._background: set[Future[None]] = set()
        """Work that applications continue after their response."""
        self._pending_calls: deque[PendingCall] = deque()
        self._waits = 0
        """Number of calls of `settle` and `settle_async` that wait now."""
        self._endless_chains: list[tuple[Delivery, ...]] = []

    # Methods for the worker

    def put(self, delivery: Delivery) -> bool:
        """Queue a delivery. Returns whether the queue was empty, and its worker may be idle.

        While a test waits, it belongs to the chain of the delivery in progress. A delivery that
        makes its chain too long is dropped.
        """
        with self._changed:
            was_empty = not self._queue
            last = self._in_progress if self._waits else None
            chain = (*last.chain, last.delivery) if last else ()
            if len(chain) >= MAX_CHAIN_LENGTH:
                self._endless_chains.append((*chain, delivery))
            else:
                self._queue.append(QueuedDelivery(delivery, chain))
            return was_empty

    @property
    def has_queue(self) -> bool:
        return bool(self._queue)

    @contextmanager
    def next_delivery(self) -> Iterator[Delivery]:
        """The first delivery of the queue, which is in progress until the `with` statement ends."""
        with self._changed:
            in_progress = self._in_progress = self._queue.popleft()
        try:
            yield in_progress.delivery
        finally:
            with self._changed:
                self._in_progress = None
                self._notify_if_empty()

    @contextmanager
    def pre_event(self, delivery: Delivery) -> Iterator[None]:
        """Count a pre-event as in progress until the `with` statement ends."""
        with self._changed:
            self._pre_events.append(delivery)
        try:
            yield
        finally:
            with self._changed:
                self._pre_events.remove(delivery)
                self._notify_if_empty()

    def add_background(self, work: Future[None]) -> None:
        """Wait for the *work* that an application continues after its response."""
        with self._changed:
            self._background.add(work)
        work.add_done_callback(self._end_background)

    def _end_background(self, work: Future[None]) -> None:
        with self._changed:
            self._background.discard(work)
            self._notify_if_empty()

    def _notify_if_empty(self) -> None:
        """Wake the threads that settle only when they can go on, and not for each delivery."""
        if self._is_empty():
            self._changed.notify_all()

    def cancel_background(self) -> None:
        for work in [*self._background]:
            work.cancel()

    def add_call(self, call: PendingCall) -> None:
        """Let a thread that settles make a *call*."""
        with self._changed:
            self._pending_calls.append(call)
            self._changed.notify_all()

    # Methods for threads that wait

    @property
    def is_empty(self) -> bool:
        with self._changed:
            return self._is_empty()

    def settle(self, within: float) -> None:
        """Wait until the backlog is empty, and make the pending calls in this thread.

        Raises `TimeoutError` after *within* seconds, and `AssertionError` for an endless chain.
        """
        __tracebackhide__ = True
        deadline = RealTime.seconds() + within
        self._count_waits(1)
        try:
            while call := self._next_call(deadline, within, Event()):
                call.run()
        finally:
            self._count_waits(-1)
        self._raise_for_endless_chain()

    async def settle_async(self, within: float) -> None:
        """Like `settle`, but the event loop runs on, except during pending calls."""
        __tracebackhide__ = True
        deadline = RealTime.seconds() + within
        cancelled = Event()
        self._count_waits(1)
        try:
            while call := await asyncio.to_thread(self._next_call, deadline, within, cancelled):
                call.run()
        except asyncio.CancelledError:
            with self._changed:
                cancelled.set()
                self._changed.notify_all()
            raise
        finally:
            self._count_waits(-1)
        self._raise_for_endless_chain()

    def _count_waits(self, change: int) -> None:
        with self._changed:
            self._waits += change

    def _next_call(self, deadline: float, within: float, cancelled: Event) -> PendingCall | None:
        """Wait for a pending call. Returns None when the backlog is empty."""
        __tracebackhide__ = True
        with self._changed:
            if not self._changed.wait_for(
                lambda: self._pending_calls or self._is_empty() or cancelled.is_set(),
                max(deadline - RealTime.seconds(), 0),
            ):
                if failure := self._failure():
                    raise failure from failure.__cause__
                raise TimeoutError(self._timeout_message(within))
            has_call = self._pending_calls and not cancelled.is_set()
            return self._pending_calls.popleft() if has_call else None

    def _raise_for_endless_chain(self) -> None:
        __tracebackhide__ = True
        with self._changed:
            chains, self._endless_chains = self._endless_chains, []
        if chains:
            raise AssertionError(_endless_chain_message(chains[0]))

    def _is_empty(self) -> bool:
        return not (self._queue or self._in_progress or self._pre_events or self._background)

    def _timeout_message(self, within: float) -> str:
        in_progress = [*self._pre_events]
        if self._in_progress:
            in_progress.append(self._in_progress.delivery)
        lines = [f"  {each.heading}: the application has not responded" for each in in_progress]
        lines += [f"  {each.delivery.heading}: not sent yet" for each in self._queue]
        if self._background:
            lines.append("  background work of an application after its response")
        header = (
            f"webhooks did not settle within {within:g} seconds; "
            "settle(within=...) sets another limit; not finished:"
        )
        return "\n".join([header, *lines])


def _endless_chain_message(chain: Sequence[Delivery]) -> str:
    lines = [f"  {each.event} {_body(each)}".rstrip() for each in chain[-MAX_SHOWN:]]
    return (
        f"webhooks do not end: each of {len(chain)} deliveries led to the next, and the fake "
        "dropped the last one; let the application ignore events that it caused itself; "
        f"the last {len(lines)}:\n" + "\n".join(lines)
    )


def _body(delivery: Delivery) -> str:
    body = delivery.params.get("body")
    return "" if body is None else repr(body)
