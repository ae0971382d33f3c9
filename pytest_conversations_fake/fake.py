"""The fake as a test holds it."""

from __future__ import annotations

import os
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from inspect import iscoroutinefunction, isgeneratorfunction
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from .api.actions import action
from .api.checks import check_flag, check_text, require
from .api.clock import Clock
from .api.faults import Fault, Injection
from .api.ignored_parameters import ignored_sentence
from .api.journal import RecordedRequest
from .api.operation_names import OperationName, ServiceOperationName
from .api.outside import Outside
from .api.records import Record
from .api.resource import Resource
from .api.world import World
from .lifecycle import Lifecycle
from .reports.report import Report, report
from .seeds.entries import SeedError
from .settings import (
    Seed,
    SeedData,
    accounts_of,
    assumptions_of,
    check_max_requests,
    check_tolerated,
)
from .simulators.chat_user import ChatUser
from .simulators.handset import Handset, with_channel
from .state.account import AccountView
from .state.counts import Changes, changed, counts
from .state.injecting import inject
from .state.live_record import LiveRecord, live_record
from .state.snapshot import Snapshot
from .strict.strictness import REMEDY, Strictness
from .strict.violations import Violation
from .sweep.results import Sweep
from .sweep.runner import FAULTS, sweep, sweep_async
from .threads import TimeoutCondition
from .webhooks.dispatcher import SETTLE_TIMEOUT, Dispatcher
from .webhooks.webhooks import Webhooks

if TYPE_CHECKING:
    from twilio.rest import Client
    from typing_extensions import Self


