"""Accounts: their state, and how a request authenticates with one."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from .events import Event, Subscriber
from .fields import is_sid
from .records import Record
from .refusals import (
    BearerNotKnown,
    CredentialsEnded,
    InvalidUsername,
    NoCredentials,
    Unauthenticated,
)
from .secrets import recognizable
from .store import Store
from .timers import Timers
from .wording import shortened


@dataclass(kw_only=True)
class Account:
    """An account with its records."""

    sid: str
    auth_token: str = field(repr=False)
    token_origin: str = field(repr=False)
    """Where the auth token comes from, as failures of webhooks name it; never the token itself."""
    username: str = ""
    """A user name that authenticates like the sid, such as `dev`; empty for none."""
    api_keys: Mapping[str, str] = field(default_factory=dict, repr=False)
    """The secrets of the API keys, by the sid of the key (`SK…`)."""
    store: Store = field(default_factory=Store)
    first_service: Record = field(init=False)
    """The service that it was opened with."""
    timers: Timers = field(default_factory=Timers)
    pending_states: dict[str, str] = field(default_factory=dict)
    """The next states of conversations that are initializing, by their sids."""
    publisher: Callable[[Account, Event, Subscriber | None], None] = field(repr=False)
    """Sends an event of the account to a subscriber, or for None to every subscriber of it."""
    last_password: str | None = field(default=None, repr=False)
    """The last password sent with this account's sid; it may be the application's auth token."""

    def publish(self, event: Event, subscriber: Subscriber | None = None) -> None:
        """Send *event* to *subscriber*, or for None to every subscriber of it."""
        self.publisher(self, event, subscriber)

    def accepts(self, user: str, password: str) -> bool:
        return self.secrets.get(user) == password

    @cached_property
    def secrets(self) -> Mapping[str, str]:
        """The password of each user name."""
        own = {self.username: self.auth_token} if self.username else {}
        return {**own, self.sid: self.auth_token, **self.api_keys}


@dataclass
class Authenticator:
    """Finds the account that a request authenticates with.

    If credentials are *enforced*, only those of the accounts are accepted. Otherwise every user and
    password is accepted, except those of the *ended* fakes (names by account sid and by auth
    token), and so is every Bearer token.
    """

    accounts: Sequence[Account]
    enforced: bool = False
    ended: Callable[[], Mapping[str, str]] = dict

    def authenticate(self, headers: Mapping[str, str]) -> tuple[Account, str]:
        """The account of a request, and the account sid that its new records show.

        Raises a 20003 refusal.
        """
        authorization = headers.get("authorization", "")
        if _is_bearer(authorization):
            if self.enforced:
                raise BearerNotKnown
            return self.accounts[0], self.accounts[0].sid
        user, password = _basic(authorization)
        if (name := self.ended().get(user)) and is_sid(user, "AC"):
            raise CredentialsEnded(name=name)
        for account in self.accounts:
            if account.accepts(user, password):
                return account, account.sid
        if self.enforced:
            is_user = is_sid(user, "(?:AC|SK)") or any(
                user in each.secrets for each in self.accounts
            )
            refusal = Unauthenticated if is_user else InvalidUsername
            raise refusal(hint=self._hint(user, password))
        if not user or not password:
            raise Unauthenticated(hint=_EMPTY[bool(user), bool(password)])
        first, *_ = self.accounts
        if not is_sid(user, "AC"):
            return first, first.sid
        first.last_password = password
        return first, user

    def _hint(self, user: str, password: str) -> str:
        """Why no account accepts *user* and *password*, for test authors."""
        if empty := _EMPTY.get((bool(user), bool(password))):
            return empty
        if name := self.ended().get(password):
            return f"the password is the auth token of {name}, which has ended; is a client cached?"
        for account in self.accounts:
            if secret := account.secrets.get(user):
                return (
                    f"the password ({recognizable(password)}) is not that of {shortened(user)} "
                    f"({recognizable(secret)})"
                )
        if is_sid(user, "SK"):
            keys = [key for account in self.accounts for key in account.api_keys]
            accepted = f"are {_distinct(keys, user)}" if keys else "are empty"
            return f"{_distinct([user], *keys)} is not among the api_keys, which {accepted}"
        names = [account.username or account.sid for account in self.accounts]
        accounts = f"the fake accepts only {_distinct(names, user)}"
        if is_sid(user, "AC"):
            return f"{_distinct([user], *names)} is another account; {accounts}"
        return f"the user is neither an account sid nor an API key; {accounts}"


_EMPTY = {
    (False, False): "user and password are empty",
    (False, True): "the user is empty",
    (True, False): "the password is empty",
}
"""Hints on empty credentials, by whether there are a user and a password."""


def _distinct(sids: Sequence[str], *others: str) -> str:
    """*sids* shortened, or whole if one of the *others* begins alike."""
    listed = ", ".join(sids)
    is_distinct = not {*map(shortened, sids)} & {*map(shortened, others)}
    return shortened(listed) if is_distinct else listed


@lru_cache(maxsize=64)
def _is_bearer(authorization: str) -> bool:
    """Whether a request authenticates with an access token of OAuth 2."""
    scheme, _, token = authorization.partition(" ")
    return scheme.lower() == "bearer" and bool(token.strip())


@lru_cache(maxsize=64)  # a client sends the same header each time
def _basic(authorization: str) -> tuple[str, str]:
    """User and password of HTTP Basic authentication."""
    scheme, _, credentials = authorization.partition(" ")
    if not authorization:
        raise NoCredentials
    if scheme.lower() != "basic":
        raise Unauthenticated(hint="the header Authorization has another scheme than Basic")
    try:
        user, _, password = b64decode(credentials.strip(), validate=True).decode().partition(":")
    except ValueError:
        hint = "the header Authorization has no user and password in base64"
        raise Unauthenticated(hint=hint) from None
    return user, password
