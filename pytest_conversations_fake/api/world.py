"""A world: the state of one fake."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from operator import attrgetter
from typing import Any

from .accounts import Account, Authenticator
from .actions import Action, Recorder
from .assumptions import Assumptions
from .clock import Clock
from .deliveries import Delivery
from .dropped import Dropped
from .events import Event, Subscriber
from .faults import Injection
from .journal import Journal, RecordedRequest
from .outside import Entry, Outside
from .request_context import RequestContext
from .resources import conversation_lifecycle
from .resources.configurations import configuration
from .resources.services import services
from .resources.webhook_configurations import webhooks
from .sids import Sids
from .snapshots import Restore, save_attributes
from .subscribers import event_deliveries

# Where an auth token comes from, as failures of webhooks name it
OWN_TOKEN = "the fake's own auth token"
ARGUMENT_TOKEN = "the auth token in the fake's arguments (auth_token= or accounts=)"


class World:
    """The state of the fake *name*. A reset creates a new world.

    *access* has the credentials of each account by its sid: `auth_token`, and `api_keys` by their
    sids. The key None stands for a generated sid. Readers and writers hold the world's lock, which
    also wakes threads that wait for a request. *outside* reaches the server and the webhooks.
    """

    def __init__(
        self,
        name: str,
        access: Mapping[str | None, Mapping[str, Any]] | None = None,
        *,
        enforced: bool = False,
        assumptions: Assumptions | None = None,
        max_requests: int | None = None,
        outside: Outside | None = None,
    ) -> None:
        self.name = name
        self.assumptions = assumptions or Assumptions({})
        self.outside = outside or Outside()
        self.lock = self.outside.lock
        self.ended = False
        self.next_order = count(1).__next__
        """The next place in the common order of requests, deliveries and actions.

        A restore does not repeat places."""
        self.clock = Clock(
            self.recorder("clock"),
            before_move=self.require_running,
            after_move=self._after_move,
        )
        self.sids = Sids(name)
        self.dropped_deliveries = Dropped[Delivery](
            "delivery", max_requests, name_of=attrgetter("event"), is_problem=attrgetter("failed")
        )
        self.dropped_actions = Dropped[Action]("action", max_requests)
        self.journal = Journal(self._on_request, self.next_order, max_requests)
        self.injections: list[Injection] = []
        self.errors: list[Exception] = []
        self.began = 0
        """The place in the common order at which the session began, after the seed."""
        self.generation = 0
        """Number of restores. A request of an earlier generation no longer changes the world."""
        self.deliveries: list[Delivery] = []
        """Deliveries after their first attempt, in the order of the attempts.

        Like actions, the last *max_requests*."""
        self.actions: list[Action] = []
        """Actions in the order of their ends."""
        access = access or {None: {}}
        accounts = [
            self._open_account(sid or self.sids.draw("AC"), **reached)
            for sid, reached in access.items()
        ]
        self.authenticator = Authenticator(accounts, enforced, self.outside.ended_fakes)

    @property
    def address(self) -> str:
        """The URL at which a test finds the fake, as in `http://127.0.0.1:8010`."""
        return self.outside.address()

    def post(self, delivery: Delivery) -> None:
        """Send a delivery, or only record it if nobody outside sends it."""
        delivery = replace(delivery, order=self.next_order())
        if not self.outside.post(delivery):
            self.add_delivery(delivery)

    def ask(self, delivery: Delivery) -> Future[Delivery]:
        """Send a delivery and return its future answer; unanswered if nobody outside sends it."""
        delivery = replace(delivery, order=self.next_order())
        if answer := self.outside.ask(delivery):
            return answer
        unanswered: Future[Delivery] = Future()
        unanswered.set_result(self.add_delivery(delivery))
        return unanswered

    def recorder(self, subject: str) -> Recorder:
        """The recorder of the actions on a *subject*, see `Action.subject`."""
        return Recorder(subject, self.next_order, self.add_action)

    def add_action(self, action: Action) -> None:
        with self.lock:
            self.actions.append(action)
            self.dropped_actions.drop(self.actions)
            self._notify(action)

    def add_delivery(self, delivery: Delivery) -> Delivery:
        """Add a delivery with its outcome. Returns it with the place of that outcome."""
        with self.lock:
            delivery = replace(delivery, end_order=self.next_order())
            self.deliveries.append(delivery)
            self.dropped_deliveries.drop(self.deliveries)
            self._notify(delivery)
        return delivery

    def _on_request(self, request: RecordedRequest) -> None:
        self.lock.notify_all()  # for assertions that wait for a request
        self._notify(request)

    def _notify(self, entry: Entry) -> None:
        for listener in self.outside.listeners:
            listener(entry)

    def end(self) -> None:
        """Accept no further changes. The state stays readable."""
        self.ended = True

    def settle(self) -> None:
        """Apply the timers that are due now, before anyone reads the state."""
        for account in self.authenticator.accounts:
            if account.timers.next:
                conversation_lifecycle.settle(account, self.clock.second())

    @contextmanager
    def settled(self) -> Iterator[None]:
        """Hold the lock, with all due timers applied."""
        __tracebackhide__ = True
        with self.lock:
            self.settle()
            yield

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Hold the lock, and undo everything if the `with` statement raises."""
        __tracebackhide__ = True
        with self.settled():
            restore = self.save()
            try:
                yield
            except BaseException:
                restore()
                raise

    def save(self) -> Restore:
        """Return a function that restores the current state, except for errors inside the fake."""
        accounts = self.authenticator.accounts
        timers = [each.timers for each in accounts]
        dropped = self.journal.dropped, self.dropped_deliveries, self.dropped_actions
        parts = [
            save_attributes([self.clock, self.journal, *dropped, *accounts, *timers]),
            *(each.save() for each in self.injections),
            self.sids.save(),
            *(each.store.save() for each in accounts),
        ]
        deliveries, injections = [*self.deliveries], [*self.injections]
        actions = [*self.actions]

        def restore() -> None:
            for part in parts:
                part()
            self.deliveries[:], self.injections[:] = deliveries, injections
            self.actions[:] = actions
            self.generation += 1

        return restore

    def require_running(self) -> None:
        """Raises `RuntimeError` if the fake has ended."""
        __tracebackhide__ = True
        if self.ended:
            raise RuntimeError(
                f"the fake of {self.name} has ended and accepts no actions; use the fake of the "
                "running test, or stay in the `with` statement. Its requests and records can still "
                "be read"
            )

    def request_context(self, account: Account, **values: Any) -> RequestContext:
        """The context of an action of *account* now, with *values* for its other attributes."""
        values.setdefault("account_sid", account.sid)
        return RequestContext(
            assumptions=self.assumptions,
            sids=self.sids,
            account=account,
            now=self.clock.second(),
            **values,
        )

    def _publish(self, account: Account, event: Event, subscriber: Subscriber | None) -> None:
        for delivery in event_deliveries(account, event, subscriber):
            self.post(delivery)

    def finish(self) -> None:
        """Finish initializing conversations, because of a request or a move of the clock."""
        for account in self.authenticator.accounts:
            conversation_lifecycle.finish_initializing(account)

    def _after_move(self) -> None:
        with self.lock:
            self.finish()
            self.settle()

    def next_due(self) -> float | None:
        """Seconds until the next timer is due; None without one."""
        instants = [each.timers.next for each in self.authenticator.accounts if each.timers.next]
        return self.clock.until(min(instants)) if instants else None

    @property
    def account(self) -> Account:
        """The first account."""
        return self.authenticator.accounts[0]

    def _open_account(
        self,
        sid: str,
        auth_token: str | None = None,
        api_keys: Mapping[str, str] | None = None,
        token_origin: str = "",
        username: str = "",
    ) -> Account:
        """Create an account with the records that Twilio gives to every account."""
        account = Account(
            sid=sid,
            auth_token=auth_token or self.sids.draw(""),
            token_origin=token_origin or (ARGUMENT_TOKEN if auth_token else OWN_TOKEN),
            username=username,
            api_keys=api_keys or {},
            publisher=self._publish,
        )
        context = self.request_context(account)
        name = "Default Conversations Service"  # a guess
        account.first_service = service = services.create(context.at(friendly_name=name))
        defaults = {
            "default_chat_service_sid": service.sid,
            "default_messaging_service_sid": self.sids.draw("MG"),
        }
        configuration.create(context.at(**defaults))
        account.store.defer((webhooks.record,), lambda: [webhooks.create(context.at(filters=[]))])
        return account
