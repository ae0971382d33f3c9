"""Users: the chat users of a service, each with an identity."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from .. import refusals
from ..accounts import Account
from ..event_payloads import EventPayload
from ..fields import Sid, Text, is_sid
from ..parameters import FriendlyName, json_attributes
from ..records import Record
from ..request_context import RequestContext
from ..resource import Resource
from .configurations import service_configurations
from .roles import check_role


@dataclass(kw_only=True, eq=False)
class User(Record):
    """A user of a service. The fake knows no presence, so `is_online` is null."""

    prefix = "US"

    chat_service_sid: str
    role_sid: Annotated[str, Sid("RoleSid", prefix="RL", empty=refusals.RoleNotProvided)]
    identity: Annotated[
        str,
        Text(
            "Identity",
            required=True,
            only="Create",
            max=256,
            empty=refusals.IdentityNotProvided,
            too_long=refusals.IdentityTooLong,
        ),
    ]
    friendly_name: FriendlyName = None
    attributes: Annotated[str, json_attributes(kibibytes=4)] = "{}"
    is_online: bool | None = None
    is_notifiable: bool | None = None

    @property
    def parent_sid(self) -> str:
        return self.chat_service_sid

    def keys(self) -> Iterator[tuple[str, str]]:
        yield self.chat_service_sid, self.identity


class Users(Resource[User]):
    record = User
    noun = "User"
    path = "Users"
    key = collection = "users"
    sid_keyword = "user_sid"
    takes_webhook_header = True
    payload = EventPayload(
        "User",
        "user_sid",
        (
            "chat_service_sid",
            "date_created",
            "date_updated",
            "identity",
            "role_sid",
            "attributes",
            "friendly_name",
            "is_online",
            "is_notifiable",
        ),
        attribute_actions={
            "date_created": ("Added", "Updated"),
            "date_updated": ("Update", "Updated"),
            "is_online": ("Updated",),
            "is_notifiable": ("Updated",),
        },
    )
    links = {"user_conversations": "Conversations"}

    def defaults(self, context: RequestContext) -> dict[str, Any]:
        defaults = service_configurations.singleton(context.account, context.parent_sid)
        return {**super().defaults(context), "role_sid": defaults.default_chat_service_role_sid}

    def check(
        self, context: RequestContext, values: Mapping[str, Any], record: User | None
    ) -> None:
        if not record:
            check_identity(values["identity"])
            if context.store.find_by(User, context.parent_sid, values["identity"]):
                raise refusals.UserExists
        check_role(context, values, "service")

    def find(self, account: Account, parent_sid: str | None, name: str) -> User | None:
        """The record with this sid, else with this identity."""
        found = super().find(account, parent_sid, name)
        return found or account.store.find_by(User, parent_sid, name)

    def delete(self, context: RequestContext, record: User) -> None:
        """Delete a user with its bindings and participants."""
        context.store.remove_listed((context.parent_sid, "identity", record.identity))
        context.store.remove(record)  # Twilio has no event for it


def check_identity(identity: str) -> None:
    """Refuse an identity that looks like a sid or is reserved."""
    if is_sid(identity, "US"):
        raise refusals.IdentityLooksLikeSid
    if identity == "system":  # other reserved words are not known
        raise refusals.IdentityReserved


users = Users()
