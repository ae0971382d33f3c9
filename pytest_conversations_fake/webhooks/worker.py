"""The delivery worker: a thread that sends webhooks, one after the other.

It has an event loop of its own, and no application runs there. So it notices a timeout whatever an
application does, and delivers pre-events while an application waits for the fake.
"""

from __future__ import annotations

import asyncio
from asyncio.tasks import wait, wait_for  # tests patch the names in asyncio itself
from concurrent.futures import Future
from dataclasses import replace
from logging import INFO, WARNING, getLogger
from traceback import format_exc
from typing import Any

from ..api.deliveries import (
    NO_ANSWER,
    NO_TARGET,
    Delivery,
    SignedRequest,
    Signing,
    behind_proxy,
)
from ..api.secrets import without_passwords
from ..api.signing import sign
from ..api.wording import visible
from ..api.world import World
from ..threads import LoopThread
from .applications import ApplicationError, ApplicationThreads
from .backlog import Backlog
from .destinations import Destination, find_destination
from .targets import Answer
from .wsgi import PendingCall, WsgiTarget

LOG = getLogger("pytest_conversations_fake.webhooks")

LIFESPAN_TIMEOUT = 5.0
"""Seconds for the startup and for the shutdown of an application."""


class NoAnswerError(Exception):
    """An application did not respond within the timeout of its destination."""


