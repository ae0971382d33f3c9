"""The fake as a test holds it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from .api.checks import check_text
from .api.clock import Clock
from .api.faults import Fault, Injection
from .api.journal import RecordedRequest
from .api.outside import Outside
from .api.records import Record
from .api.resource import Resource
from .api.world import World
from .reports.report import Report, report
from .seeds.seeded import Seed
from .settings import access, assumptions, own_access, tolerated
from .simulators.chat_user import ChatUser
from .simulators.handset import Handset, with_channel
from .state.account import AccountView
from .state.counts import Changes, changed, counts
from .state.injecting import inject
from .state.live_record import LiveRecord
from .state.stateful import Stateful
from .strict.ignored_parameters import ignored
from .strict.strictness import Strictness
from .strict.violations import Violation
from .threads import PatientCondition
from .webhooks.webhooks import Webhooks

if TYPE_CHECKING:
    from twilio.rest import Client


class FakeConversations(Stateful):
    """A working imitation of the Twilio Conversations v1 API that records what it is asked.

    The fixture `fake_conversations` is one. Elsewhere it is a context manager, for any scope:

        with FakeConversations() as fake:
            client = fake.twilio_client()

    While it is active, this process's calls to `conversations.twilio.com` land in it, whatever
    client makes them, and other hosts of Twilio are refused unless *allow_hosts* names them (`*`
    stands for anything). With *redirect* off it leaves the process alone.

    Given *account_sid* (`AC` and 32 hexadecimal digits) or *auth_token*, only its own credentials
    are accepted. Else any are; its own are those of the environment (`TWILIO_ACCOUNT_SID`,
    `TWILIO_AUTH_TOKEN`) or made up. *accounts* makes several, each a silo, enforced too: by sid,
    their `auth_token` and `api_keys` (secrets by the sids of the keys, `SK…`), made up where left
    out; the fake itself is the first of them.

    Where nobody knows what Twilio does, *assume* has it otherwise, an answer by a question:
    `{"empty-message": "refused"}`; `conversations-fake rules` lists them. Proxy addresses, or sids
    of messaging services, media, templates and Studio flows, in *owned* are the only ones of their
    kind that the account has. *seed* is what is there from the start: the path of a file for
    `load`, or a function of the fake. *name* is how reports call it, and what its sids and made-up
    credentials follow from.

    At its end it raises an `AssertionError` for requests to what Twilio or the fake does not have,
    faults that nothing met, refused hosts, webhooks that failed and errors inside; not for those
    that *tolerate* names: `unknown-route`, `not-imitated`, `unmet-fault`, `guarded-host`,
    `failed-webhook` and `inner-error`.

    Raises `TypeError` or `ValueError` for a value of another form.
    """

    def __init__(
        self,
        *,
        account_sid: str | None = None,
        auth_token: str | None = None,
        accounts: Mapping[str, Mapping[str, Any]] | None = None,
        redirect: bool = True,
        allow_hosts: Sequence[str] = (),
        assume: Mapping[str, str] = MappingProxyType({}),
        owned: Sequence[str] = (),
        tolerate: Sequence[str] = (),
        seed: Seed = None,
        name: str = "FakeConversations",
    ) -> None:
        if accounts and (account_sid is not None or auth_token is not None):
            raise ValueError("accounts say it all; account_sid and auth_token go without them")
        if not isinstance(redirect, bool):
            raise TypeError(f"redirect is True or False, not {redirect!r}")
        if accounts is not None and not isinstance(accounts, Mapping):
            raise TypeError(f"accounts is a dict by account sids, not {accounts!r}")
        enforced = bool(accounts) or account_sid is not None or auth_token is not None
        world = World(
            name,
            access(accounts) if accounts else own_access(account_sid, auth_token),
            enforced=enforced,
            assumptions=assumptions(assume, owned),
            outside=Outside(
                lock=PatientCondition(),
                post=lambda delivery: self._webhooks.post(delivery),
                ask=lambda delivery: self._webhooks.ask(delivery),
                address=lambda: self._address,
                redirects=redirect,
                hints=lambda waited: self._elsewhere(waited),
                ended_fakes=lambda: self._server.ended,
            ),
        )
        super().__init__(
            world,
            Strictness(world, tolerated(tolerate)),
            redirect=redirect,
            allow_hosts=allow_hosts,
        )
        self._begin_with(seed)

    # Who and when

    def account(self, sid: str) -> AccountView:
        """One of its accounts. Raises `LookupError` for a sid that is not among them."""
        __tracebackhide__ = True
        check_text("account_sid", sid)
        for account in self._world.authenticator.accounts:
            if account.sid == sid:
                return AccountView(self._world, account)
        there_are = ", ".join(account.sid for account in self._world.authenticator.accounts)
        raise LookupError(f"there is no account {sid!r}; there is: {there_are}")

    def twilio_client(self, **options: Any) -> Client:
        """twilio-python's client for this fake, whatever region or edge it is told.

        *options* are those of `twilio.rest.Client`; its `http_client` may be an asynchronous one.
        Raises `ModuleNotFoundError` where twilio is not installed.
        """
        __tracebackhide__ = True
        from .sdk import landing_client

        self._world.require_running()
        return landing_client(self.url, self.account_sid, self.auth_token, options)

    @property
    def clock(self) -> Clock:
        """The clock that it lives by, which `move_to` and `shift` move."""
        return self._world.clock

    # What it tells

    @property
    def webhooks(self) -> Webhooks:
        """Where webhooks go, what was delivered, and assertions on that."""
        return self._webhooks

    # The far end

    def handset(self, number: str, *, channel: str = "sms") -> Handset:
        """Somebody's phone, which texts the account's numbers and is texted by them.

            phone = fake_conversations.handset("+15550100", channel="whatsapp")
            phone.send("hi", to="+15550199")

        Raises `ValueError` for what is no number.
        """
        __tracebackhide__ = True
        check_text("a number", number)
        check_text("channel", channel)
        account = self._world.account
        return Handset(self._world, account, self._live, with_channel(number, channel))

    def chat_user(self, identity: str) -> ChatUser:
        """Somebody who chats by an application that is built on Twilio's client SDK."""
        __tracebackhide__ = True
        check_text("identity", identity)
        if not identity:
            raise ValueError("identity is at least a character, not ''")
        return ChatUser(self._world, self._world.account, self._live, identity)

    def _live(self, resource: Resource[Any], record: Record) -> LiveRecord:
        return LiveRecord(self._world, self._world.account, resource, record)

    # What becomes of it

    @contextmanager
    def changes(self) -> Iterator[dict[str, int]]:
        """How many more, or fewer, there are of each noun at the end of the `with` statement.

            with fake_conversations.changes() as changes:
                close_desk()
            assert changes == {"messages": +1, "participants": -2}

        What did not change is not in it, nor are views such as `user_conversations`. It is empty
        until the end, at which everything is settled first.
        """
        __tracebackhide__ = True
        self._world.require_running()
        became = Changes()
        before = counts(self._world, self._world.account)
        yield became
        self._webhooks.ensure_settled()
        became.update(changed(before, counts(self._world, self._world.account)))

    # What goes wrong

    def inject(
        self,
        fault: Fault,
        *,
        on: str | None = None,
        times: int | None = None,
        after: int = 0,
        when: Callable[[Mapping[str, object]], object] | None = None,
    ) -> Injection:
        """Let requests meet a *fault*, those for the operation *on*, or any.

            fake_conversations.inject(RateLimited(), on="CreateConversationMessage", times=2)

        All of them meet it, or the first so many *times* that *when* (a function of the parameters)
        is true, but for the first *after*. Of several faults a request meets each in turn, until
        one keeps it from being carried out. As a context manager it ends with the `with` statement.

        Raises `TypeError` for what is no fault and `ValueError` for an operation that there is not.
        """
        __tracebackhide__ = True
        return inject(self._world, fault, on, times, after, when)

    @contextmanager
    def down(self) -> Iterator[None]:
        """Refuse connections, until the end of the `with` statement."""
        __tracebackhide__ = True
        self._world.require_running()
        self._server.refuse()
        self._was_down = True
        try:
            yield
        finally:
            self._server.listen()

    # What it was asked

    @property
    def requests(self) -> Sequence[RecordedRequest]:
        """Every request so far in the order of arrival, refused and unknown ones included."""
        return self._world.journal

    def report(self) -> Report:
        """Return a report on the requests, webhooks, conversations and errors so far.

        `str(report)` is a text with a line for each of the last requests, and `report.html()` a
        page with all details.
        """
        return report(self._world, self._refused_hosts())

    def _refused_hosts(self) -> list[str]:
        """What was said of hosts, unless the test fails for just that and says so there."""
        unsaid = [each for each in self._refused if not self._strictness.is_excused(each)]
        return [refusal.why for refusal in unsaid]

    def ignored(self) -> list[str]:
        """A sentence for each operation that was sent what it has no parameter for."""
        return [*ignored(self._world)]

    def check_strict(self) -> None:
        """Raise an `AssertionError` for what no test passes with, unless it is tolerated."""
        __tracebackhide__ = True
        hosts = [Violation("guarded-host", each.why, each) for each in self._refused]
        self._strictness.check_strict(hosts)

    def __repr__(self) -> str:
        return f"<FakeConversations {self._world.name!r} at {self._world.address or 'no address'}>"
