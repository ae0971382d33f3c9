"""Webhooks as a test has them: where they go, what was delivered, and assertions on that."""

from __future__ import annotations

import warnings
from collections.abc import AsyncIterator, Iterator, Sequence
from concurrent.futures import Future
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal, overload

from ..api.checks import check, check_flag, check_seconds, check_timeout
from ..api.deliveries import TIMEOUT, Delivery
from ..api.did_you_mean import unknown
from ..api.events import EventName
from ..api.resources.webhook_configurations import webhooks
from ..api.secrets import without_passwords
from ..api.world import World
from ..assertions.deliveries import expect, keywords_of
from ..redirect import refuse_monkey_patching
from ..strict.errors import WebhookWarning
from ..strict.strictness import Strictness

if TYPE_CHECKING:
    from .destinations import Destination
    from .worker import DeliveryWorker


RUN_IN = ("thread", "test")

PATIENCE = 10.0
"""Seconds that an assertion waits for what is still to be delivered."""


class Webhooks:
    """What an application is told of its conversations.

    What a webhook is configured for, by the API as in production, is sent to the target that stands
    for its URL, and to URLs of this machine. What has neither is noted as delivered to no target.
    """

    def __init__(self, world: World, strictness: Strictness) -> None:
        self._world = world
        self._strictness = strictness
        self._worker: DeliveryWorker | None = None
        self._is_open = False
        self._opening = Lock()

    def deliver_to(
        self,
        target: Any,
        *,
        public_url: str | None = None,
        events: Sequence[EventName] = (),
        auth_token: str | None = None,
        run_in: Literal["thread", "test"] = "thread",
        behind_proxy: bool = False,
        timeout: float | None = TIMEOUT,
    ) -> AbstractAsyncContextManager[None]:
        """Let *target* stand for all URLs that begin with *public_url*.

            fake_conversations.webhooks.deliver_to(app, public_url="https://desk.example")

        A *target* is an application of ASGI, WSGI or aiohttp, or the address of one that runs on
        this machine, as in `http://127.0.0.1:5000`, which is its own *public_url* if none is given.
        Requests are signed for the public URL, with *auth_token* or else the token that the
        application itself uses. With *events* the account's webhook is configured to tell these to
        *public_url*, as if it had been in Twilio's console.

        *run_in* says where an application runs. In a `"thread"` of the fake, the default, ASGI and
        aiohttp applications have an event loop of their own, and WSGI applications are called in
        threads. In the `"test"` ASGI and aiohttp applications run on the test's event loop, from
        the start to the end of

            async with fake_conversations.webhooks.deliver_to(app, public_url=..., run_in="test"):

        which is their lifespan, and `await settle_async()` waits for them. WSGI applications are
        called by `settle()` in the test's own thread, without a limit of time. Either way the end
        of an `async with` settles first.

        *behind_proxy* calls the application as a proxy does that ends TLS: by HTTP, with
        `X-Forwarded-Proto`, `X-Forwarded-For` and `X-Forwarded-Host`.

        An answer that takes more than *timeout* seconds (default 5, as Twilio) fails the delivery;
        None sets no limit, for example for a breakpoint in a handler. `settle()` and assertions
        wait 10 seconds for all deliveries; `settle(within=...)` waits longer.

        Raises `TypeError` for what is no target, `ValueError` for one on another machine, for an
        event that there is not, for a second URL to configure and another *run_in*, `RuntimeError`
        for a fake that is not active or where no event loop runs that *run_in* needs, and what the
        application raises when it starts up.
        """
        __tracebackhide__ = True
        from .applications import LoopOfTest
        from .destinations import Destination, checked_public_url
        from .targets import is_asynchronous, target_of

        self._world.require_running()
        if not self._is_open:
            raise RuntimeError("this fake is not active; use it in a `with` statement")
        if public_url is None and isinstance(target, str):
            public_url = target
        public_url = checked_public_url(public_url)
        is_list = isinstance(events, Sequence) and not isinstance(events, str)
        check(is_list, "events is a list of them", events)
        if auth_token is not None and not isinstance(auth_token, str):
            raise TypeError(f"auth_token is a str, not {type(auth_token).__name__}")
        if run_in not in RUN_IN:
            raise ValueError(unknown("run_in cannot be", run_in, RUN_IN))
        if run_in == "test" and isinstance(target, str):
            raise TypeError("run_in='test' is for applications, and a URL is not one")
        check_flag("behind_proxy", behind_proxy)
        if timeout is not None:
            check_timeout(timeout)
        for event in events:
            keywords_of(event)
        worker = self._running_worker()
        in_test = run_in == "test"
        loop = LoopOfTest() if in_test and is_asynchronous(target) else None
        found = target_of(target, public_url, worker.applications, loop)
        if events:
            with self._world.lock:
                webhooks.configure(self._world.account, public_url, events)
        destination = Destination(
            public_url,
            found,
            auth_token=auth_token,
            loop=loop,
            by_settle=in_test and not loop,
            timeout=timeout,
            behind_proxy=behind_proxy,
        )
        worker.add(destination)
        return self._lifespan(worker, destination)

    @asynccontextmanager
    async def _lifespan(
        self, worker: DeliveryWorker, destination: Destination
    ) -> AsyncIterator[None]:
        """Deliver to a *destination* until the `async with` statement ends, then settle."""
        if destination.loop:
            await destination.loop.enter(destination.target)
        try:
            yield
            if destination in worker.destinations:  # else the fake has ended before
                await self.settle_async(PATIENCE)
        finally:
            is_running = destination in worker.destinations
            if is_running:
                worker.destinations.remove(destination)
            if destination.loop:
                await destination.loop.leave(destination.target)
            elif is_running:
                await destination.target.close()

    @property
    def deliveries(self) -> Sequence[Delivery]:
        """What was delivered or tried so far, in that order."""
        with self._world.lock:
            return list(self._world.deliveries)

    @overload
    def assert_delivered(
        self, event: EventName, /, *, count: None = None, failed: bool = False, **params: object
    ) -> Delivery: ...

    @overload
    def assert_delivered(
        self, event: EventName, /, *, count: int, failed: bool = False, **params: object
    ) -> list[Delivery]: ...

    def assert_delivered(
        self,
        event: EventName,
        /,
        *,
        count: int | None = None,
        failed: bool = False,
        **params: object,
    ) -> Delivery | list[Delivery]:
        """Assert that an *event* was delivered once or *count* times.

            fake_conversations.webhooks.assert_delivered("onMessageAdded", body="hello")

        *params* are what it tells, by keyword (`conversation_sid`, `body`); what is not named may
        be anything. Deliveries to no target count, those that failed only with *failed*, and then
        no others: without an answer, or answered with 400 or more.

        Returns the delivery; with *count* the list of them. Waits until everything is
        delivered, like `settle()`. Raises `AssertionError`, `ValueError` for an event that there is
        not, and `TypeError` for a keyword that it does not have.
        """
        __tracebackhide__ = True
        self.ensure_settled()
        found = expect(
            self._world, self.deliveries, event, 1 if count is None else count, params, failed
        )
        if failed:
            self._strictness.excuse(found)
        return found[0] if count is None else found

    def assert_not_delivered(self, event: EventName, /, **params: object) -> None:
        """Assert that an *event* was not delivered with these *params*, nor tried to be."""
        __tracebackhide__ = True
        self.ensure_settled()
        expect(self._world, self.deliveries, event, 0, params, None)

    def settle(self, within: float) -> None:
        """Wait until everything is delivered.

        Raises `RuntimeError` where that would hold up an event loop on which an application runs.
        """
        __tracebackhide__ = True
        check_seconds("within", within)
        if self._worker:
            self._require_moving_loops(self._worker)
            self._worker.settle(within)

    def ensure_settled(self) -> None:
        """The same, but where everything is delivered already, nothing."""
        __tracebackhide__ = True
        if self._worker and not self._worker.is_settled:
            self._require_moving_loops(self._worker)
        if self._worker:
            self._worker.settle(PATIENCE)

    def _require_moving_loops(self, worker: DeliveryWorker) -> None:
        __tracebackhide__ = True
        for destination in worker.destinations:
            if destination.loop and destination.loop.is_entered and destination.loop.is_held:
                raise RuntimeError(
                    "settle() would hold up the event loop on which the application at "
                    f"{without_passwords(destination.public_url)} runs; call "
                    "`await fake.settle_async()` instead, before an assertion, too"
                )

    async def settle_async(self, within: float) -> None:
        """The same, in an event loop."""
        __tracebackhide__ = True
        check_seconds("within", within)
        if self._worker:
            for destination in self._worker.destinations:
                loop = destination.loop
                if loop and loop.is_entered and not loop.is_running:
                    where = without_passwords(destination.public_url)
                    raise RuntimeError(
                        f"the event loop on which the application at {where} was started does not "
                        "run now; enter `async with fake.webhooks.deliver_to(...)` on the event "
                        "loop of the test"
                    )
            await self._worker.settle_async(within)
            for destination in self._worker.destinations if self._worker else ():
                if destination.loop and destination.loop.raised:
                    raise destination.loop.raised.pop(0)

    @contextmanager
    def open(self) -> Iterator[None]:
        """Deliver from now until the end of the `with` statement."""
        self._is_open = True
        try:
            yield
        finally:
            self._is_open = False
            wrong = []
            if self._worker:
                worker, self._worker = self._worker, None
                by_now = len(self.deliveries)
                wrong = worker.close()
                self._strictness.excuse(self.deliveries[by_now:])  # the test is over
            for what in wrong:
                warnings.warn(what, WebhookWarning, stacklevel=2)

    def post(self, delivery: Delivery) -> bool:
        """Queue a delivery. Returns False while the fake is not active."""
        if self._is_open:
            self._running_worker().post(delivery)
        return self._is_open

    def ask(self, delivery: Delivery) -> Future[Delivery] | None:
        return self._running_worker().ask(delivery) if self._is_open else None

    def _running_worker(self) -> DeliveryWorker:
        with self._opening:
            if not self._worker:
                from .worker import DeliveryWorker

                refuse_monkey_patching(
                    "the delivery of webhooks",
                    effect="its event loop would never run",
                    instead="do without webhooks",
                )
                self._worker = DeliveryWorker(self._world)
            return self._worker

    def __repr__(self) -> str:
        return f"<{len(self.deliveries)} deliveries>"
