"""The fake as a test holds it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import RLock
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from .api.clock import Clock
from .api.journal import Exchange
from .api.records import Record
from .api.resource import Resource
from .api.world import World
from .expectations.account import AccountView
from .expectations.judgement import Judgement
from .expectations.live import LiveRecord
from .expectations.report import report
from .options import access, assumptions, own_access
from .people.chat_user import ChatUser
from .people.handset import Handset, with_channel
from .redirect import Guard, Refusal, Route, in_charge, past_proxies, server_context, subprocess_env
from .server.server import Server
from .webhooks import PATIENCE, Webhooks

if TYPE_CHECKING:
    from twilio.rest import Client
    from typing_extensions import Self

# The servers of the fakes that redirect, the innermost last
_redirected: list[Server] = []


class FakeConversations(AccountView):
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
    kind that the account has. *name* is how reports call it, and what its sids and
    made-up credentials follow from. Raises `TypeError` or `ValueError` for a value of another form.
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
            lock=RLock(),
        )
        super().__init__(world, world.account)
        self._redirect = redirect
        self._allow_hosts = Guard(name=name, allow_hosts=allow_hosts).allow_hosts
        self._webhooks = Webhooks(world)
        self._route: Route | None = None  # while it is in charge of Twilio's hosts
        self._refused: list[Refusal] = []

    # Where it is

    def __enter__(self) -> Self:
        with ExitStack() as running:
            server = Server(tls=server_context() if self._redirect else None)
            running.callback(server.stop)
            if self._redirect:
                running.enter_context(_environment(**self.missing_credentials()))
            running.enter_context(self.at(server))
            self._running = running.pop_all()
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        self._running.close()
        if error is None:
            self.judge()

    @contextmanager
    def at(self, server: Server) -> Iterator[Self]:
        """Be what *server* serves, until the end of the `with` statement."""
        if self._world.address:
            raise RuntimeError("this fake was used before; a new one costs next to nothing")
        server.ended.pop(self.account_sid, None)
        self._world.door.ended = server.ended
        server.world = self._world
        server.start()
        self._world.address = server.url
        self._world.redirected = self._redirect
        if not self._redirect:
            server.drop_connections()  # what a client has kept may be one that was redirected
        try:
            with (
                self._in_charge(server) if self._redirect else nullcontext(),
                self._webhooks.open(),
            ):
                yield self
        finally:
            server.ended[self.account_sid] = self._world.name

    @contextmanager
    def _in_charge(self, server: Server) -> Iterator[None]:
        """Let Twilio's hosts be at *server*, which has a TLS port."""
        for outer in _redirected[-1:]:
            outer.drop_connections()  # what a client has kept would lead there still
        route = Route(
            http_port=server.port,
            tls_port=server.tls_port,
            name=self._world.name,
            allow_hosts=self._allow_hosts,
        )
        self._refused = route.refused
        with ExitStack() as self._files, in_charge(route):
            _redirected.append(server)
            self._route = route
            try:
                yield
            finally:
                self._route = None
                _redirected.remove(server)

    @property
    def url(self) -> str:
        """The address, as in `http://127.0.0.1:8010`: without `/v1`, without a slash at the end."""
        if not self._world.address:
            raise RuntimeError("this fake has no address yet; use it in a `with` statement")
        return self._world.address

    def account(self, sid: str) -> AccountView:
        """One of its accounts. Raises `LookupError` for a sid that is not among them."""
        for account in self._world.door.accounts:
            if account.sid == sid:
                return AccountView(self._world, account)
        there_are = ", ".join(account.sid for account in self._world.door.accounts)
        raise LookupError(f"there is no account {sid!r}; there is: {there_are}")

    def past_proxies(self) -> dict[str, str]:
        """The variables by which proxies of the environment are passed by on the way here."""
        return past_proxies(os.environ) if self._redirect else {}

    def missing_credentials(self) -> dict[str, str]:
        """The variables by which a bare `Client()` finds credentials, where it would not find any.

        What the environment has is left alone, as it is let in; unless other ones were given.
        """
        own = {"TWILIO_ACCOUNT_SID": self.account_sid, "TWILIO_AUTH_TOKEN": self.auth_token}
        enforced = self._world.door.enforced
        return {name: own[name] for name in own if enforced or not os.environ.get(name)}

    def twilio_client(self, **options: Any) -> Client:
        """twilio-python's client for this fake, whatever region or edge it is told.

        *options* are those of `twilio.rest.Client`; its `http_client` may be an asynchronous one.
        Raises `ModuleNotFoundError` where twilio is not installed.
        """
        from .sdk import landing_client

        return landing_client(self.url, self.account_sid, self.auth_token, options)

    def subprocess_env(self) -> dict[str, str]:
        """The environment, with what makes child processes land here, too: Python, curl, Node.js.

            subprocess.run(["node", "desk.js"], env=fake_conversations.subprocess_env())

        Raises `RuntimeError` for a fake that does not redirect, or not now.
        """
        if not self._redirect:
            raise RuntimeError(
                "this fake does not redirect (redirect=False), so a child process has to be told "
                f"its address, {self.url}"
            )
        if not self._route:
            raise RuntimeError("this fake is not active; use it in a `with` statement")
        directory = self._files.enter_context(TemporaryDirectory(prefix="fake_conversations-"))
        return subprocess_env(self._route, Path(directory))

    @property
    def clock(self) -> Clock:
        """The clock that it lives by, which `move_to` and `shift` move."""
        return self._world.clock

    # What it tells

    @property
    def webhooks(self) -> Webhooks:
        """Where webhooks go, what was delivered, and assertions on that."""
        return self._webhooks

    def settle(self, *, within: float = PATIENCE) -> None:
        """Wait until every webhook is delivered, and what applications did of it is done.

        Raises `TimeoutError` if that takes more than *within* seconds, with a list of what is still
        to be delivered, and `AssertionError` where an application answers itself without end.
        """
        __tracebackhide__ = True
        self._webhooks.settle(within)

    async def settle_async(self, *, within: float = PATIENCE) -> None:
        """The same, without holding up the event loop."""
        __tracebackhide__ = True
        await self._webhooks.settle_async(within)

    # The far end

    def handset(self, number: str, *, channel: str = "sms") -> Handset:
        """Somebody's phone, which texts the account's numbers and is texted by them.

            phone = fake_conversations.handset("+15550100", channel="whatsapp")
            phone.send("hi", to="+15550199")

        Raises `ValueError` for what is no number.
        """
        account = self._world.account
        return Handset(self._world, account, self._live, with_channel(number, channel))

    def chat_user(self, identity: str) -> ChatUser:
        """Somebody who chats by an application that is built on Twilio's client SDK."""
        return ChatUser(self._world, self._world.account, self._live, identity)

    def _live(self, resource: Resource[Any], record: Record) -> LiveRecord:
        return LiveRecord(self._world, self._world.account, resource, record)

    # What it was asked

    @property
    def requests(self) -> Sequence[Exchange]:
        """Every request so far in the order of arrival, refused and unknown ones included."""
        return self._world.journal

    def report(self) -> str:
        """What was requested, a line each, what was refused, and what went wrong inside."""
        return "\n".join([report(self._world), *(refusal.why for refusal in self._refused)])

    def judge(self) -> None:
        """Raise an `AssertionError` for an error inside the fake or a host that was refused."""
        __tracebackhide__ = True
        if self._world.errors:
            error, *_ = self._world.errors
            self._world.errors.clear()
            raise Judgement(f"an error inside the fake: {error!r}") from error
        if self._refused:
            refused = "\n".join(refusal.why for refusal in self._refused)
            self._refused.clear()
            raise Judgement(refused)

    def __repr__(self) -> str:
        return f"<FakeConversations {self._world.name!r} at {self._world.address or 'no address'}>"


@contextmanager
def _environment(**variables: str) -> Iterator[None]:
    """Set *variables*; at the end those that are still ours are put back."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if os.environ.get(name) == variables[name]:
                del os.environ[name]
                os.environ.update({name: value} if value is not None else {})
