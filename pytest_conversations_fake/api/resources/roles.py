"""Roles: the permissions of users of the client SDKs. They limit no REST request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Annotated, Any

from .. import refusals
from ..fields import Choice, Many, Text
from ..records import Record, shown
from ..request_context import RequestContext
from ..resource import Resource
from ..seeding import Seeding

# Permissions of both types of roles. Captures contain the last four, which no page lists
_SHARED_PERMISSIONS = (
    "addParticipant",
    "deleteAnyMessage",
    "deleteConversation",
    "editAnyMessage",
    "editAnyMessageAttributes",
    "editAnyUserInfo",
    "editConversationAttributes",
    "editConversationName",
    "editOwnMessage",
    "editOwnMessageAttributes",
    "editOwnUserInfo",
    "removeParticipant",
    "addNonChatParticipant",
    "editAnyParticipantAttributes",
    "editNotificationLevel",
    "editOwnParticipantAttributes",
)
# By the type of the role
PERMISSIONS = {
    "service": ("createConversation", "joinConversation", *_SHARED_PERMISSIONS),
    "conversation": (
        "deleteOwnMessage",
        "leaveConversation",
        "sendMediaMessage",
        "sendMessage",
        *_SHARED_PERMISSIONS,
    ),
}


class Permission(Text):
    """The name of a permission."""

    def example(self, name: str) -> str:
        return _SHARED_PERMISSIONS[0]


@dataclass(kw_only=True, eq=False)
class Role(Record):
    """A set of permissions in a service or in a conversation."""

    prefix = "RL"
    hidden = ("permission",)

    chat_service_sid: str
    friendly_name: Annotated[
        str,
        Text(
            "FriendlyName",
            required=True,
            only="Create",
            max=256,
            too_long=refusals.FriendlyNameTooLong,
        ),
    ]
    type: Annotated[
        str, Choice("Type", required=True, only="Create", of=("conversation", "service"))
    ]
    permission: Annotated[
        list[str],
        Many(
            "Permission",
            required=True,
            each=Permission("Permission"),
        ),
    ]

    @property
    def parent_sid(self) -> str:
        return self.chat_service_sid

    @shown
    def permissions(self) -> list[str]:
        return self.permission


class Roles(Resource[Role]):
    record = Role
    noun = "Role"
    path = "Roles"
    key = "roles"
    collection = "roles"
    seeding = Seeding(preexisting_by=("friendly_name", "type"))

    def check(
        self, context: RequestContext, values: Mapping[str, Any], record: Role | None
    ) -> None:
        if not values.get("permission"):  # an update requires it, too
            raise refusals.MissingParameter(name="Permission")
        kind = record.type if record else values["type"]
        for name in values["permission"]:
            if name not in PERMISSIONS[kind] and context.assumes("permission-names", "known"):
                raise refusals.PermissionNotFound(hint=_permission_hint(name, kind))


def _permission_hint(name: str, kind: str) -> str:
    """Why roles of a *kind* have no permission *name*."""
    reason = f"{name!r} is no permission of a {kind} role"
    for other in PERMISSIONS:
        if name in PERMISSIONS[other]:
            return f"{reason}, but of a {other} role"
    close = get_close_matches(name, PERMISSIONS[kind], n=1)
    return f"{reason}; did you mean {close[0]!r}?" if close else reason


def check_role(
    context: RequestContext, values: Mapping[str, Any], kind: str, keyword: str = "role_sid"
) -> None:
    """Refuse a role of another service or of another type than *kind*."""
    if sid := values.get(keyword):
        role = context.store.find(Role, sid)
        if not role or role.chat_service_sid != context.parents[0].sid:
            raise refusals.RoleNotFound
        if role.type != kind:
            raise refusals.InvalidRoleType


roles = Roles()


# The roles of a new service. The first was captured; the others are the roles of Programmable Chat
# in the terms of Conversations
DEFAULT_ROLES: list[dict[str, Any]] = [
    {
        "friendly_name": "channel admin",
        "type": "conversation",
        "permission": [
            "deleteConversation",
            "removeParticipant",
            "editConversationName",
            "editConversationAttributes",
            "addParticipant",
            "sendMessage",
            "sendMediaMessage",
            "leaveConversation",
            "editAnyMessage",
            "editAnyMessageAttributes",
            "editAnyParticipantAttributes",
            "deleteAnyMessage",
            "editNotificationLevel",
        ],
    },
    {
        "friendly_name": "channel user",
        "type": "conversation",
        "permission": [
            "sendMessage",
            "sendMediaMessage",
            "leaveConversation",
            "editNotificationLevel",
            "editOwnMessage",
            "editOwnMessageAttributes",
            "editOwnParticipantAttributes",
            "deleteOwnMessage",
        ],
    },
    {
        "friendly_name": "service admin",
        "type": "service",
        "permission": [
            "createConversation",
            "joinConversation",
            "editAnyUserInfo",
            "deleteConversation",
            "removeParticipant",
            "editConversationName",
            "editConversationAttributes",
            "addParticipant",
            "editAnyParticipantAttributes",
            "editAnyMessage",
            "editAnyMessageAttributes",
            "deleteAnyMessage",
        ],
    },
    {
        "friendly_name": "service user",
        "type": "service",
        "permission": ["createConversation", "joinConversation", "editOwnUserInfo"],
    },
]
