"""An account as a test sees it."""

from __future__ import annotations

from ..api.did_you_mean import SuggestsNames
from ..api.resources.services import services
from .collections import Collections
from .live_record import LiveRecord


class AccountView(SuggestsNames, Collections):
    """What an account holds, and assertions on its requests."""

    @property
    def account_sid(self) -> str:
        return self._account.sid

    @property
    def auth_token(self) -> str:
        return self._account.auth_token

    @property
    def default_service(self) -> LiveRecord:
        """The service that the short paths mean, as in `/v1/Conversations`."""
        return LiveRecord(self._world, self._account, services, self._account.default_service)

    def __repr__(self) -> str:
        return f"<account {self.account_sid}>"
