"""Events: what webhooks tell of, by Twilio's names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .call import Call
from .refusals import Refused, UnknownEvent

# What is asked before something happens, and may still refuse or change it
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

# What tells of one conversation, to those who ask for that one
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

USER_EVENTS = ("onUserAdded", "onUserUpdated")

ACCOUNT_EVENTS = (*PRE_EVENTS, *SCOPED_EVENTS, "onConversationAdded", *USER_EVENTS)

# The specification lists no event of a user for a service
SERVICE_EVENTS = tuple(event for event in ACCOUNT_EVENTS if not event.startswith("onUser"))


def check_events(
    call: Call,
    sent: Mapping[str, Any],
    keyword: str,
    known: Sequence[str],
    refusal: type[Refused] = UnknownEvent,
) -> None:
    """Where names of events are looked at, refuse one that is not *known*."""
    unknown = {*(sent.get(keyword) or ())} - {*known}
    if unknown and call.assumes("event-names", "known"):
        raise refusal(name=keyword)