class FakeConversations(AccountView):
    """A working imitation of the Twilio Conversations v1 API that records every request.

    In a test, request the fixture `fake_conversations`. Elsewhere, use a context manager:

        with FakeConversations() as fake:
            client = fake.twilio_client()

    While the fake is active, it receives the requests of this process to
    `conversations.twilio.com`, from any HTTP client. It refuses connections to other hosts of
    Twilio unless *allow_hosts* names them; `*` matches any characters. With *redirect=False* it
    does neither. With *child_processes=True* it also receives the requests of child processes,
    because it puts the variables of `subprocess_env` into the environment.

    By default the fake accepts any credentials. With *account_sid* (`AC` and 32 hexadecimal
    digits), *auth_token* or both, it accepts only its own. Another *account_sid*, such as `dev`, is
    a user name: the account then has a generated sid. Missing credentials come from the environment
    (`TWILIO_ACCOUNT_SID`, `TWILIO_AUTH_TOKEN`), else they are generated.

    *accounts* defines several accounts that share no records, and the fake accepts only their
    credentials. It is a dict from account sid to a dict of `auth_token` and `api_keys` (a dict from
    `SK…` sid to secret). A missing token is generated. The first account is the fake's own.

    *assume* overrides the fake's guesses about Twilio, as in `{"empty-message": "refused"}`;
    `conversations-fake rules` lists the questions and answers. *owned* lists proxy addresses and
    sids of messaging services, media, templates and Studio flows. The account owns no others of a
    kind that is listed.

    *seed* is the initial state: the path of a file for `load`, a mapping in the same format, or a
    function that takes the fake. *name* appears in reports; sids and generated credentials are
    derived from it. *max_requests* is the number of requests that the fake keeps, the last ones
    (default: all), and of deliveries and actions.

    At its end the fake raises `StrictnessError` for problems that the test may not have noticed,
    except for the kinds in *tolerate*: `unknown-route`, `not-imitated`, `unmet-fault`,
    `guarded-host`, `failed-webhook` and `inner-error`.

    Raises `TypeError` or `ValueError` for an argument that is not as described.
    """

    def __init__(
        self,
        *,
        account_sid: str | None = None,
        auth_token: str | None = None,
        accounts: Mapping[str, Mapping[str, Any]] | None = None,
        redirect: bool = True,
        child_processes: bool = False,
        allow_hosts: Sequence[str] = (),
        assume: Mapping[str, str] = MappingProxyType({}),
        owned: Sequence[str] = (),
        tolerate: Sequence[str] = (),
        seed: Seed = None,
        max_requests: int | None = None,
        name: str = "FakeConversations",
    ) -> None:
        __tracebackhide__ = True
        check_flag("redirect", redirect)
        check_flag("child_processes", child_processes)
        check_text("name", name)
        self._cuts_texts = False
        """Whether failure texts leave out what does not fit on a terminal."""
        self._world = World(
            name,
            accounts_of(account_sid, auth_token, accounts),
            enforced=bool(accounts) or account_sid is not None or auth_token is not None,
            assumptions=assumptions_of(assume, owned),
            max_requests=check_max_requests(max_requests),
            outside=Outside(
                lock=TimeoutCondition(),
                post=lambda delivery: self._dispatcher.post(delivery),
                ask=lambda delivery: self._dispatcher.ask(delivery),
                address=lambda: self._lifecycle.address,
                redirects=redirect,
                hints=lambda waited: self._lifecycle.hints(waited),
                ended_fakes=lambda: self._lifecycle.ended_fakes(),
                cuts_texts=lambda: self._cuts_texts,
            ),
        )
        self._recorder = self._world.recorder("")
        super().__init__(self._world, self._world.account)
        self._strictness = Strictness(self._world, check_tolerated(tolerate))
        self._dispatcher = Dispatcher(self._world, self._strictness)
        self._webhooks = Webhooks(self._world, self._strictness, self._dispatcher)
        self._lifecycle = Lifecycle(
            self._world,
            self._dispatcher,
            redirect=redirect,
            child_processes=child_processes,
            allow_hosts=allow_hosts,
        )
        self._add_seed(seed)
        self._world.began = self._world.next_order()
        self._initial = Snapshot(self._world)

    def _add_seed(self, seed: Seed) -> None:
        __tracebackhide__ = True
        if callable(seed):
            is_plain = not (iscoroutinefunction(seed) or isgeneratorfunction(seed))
            require(is_plain, "seed is a function, neither asynchronous nor a generator", seed)
            seed(self)
        elif seed is not None:
            what = "seed is a path, a mapping or a function that takes the fake"
            require(isinstance(seed, (str, os.PathLike, Mapping)), what, seed)
            self.load(seed)

    # Start and end

    def __enter__(self) -> Self:
        with ExitStack() as running:
            running.enter_context(self._lifecycle.serve())
            self._running = running.pop_all()
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        self._running.close()
        if error is None:
            self._check_strict()

    def _check_strict(self, remedy: str = REMEDY) -> None:
        """Raise `StrictnessError` with a *remedy* for violations that are not tolerated."""
        __tracebackhide__ = True
        hosts = [
            Violation("guarded-host", each.why, each) for each in self._lifecycle.refused_hosts
        ]
        self._strictness.check_strict(hosts, remedy)

    def _ignored_parameters(self) -> list[str]:
        """A sentence for each operation and the parameters of it that Twilio ignores silently.

        A client that was refused got an answer.
        """
        journal = self._world.journal
        sent = [each for each in (*journal.dropped.problems, *journal) if not each.refused]
        return [*filter(None, dict.fromkeys(map(ignored_sentence, sent)))]

    # Accounts and clients

    @property
    def url(self) -> str:
        """The address, as in `http://127.0.0.1:8010`: without `/v1`, without a slash at the end.

        Raises `RuntimeError` before the fake is active.
        """
        if not self._world.address:
            raise RuntimeError("this fake has no address yet; use it in a `with` statement")
        return self._world.address

    def account(self, sid: str) -> AccountView:
        """One of the accounts of *accounts*. Raises `LookupError` for a sid that is not there."""
        __tracebackhide__ = True
        check_text("account_sid", sid)
        accounts = self._world.authenticator.accounts
        for account in accounts:
            if account.sid == sid:
                return AccountView(self._world, account)
        known = ", ".join(account.sid for account in accounts)
        raise LookupError(f"this fake has no account {sid!r}; its accounts are: {known}")

    def twilio_client(self, **options: Any) -> Client:
        """twilio-python's client for this fake, with its credentials, in any region or edge.

        *options* are those of `twilio.rest.Client`; its `http_client` may be an asynchronous one.
        Raises `ModuleNotFoundError` if twilio is not installed.
        """
        __tracebackhide__ = True
        from .sdk import client_for

        self._world.require_running()
        return client_for(self.url, self.account_sid, self.auth_token, options)

    def subprocess_env(self) -> dict[str, str]:
        """The environment for a child process whose requests arrive at the fake.

            subprocess.run(["node", "desk.js"], env=fake_conversations.subprocess_env())

        Works for Python, curl and Node.js. Raises `RuntimeError` for a fake that does not redirect
        or is not active.
        """
        __tracebackhide__ = True
        return self._lifecycle.subprocess_env()

    # Requests and reports

    @property
    def requests(self) -> Sequence[RecordedRequest]:
        """Every request so far in the order of arrival, refused and unknown ones included.

        With *max_requests* only the last ones.
        """
        return self._world.journal

    def report(self) -> Report:
        """Return a report on the requests, webhooks, conversations and errors so far.

        `str(report)` is a text with a line for each of the last requests, and `report.html()` a
        page with all details.
        """
        refused = self._lifecycle.refused_hosts
        unreported = [each.why for each in refused if not self._strictness.is_excused(each)]
        return report(self._world, [*unreported, *self._lifecycle.unrecorded()])

    # Webhooks and people

    @property
    def webhooks(self) -> Webhooks:
        """The targets of webhooks, the deliveries to them, and assertions on these."""
        return self._webhooks

    def settle(self, *, within: float = SETTLE_TIMEOUT) -> None:
        """Wait until all webhooks are delivered, with those that their applications cause.

        Raises `TimeoutError` after *within* seconds (default 10), with a list of the unfinished
        deliveries, and `AssertionError` if webhooks cause each other without end. Raises
        `RuntimeError` if an application runs on the event loop of the caller: use `settle_async`.
        """
        __tracebackhide__ = True
        self._dispatcher.settle(within)

    async def settle_async(self, *, within: float = SETTLE_TIMEOUT) -> None:
        """Like `settle`, without blocking the event loop."""
        __tracebackhide__ = True
        await self._dispatcher.settle_async(within)

    def handset(self, number: str, *, channel: str = "sms") -> Handset:
        """A simulated phone, which exchanges messages with the account's numbers.

            phone = fake_conversations.handset("+15550100", channel="whatsapp")
            phone.send("hi", to="+15550199")

        Raises `ValueError` for an invalid *number* or an unknown *channel*.
        """
        __tracebackhide__ = True
        check_text("a number", number)
        check_text("channel", channel)
        account = self._world.account
        return Handset(self._world, account, self._live, with_channel(number, channel))

    def chat_user(self, identity: str) -> ChatUser:
        """A simulated user of an application that is built on Twilio's client SDK."""
        __tracebackhide__ = True
        check_text("identity", identity)
        if not identity:
            raise ValueError("identity is at least a character, not ''")
        return ChatUser(self._world, self._world.account, self._live, identity)

    def _live(self, resource: Resource[Any], record: Record) -> LiveRecord:
        return live_record(self._world, self._world.account, resource, record)

    # Time and failures

    @property
    def clock(self) -> Clock:
        """The clock of the fake; `move_to` and `shift` move it."""
        return self._world.clock

    @action
    def inject(
        self,
        fault: Fault,
        *,
        on: OperationName | ServiceOperationName | None = None,
        times: int | None = None,
        after: int = 0,
        when: Callable[[Mapping[str, object]], object] | None = None,
    ) -> Injection:
        """Let requests meet a *fault*.

            fake_conversations.inject(RateLimited(), on="CreateConversationMessage", times=2)

        A request matches if it is for the operation *on* (default: any operation) and the function
        *when* returns true for its parameters (default: any parameters). Names such as
        `CreateServiceConversation` match only requests with a service in their path. The first
        *after* matching requests do not meet the fault; the next *times* ones do (default: all). If
        several faults match, a request meets them in the order of injection until one prevents its
        execution. The result is a context manager, which ends the fault.

        Raises `TypeError` if *fault* is not a fault, `ValueError` for an unknown operation, and
        either for another argument that is not as described.
        """
        __tracebackhide__ = True
        return inject(self._world, fault, on, times, after, when)

    @contextmanager
    def down(self) -> Iterator[None]:
        """Refuse connections, until the end of the `with` statement."""
        __tracebackhide__ = True
        self._world.require_running()
        with self._lifecycle.down():
            self._recorder.record("down")
            try:
                yield
            finally:
                self._world.recorder("down()").record("end")

    def sweep(
        self,
        scenario: Callable[[], object],
        *,
        invariant: Callable[[], object] | None = None,
        faults: Sequence[Fault] = FAULTS,
    ) -> Sweep:
        """Run *scenario* without a fault, then once for each pair of a call and a fault.

            fake_conversations.sweep(open_ticket).assert_survives()

        *scenario* is a function without arguments. Its first run shows which calls it makes. In
        each further run, one of these calls meets one of the *faults*. By default these are a rate
        limit (429), a server error (500) and a lost answer. Every run starts from the state in
        which `sweep` was called. The result has an outcome for each run:

        - `survived`: none of the following.
        - `raised`: the scenario raised an exception.
        - `duplicated`: the run left more records than the first run.
        - `invariant broken`: the function *invariant*, called after the run, returned False or
          raised an exception.
        - `not settled`: 10 seconds after the scenario returned, its threads, its tasks or its
          webhooks had not ended, or webhooks caused each other without end.
        - `not called`: the run did not make the call.

        The sweep ends with the state after the first run. It restores the state of the fake only,
        not that of your code. It does not interrupt a scenario that never ends; use pytest-timeout.

        Raises the exception of the first run. Raises `AssertionError` if the first run makes no
        call, breaks the invariant or does not settle, and `TypeError` for a coroutine function.
        """
        __tracebackhide__ = True
        return sweep(
            self,
            scenario,
            invariant=invariant,
            faults=faults,
            strictness=self._strictness,
            catch_up=self._lifecycle.catch_up,
        )

    async def sweep_async(
        self,
        scenario: Callable[[], Coroutine[Any, Any, object]],
        *,
        invariant: Callable[[], object] | None = None,
        faults: Sequence[Fault] = FAULTS,
    ) -> Sweep:
        """Do the same as `sweep` for a coroutine function, on the running event loop.

        Tasks that still run after 10 seconds are cancelled.
        """
        __tracebackhide__ = True
        return await sweep_async(
            self,
            scenario,
            invariant=invariant,
            faults=faults,
            strictness=self._strictness,
            catch_up=self._lifecycle.catch_up,
        )

    # The state as a whole

    def snapshot(self) -> Snapshot:
        """The state now: records, clock, requests, deliveries and faults.

            before = fake_conversations.snapshot()
            ...
            fake_conversations.restore(before)

        Settles first; raises like `settle`.
        """
        __tracebackhide__ = True
        self._world.require_running()
        self._dispatcher.ensure_settled()
        return Snapshot(self._world)

    @action
    def restore(self, snapshot: Snapshot) -> None:
        """Go back to the state of a *snapshot*, as often as needed.

        New records get the same sids again. The targets of webhooks stay. Violations from before
        still fail the test. The connection of a request in progress is closed. Raises `TypeError`
        for another type, `ValueError` for another fake's snapshot, and like `settle`.
        """
        __tracebackhide__ = True
        self._world.require_running()
        require(isinstance(snapshot, Snapshot), "restore takes what snapshot() returned", snapshot)
        if snapshot.world is not self._world:
            raise ValueError(f"{snapshot!r} is not of this fake, {self._world.name!r}")
        self._dispatcher.ensure_settled()
        self._strictness.remember()
        snapshot.restore_world()

    @action
    def reset(self) -> None:
        """Go back to the initial state, which contains the seed."""
        __tracebackhide__ = True
        self.restore(self._initial)

    @contextmanager
    def changes(self) -> Iterator[dict[str, int]]:
        """Count the records that the body of the `with` statement adds and removes, by collection.

            with fake_conversations.changes() as changes:
                close_desk()
            assert changes == {"messages": +1, "participants": -2}

        The dict is filled at the end, after the fake has settled. It contains only
        collections whose number changed, and no views such as `user_conversations`.
        """
        __tracebackhide__ = True
        self._world.require_running()
        result = Changes()
        before = counts(self._world, self._world.account)
        yield result
        self._dispatcher.ensure_settled()
        result.update(changed(before, counts(self._world, self._world.account)))

    @action
    def load(self, seed: SeedData) -> None:
        """Add the records of a seed, all of them or none.

            fake_conversations.load("desk.yaml")
            fake_conversations.load({"default_service": {"sid": "IS" + "0" * 32}})

        *seed* is the path of a file, JSON or YAML by its suffix, or a mapping in the same format.

        Keys are the names of the collections. The records below a record are nested in its entry.
        Raises `ValueError` for what Twilio would refuse or what does not exist, `OSError` for a
        file that cannot be read, and `ModuleNotFoundError` for YAML without PyYAML
        (extra `yaml`).
        """
        __tracebackhide__ = True
        self._world.require_running()
        from .seeds.loading import load, load_data

        try:
            if isinstance(seed, Mapping):
                load_data(self._world, self._account, seed)
            else:
                is_path = isinstance(seed, (str, os.PathLike))
                require(is_path, "a seed is the path of a file or a mapping", seed)
                load(self._world, self._account, Path(seed))
        except SeedError as error:
            raise ValueError(str(error)) from None  # without the frames of the parser

    def dump(self, path: str | os.PathLike[str]) -> None:
        """Write the state to a file that `load` takes: JSON or YAML, by its suffix.

        The secrets of push credentials are left out. Raises like `load`.
        """
        __tracebackhide__ = True
        from .seeds.dumping import dump

        try:
            dump(self._world, self._account, Path(path))
        except SeedError as error:
            raise ValueError(str(error)) from None

    @action
    def populate(
        self, *, conversations: int = 20, messages: int = 200, locale: str = "en_US"
    ) -> None:
        """Add invented people of a *locale* and their conversations, the same at each run.

            fake_conversations.populate(conversations=5, messages=50, locale="de_DE")

        Their dates are in the two weeks before the clock's time. Raises `ModuleNotFoundError`
        without the extra `faker`, and `ValueError` for a locale that Faker does not have or a
        negative number.
        """
        __tracebackhide__ = True
        self._world.require_running()
        from .seeds.populate import populate

        populate(self._world, self._account, conversations, messages, locale)

    def __repr__(self) -> str:
        return f"<FakeConversations {self._world.name!r} at {self._world.address or 'no address'}>"
