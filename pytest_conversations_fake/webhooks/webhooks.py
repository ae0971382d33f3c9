"""`fake.webhooks`: where webhooks are delivered, the deliveries, and assertions on them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Literal, overload

from ..api.actions import action
from ..api.checks import check_flag, check_timeout, require
from ..api.deliveries import TIMEOUT, Delivery, next_attempt
from ..api.did_you_mean import SuggestsNames, unknown
from ..api.events import EventName
from ..api.resources.webhook_configurations import webhooks
from ..api.world import World
from ..assertions.deliveries import expect, keywords_of
from ..strict.strictness import Strictness
from .dispatcher import Dispatcher

RUN_IN = ("thread", "test")


class Webhooks(SuggestsNames):
    """The targets of webhooks, the deliveries to them, and assertions on these deliveries.

    Code configures webhooks by requests to the API, as in production; a test can also configure
    them by `deliver_to(events=...)`. The fake sends a webhook to the target of its URL. Without a
    target, it sends the webhook only to a URL of this machine; otherwise it only records a delivery
    with the error `no target`.
    """

    def __init__(self, world: World, strictness: Strictness, dispatcher: Dispatcher) -> None:
        self._world = world
        self._strictness = strictness
        self._dispatcher = dispatcher
        self._recorder = world.recorder("webhooks")

    @action
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
        """Deliver webhooks for *public_url*, and for URLs below it, to *target*.

            fake_conversations.webhooks.deliver_to(app, public_url="https://desk.example")

        *target* is an ASGI, WSGI or aiohttp application, or the address of an application that
        runs on this machine, such as `http://127.0.0.1:5000`. The default *public_url* of an
        address is the address itself. If the public URLs of several targets match a webhook, the
        longest one wins.

        *events* is a list of event names, such as `["onMessageAdded"]`. With *events* the fake
        configures the account's webhook for *public_url*, as Twilio's console does.

        *auth_token* signs the requests. The default is the token with which the application itself
        calls the API. The signature covers the public URL.

        *run_in* is the place where an application runs. The default is `"thread"`: ASGI and aiohttp
        applications run on an event loop of the fake, and each call of a WSGI application runs in a
        new thread. With `"test"`, ASGI and aiohttp applications run on the event loop of the test.
        Their lifespan is the body of this statement, in which `await fake.settle_async()` waits for
        webhooks:

            async with fake_conversations.webhooks.deliver_to(app, public_url=..., run_in="test"):

        With `"test"`, `settle()` calls WSGI applications, in its own thread and without a timeout.
        An `async with` statement settles at its end, whatever *run_in* is.

        With *behind_proxy* the application gets requests as from a proxy that terminates TLS: over
        HTTP, with `X-Forwarded-Proto`, `X-Forwarded-For` and `X-Forwarded-Host`.

        A delivery without a response within *timeout* seconds fails. The default is 5, as Twilio
        documents it. None sets no limit, for example for a breakpoint in a handler. The limit of
        `settle()` and of assertions is separate: 10 seconds, or `settle(within=...)`.

        Raises `TypeError` if *target* is neither an application nor a URL, and `ValueError` for an
        address of another machine, an unknown event, an unknown *run_in*, or *events* if the
        account's webhook has another URL. Raises `RuntimeError` if the fake is not active, or if
        *run_in* needs an event loop and none runs. Raises the error of an application that cannot
        start.
        """
        __tracebackhide__ = True
        from .applications import TestEventLoop
        from .destinations import Destination, validate_public_url
        from .detection import is_asynchronous, target_for  # imports aiohttp

        worker = self._dispatcher.require_worker()
        if public_url is None and isinstance(target, str):
            public_url = target
        public_url = validate_public_url(public_url)
        is_list = isinstance(events, Sequence) and not isinstance(events, str)
        require(is_list, "events is a list of event names", events)
        if auth_token is not None and not isinstance(auth_token, str):  # check_text() would show it
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
        in_test = run_in == "test"
        loop = TestEventLoop() if in_test and is_asynchronous(target) else None
        found = target_for(target, public_url, worker.threads, loop)
        if events:
            with self._world.lock:
                webhooks.configure(self._world.account, public_url, events)
        destination = Destination(
            public_url,
            found,
            auth_token=auth_token,
            loop=loop,
            is_called_by_settle=in_test and not loop,
            timeout=timeout,
            behind_proxy=behind_proxy,
        )
        worker.add(destination)
        return self._dispatcher.deliver_until_exit(worker, destination)

    @property
    def deliveries(self) -> Sequence[Delivery]:
        """All deliveries that have ended, in that order. Failed ones are included."""
        with self._world.lock:
            return list(self._world.deliveries)

    @action
    def resend(self, delivery: Delivery) -> Delivery:
        """Deliver one of the `deliveries` again, as Twilio may do, and wait for the outcome.

            first = fake_conversations.webhooks.assert_delivered("onMessageAdded")
            fake_conversations.webhooks.resend(first)

        Returns the new delivery, whose `attempt` and `RetryCount` are one more. It goes to the
        current target of its URL. The answer has no effect, even for a pre-event. Raises
        `TypeError` if it is no delivery, and `RuntimeError` if the fake is not active or an
        application runs on the event loop of the caller.
        """
        __tracebackhide__ = True
        is_delivery = isinstance(delivery, Delivery)
        require(is_delivery, "resend takes one of fake.webhooks.deliveries", delivery)
        return self._dispatcher.resend(next_attempt(delivery))

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
        """Assert that an event was delivered once, or *count* times.

            fake_conversations.webhooks.assert_delivered("onMessageAdded", body="hello")

        *params* are parameters of the event by keyword, such as `conversation_sid` or `body`; other
        parameters may have any value. A delivery without a target counts. A delivery without a
        response, or with a status of 400 or more, has failed. With *failed* only failed deliveries
        count, otherwise only the others.

        Waits for all deliveries first, as `settle()` does. Returns the delivery, or with *count*
        the list of deliveries. Raises `AssertionError`, `ValueError` for an unknown event, and
        `TypeError` for a keyword that the event does not have.
        """
        __tracebackhide__ = True
        self._dispatcher.ensure_settled()
        found = expect(
            self._world, self.deliveries, event, 1 if count is None else count, params, failed
        )
        if failed:
            self._strictness.excuse(found)
        return found[0] if count is None else found

    def assert_not_delivered(self, event: EventName, /, **params: object) -> None:
        """Assert that the fake tried no delivery of an event with these *params*.

        Waits for all deliveries first, and raises the same exceptions as `assert_delivered`.
        """
        __tracebackhide__ = True
        self._dispatcher.ensure_settled()
        expect(self._world, self.deliveries, event, 0, params, None)

    def __repr__(self) -> str:
        return f"<{len(self.deliveries)} deliveries>"
