"""An account as a test sees it."""

from __future__ import annotations

from typing import cast

from ..api.did_you_mean import SuggestsNames
from ..api.resources.services import default_service, services
from .collections import Collections
from .live_record import live_record
from .records import Service


class AccountView(SuggestsNames, Collections):
    """The collections of an account, and assertions on its requests."""

    @property
    def account_sid(self) -> str:
        return self._account.sid

    @property
    def auth_token(self) -> str:
        return self._account.auth_token

    @property
    def default_service(self) -> Service:
        """The service of paths that name no service, such as `/v1/Conversations`."""
        record = default_service(self._account)
        return cast(Service, live_record(self._world, self._account, services, record))

    def __repr__(self) -> str:
        return f"<account {self.account_sid}>"