class DeliveryWorker:
    """Delivers the webhooks of a world until it is closed."""

    def __init__(self, world: World) -> None:
        self.threads = ApplicationThreads()
        self.backlog = Backlog(lambda: self._thread.failure())
        self.destinations: list[Destination] = []
        self._world = world
        self._pre_event_tasks: set[asyncio.Task[Delivery]] = set()
        self._is_closing = False
        self._thread = LoopThread("fake_conversations webhooks", self._start)
        self._thread.start()

    async def _start(self) -> None:
        self._has_work = asyncio.Event()
        self._queue_task = asyncio.ensure_future(self._deliver_queue())

    def add(self, destination: Destination) -> None:
        """Start the application of a destination, unless `async with` does, and deliver to it.

        Raises the error that prevents its startup, and `TimeoutError`.
        """
        __tracebackhide__ = True
        where = visible(without_passwords(destination.public_url))
        try:
            if not destination.loop:
                self._thread.run(wait_for(destination.target.open(), LIFESPAN_TIMEOUT))
        except (asyncio.TimeoutError, TimeoutError):
            raise TimeoutError(
                f"the application at {where} did not start within {LIFESPAN_TIMEOUT:g} s"
            ) from None
        except ApplicationError as error:  # without the frames of the threads
            raise ApplicationError(f"the application at {where} did not start\n\n{error}") from None
        self.destinations.append(destination)

    def close(self) -> list[str]:
        """Drop the backlog and shut the applications down. Returns their problems."""
        problems: list[str] = []
        if self._thread.is_inherited:  # it does not run in a forked process
            return problems
        try:
            problems += self._thread.run(self._shut_down())
        except RuntimeError as failure:
            self._world.errors.append(failure)
        if not self.threads.close(LIFESPAN_TIMEOUT):
            problems.append(f"an application did not end within {LIFESPAN_TIMEOUT:g} seconds")
        self._thread.stop()
        return problems

    async def _shut_down(self) -> list[str]:
        self._is_closing = True  # wait_for() of Python 3.10 may ignore a cancellation
        self._has_work.set()
        tasks = {self._queue_task, *self._pre_event_tasks}
        for task in tasks:
            task.cancel()
        await wait(tasks, timeout=LIFESPAN_TIMEOUT)
        self.backlog.cancel_background()
        destinations, self.destinations = self.destinations, []
        problems = [await self._shut_down_application(each) for each in destinations]
        return [problem for problem in problems if problem]

    async def _shut_down_application(self, destination: Destination) -> str:
        """Shut the application of a destination down. Returns its problem, or an empty text."""
        where = visible(without_passwords(destination.public_url))
        if destination.loop:
            is_left = not destination.loop.is_started
            return "" if is_left else f"the `async with` of the application at {where} was not left"
        try:
            await wait_for(destination.target.close(), LIFESPAN_TIMEOUT)
        except (asyncio.TimeoutError, TimeoutError):
            return f"the application at {where} did not shut down within {LIFESPAN_TIMEOUT:g} s"
        except Exception as error:
            return f"the application at {where} raised at its shutdown: {visible(str(error))}"
        return ""

    # Deliveries

    def post(self, delivery: Delivery) -> None:
        """Queue a delivery."""
        if self.backlog.put(delivery):
            self._thread.call_soon(self._has_work.set)

    def ask(self, delivery: Delivery) -> Future[Delivery]:
        """Deliver a pre-event at once, before the queue, because a request waits for its answer."""
        return self._thread.submit(self._ask(delivery))

    async def _ask(self, delivery: Delivery) -> Delivery:
        task = asyncio.ensure_future(self._deliver(delivery, is_pre_event=True))
        self._pre_event_tasks.add(task)
        with self.backlog.pre_event(delivery):
            try:
                delivered = await task
            except asyncio.CancelledError:
                delivered = replace(delivery, error="the fake has ended")
            self._pre_event_tasks.discard(task)
            return self._record(delivered)

    async def _deliver_queue(self) -> None:
        while not self._is_closing:
            await self._has_work.wait()
            self._has_work.clear()
            while self.backlog.has_queue and not self._is_closing:
                with self.backlog.next_delivery() as delivery:
                    try:
                        self._record(await self._deliver(delivery))
                    except Exception as error:  # the rest of the queue must not wait for ever
                        self._world.errors.append(error)

    def _record(self, delivery: Delivery) -> Delivery:
        recorded = self._world.add_delivery(delivery)
        LOG.log(WARNING if delivery.failed else INFO, "%s", delivery)
        return recorded

    async def _deliver(self, delivery: Delivery, *, is_pre_event: bool = False) -> Delivery:
        """Deliver to the destination of the URL. Returns the delivery with its outcome."""
        signing: Signing | None = None
        outcome: dict[str, Any]
        try:
            destination = find_destination(delivery.url, self.destinations)
            if not destination:
                return replace(delivery, error=NO_TARGET)
            with self._world.lock:
                signed_request = sign(self._world, delivery, destination.auth_token)
            signing = signed_request.signing
            if destination.behind_proxy:
                signed_request = behind_proxy(signed_request)
            answer = await self._send(destination, signed_request, is_pre_event)
            if answer.background and not answer.background.done():
                self.backlog.add_background(answer.background)
            outcome = {"status": answer.status, "answer": answer.text}
        except NoAnswerError as error:
            outcome = {"error": str(error)}
        except ConnectionError as error:
            outcome = {"error": f"no connection: {error}"}
        except ApplicationError as error:  # a server would respond with 500
            outcome = {"status": 500, "error": str(error)}
        except Exception:
            outcome = {"error": format_exc()}
        return replace(delivery, signing=signing, **outcome)

    async def _send(
        self, destination: Destination, signed_request: SignedRequest, is_pre_event: bool
    ) -> Answer:
        target = destination.target
        if destination.loop and not destination.loop.is_started:
            raise ConnectionError(
                "`async with fake.webhooks.deliver_to(...)` did not start the application"
            )
        if destination.is_called_by_settle and not is_pre_event:
            assert isinstance(target, WsgiTarget)
            call = PendingCall(target, signed_request)
            self.backlog.add_call(call)
            return await asyncio.wrap_future(call.answer)
        try:
            return await wait_for(target.send(signed_request), destination.timeout)
        except (asyncio.TimeoutError, TimeoutError):
            raise NoAnswerError(f"{NO_ANSWER} {destination.timeout:g} seconds") from None
