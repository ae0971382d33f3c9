"""Accounts: their state, and how a request authenticates with one."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

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
from .store import Store
from .timers import Timers


@dataclass(kw_only=True)
class Account:
    """An account with its records."""

    sid: str
    auth_token: str = field(repr=False)
    token_origin: str = field(repr=False)
    """Where the auth token comes from, as failures of webhooks name it; never the token itself."""
    api_keys: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Secrets by the sids of the keys, `SK…`."""
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
        return (user, password) == (self.sid, self.auth_token) or (
            user in self.api_keys and self.api_keys[user] == password
        )


@dataclass
class Authenticator:
    """Finds the account that a request authenticates with.

    If credentials are *enforced*, only those of the accounts are accepted. Otherwise every user and
    password is accepted, except those of the *ended* fakes (names by account sid), and so is every
    Bearer token.
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
        if name := self.ended().get(user):
            raise CredentialsEnded(name=name)
        for account in self.accounts:
            if account.accepts(user, password):
                return account, account.sid
        if self.enforced:
            raise Unauthenticated if is_sid(user, "(?:AC|SK)") else InvalidUsername
        if not user or not password:
            raise Unauthenticated
        first, *_ = self.accounts
        if is_sid(user, "AC"):
            first.last_password = password
        return first, user if is_sid(user, "AC") else first.sid


def _is_bearer(authorization: str) -> bool:
    """Whether a request authenticates with an access token of OAuth 2."""
    scheme, _, token = authorization.partition(" ")
    return scheme.lower() == "bearer" and bool(token.strip())


def _basic(authorization: str) -> tuple[str, str]:
    """User and password of HTTP Basic authentication."""
    scheme, _, credentials = authorization.partition(" ")
    if not authorization:
        raise NoCredentials
    if scheme.lower() != "basic":
        raise Unauthenticated
    try:
        user, _, password = b64decode(credentials.strip(), validate=True).decode().partition(":")
    except ValueError:
        raise Unauthenticated from None
    return user, password
