"""An account as a test sees it."""

from __future__ import annotations

from typing import Any, cast, overload

from ..api.did_you_mean import SuggestsNames
from ..api.journal import RecordedRequest
from ..api.resources.services import default_service, services
from ..assertions.requests import AtMost, Expectation, Refutation, operation_named
from .collections import Collections
from .live_record import live_record
from .records import Service


class AccountView(SuggestsNames, Collections):
    """What an account holds and what it was asked."""

    @property
    def account_sid(self) -> str:
        return self._account.sid

    @property
    def auth_token(self) -> str:
        return self._account.auth_token

    @property
    def default_service(self) -> Service:
        """The service that the short paths mean, as in `/v1/Conversations`."""
        record = default_service(self._account)
        return cast(Service, live_record(self._world, self._account, services, record))

    @overload
    def assert_requested(
        self,
        operation: str,
        /,
        *,
        count: None = None,
        refused: bool | int = False,
        within: float = 0,
        **params: object,
    ) -> RecordedRequest: ...

    @overload
    def assert_requested(
        self,
        operation: str,
        /,
        *,
        count: int,
        refused: bool | int = False,
        within: float = 0,
        **params: object,
    ) -> list[RecordedRequest]: ...

    def assert_requested(
        self, operation: str, /, **wanted: Any
    ) -> RecordedRequest | list[RecordedRequest]:
        """Assert that an *operation* was requested once, or *count* times.

            fake_conversations.assert_requested("CreateService", friendly_name="Support")

        Operations have the names of Twilio's contract; both levels share that of the account level.
        All else is as with the assertions of the collections. Raises `ValueError` for an operation
        that there is not.
        """
        __tracebackhide__ = True
        found: RecordedRequest | list[RecordedRequest]
        found = Expectation(self._world, self._account, operation_named(operation))(**wanted)
        return found

    def assert_not_requested(
        self, operation: str, /, *, refused: bool | int = False, **params: object
    ) -> None:
        """Assert that an *operation* was not requested with these *params*."""
        __tracebackhide__ = True
        named = operation_named(operation)
        Refutation(self._world, self._account, named)(refused=refused, **params)

    def assert_at_most(self, count: int, operation: str, /, **params: object) -> None:
        """Assert that an *operation* was requested *count* times or less, refused ones included.

            fake_conversations.assert_at_most(1, "ListConversationParticipant")

        Raises like `assert_requested`.
        """
        __tracebackhide__ = True
        AtMost(self._world, self._account, operation_named(operation))(count, **params)

    def __repr__(self) -> str:
        return f"<account {self.account_sid}>"
