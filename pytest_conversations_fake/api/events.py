"""Events: Twilio's names for them, and the values that travel from an event to a webhook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

PreEventName = Literal[
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
]
"""The name of an event before something happens; the application may refuse or change it."""

ScopedEventName = Literal[
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
]
"""The name of an event that the webhook of one conversation can subscribe to."""

PostEventName = Literal[ScopedEventName, "onConversationAdded", "onUserAdded", "onUserUpdated"]
"""The name of an event after something happened."""

EventName = Literal[PreEventName, PostEventName]
"""The name of an event that the webhook of an account can subscribe to: `onMessageAdded`."""

PRE_EVENTS: tuple[PreEventName, ...] = get_args(PreEventName)
SCOPED_EVENTS: tuple[ScopedEventName, ...] = get_args(ScopedEventName)
POST_EVENTS: tuple[PostEventName, ...] = get_args(PostEventName)
ACCOUNT_EVENTS: tuple[EventName, ...] = get_args(EventName)

# The specification lists no user event for a service
SERVICE_EVENTS = tuple(event for event in ACCOUNT_EVENTS if not event.startswith("onUser"))


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened, or for a pre-event, that is about to happen."""

    name: EventName
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
