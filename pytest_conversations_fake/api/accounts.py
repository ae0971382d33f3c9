"""Accounts: who may ask, and what belongs to whom."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass

from .fields import is_sid
from .refusals import CredentialsEnded, InvalidUsername, NoCredentials, Unauthenticated
from .resources.services import Service
from .store import Store


@dataclass(kw_only=True)
class Account:
    """An account with all that belongs to it.

    Where its credentials are *enforced* nothing else is accepted. Otherwise any other user and
    password will do, except those of a fake that has *ended* (account sid: its name).
    """

    sid: str
    auth_token: str
    enforced: bool
    ended: Mapping[str, str]
    store: Store
    default_service: Service
    default_messaging_service_sid: str

    def authenticate(self, headers: Mapping[str, str]) -> str:
        """The account sid that the records of this request get. Raises a 20003 refusal."""
        user, password = _basic(headers.get("authorization", ""))
        if user in self.ended:
            raise CredentialsEnded(name=self.ended[user])
        if (user, password) == (self.sid, self.auth_token):
            return self.sid
        if self.enforced:
            raise Unauthenticated if is_sid(user, "(?:AC|SK)") else InvalidUsername
        if not user or not password:
            raise Unauthenticated
        return user if is_sid(user, "AC") else self.sid


def _basic(authorization: str) -> tuple[str, str]:
    """User and password of HTTP Basic authentication, the only one that the fake knows."""
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
