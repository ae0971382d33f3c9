"""Events: Twilio's names for them, and the values that travel from an event to a webhook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# Events before an action, which the application may refuse or change
PRE_EVENTS = (
    "onMessageAdd",
    "onMessageUpdate",
    "onMessageRemove",
    "onConversationAdd",
    "onConversationUpdate",
    "onConversationRemove",
    "onParticipantAdd",
    "onParticipantUpdate",
    "onParticipantRemove",
    "onUserUpdate",
)

# Events that the webhook of one conversation can subscribe to
SCOPED_EVENTS = (
    "onMessageAdded",
    "onMessageUpdated",
    "onMessageRemoved",
    "onConversationUpdated",
    "onConversationRemoved",
    "onConversationStateUpdated",
    "onParticipantAdded",
    "onParticipantUpdated",
    "onParticipantRemoved",
    "onDeliveryUpdated",
)

POST_EVENTS = (*SCOPED_EVENTS, "onConversationAdded", "onUserAdded", "onUserUpdated")

ACCOUNT_EVENTS = (*PRE_EVENTS, *POST_EVENTS)

# The specification lists no user event for a service
SERVICE_EVENTS = tuple(event for event in ACCOUNT_EVENTS if not event.startswith("onUser"))


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened, or for a pre-event, that is about to happen."""

    name: str
    params: Mapping[str, Any]
    """By keyword: `conversation_sid`, `body`."""
    source: str
    """The origin of the action: `"API"`, `"SDK"`, or the channel of a message, `"SMS"`."""
    client_identity: str | None = None
    """The identity of the user, if the source is `"SDK"`."""


@dataclass(frozen=True)
class Subscriber:
    """A configured webhook that wants an event."""

    method: str
    url: str
    webhook_sid: str | None = None
    """The sid of a conversation's webhook, `WH…`; None for the webhook of an account or service."""
