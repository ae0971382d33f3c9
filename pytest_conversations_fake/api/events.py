"""Events: what webhooks tell of, by Twilio's names, and with which parameters."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from .records import Record
from .refusals import Refused, UnknownEvent
from .request_context import RequestContext

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

POST_EVENTS = (*SCOPED_EVENTS, "onConversationAdded", "onUserAdded", "onUserUpdated")

ACCOUNT_EVENTS = (*PRE_EVENTS, *POST_EVENTS)

# The specification lists no event of a user for a service
SERVICE_EVENTS = tuple(event for event in ACCOUNT_EVENTS if not event.startswith("onUser"))


def check_events(
    context: RequestContext,
    sent: Mapping[str, Any],
    keyword: str,
    known: Sequence[str],
    refusal: type[Refused] = UnknownEvent,
) -> None:
    """Where names of events are looked at, refuse one that is not *known*."""
    unknown = {*(sent.get(keyword) or ())} - {*known}
    if unknown and context.assumes("event-names", "known"):
        raise refusal(name=keyword)


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened."""

    name: str
    params: Mapping[str, Any]
    """By keyword: `conversation_sid`, `body`."""
    source: str
    """Who did it: `"API"`, `"SDK"`, or the channel by which it came, `"SMS"`."""
    client_identity: str | None = None
    """Whose SDK did it."""


# Attributes that a record does not have before it is created
NOT_YET = ("index", "date_created", "date_updated")


@dataclass(frozen=True)
class EventPayload:
    """Which attributes of a kind of record the events about it carry.

    The name of an event is `on`, the *noun* and an action: `Added`, `Updated` or `Removed`, and for
    the pre-events `Add`, `Update` or `Remove`.
    """

    noun: str
    sid_keyword: str
    """The keyword of the record's sid: `conversation_sid`."""
    attributes: Sequence[str]
    attribute_actions: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """The actions whose events carry an attribute, by attribute; others are in every event."""
    event_params: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """The names that `RequestContext.event_params` may have, by action."""

    def names(self, action: str) -> list[str]:
        """The attributes that the event of *action* carries."""
        names = [self.sid_keyword, *self.attributes]
        if action == "Add":
            names = [name for name in names if name not in (self.sid_keyword, *NOT_YET)]
        return [name for name in names if action in self.attribute_actions.get(name, (action,))]

    def event(
        self, context: RequestContext, action: str, record: Record, **params: object
    ) -> Event:
        """The event of *action* on *record*. *params* are added to what it carries."""
        attributes = {
            name: record.sid if name == self.sid_keyword else getattr(record, name)
            for name in self.names(action)
        }
        return Event(
            name=f"on{self.noun}{action}",
            params={**attributes, **context.event_params, **params},
            source=context.source or "API",
            client_identity=context.client_identity,
        )


def spelled(params: Mapping[str, Any]) -> dict[str, str]:
    """Parameters as Twilio sends them; those without a value are left out."""
    return {
        _spelled(keyword): _written(value) for keyword, value in params.items() if value is not None
    }


_BINDING = "messaging_binding_"


def _spelled(keyword: str) -> str:
    """`MessagingBinding.ProxyAddress` of `messaging_binding_proxy_address`."""
    prefix = "MessagingBinding." if keyword.startswith(_BINDING) else ""
    return prefix + keyword.removeprefix(_BINDING).title().replace("_", "")


def _written(value: Any) -> str:
    if isinstance(value, datetime):  # with milliseconds, unlike the answers to requests
        return value.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z").rjust(24, "0")
    if isinstance(value, list):  # of media, whose names are spelled the same way; a guess
        value = [{_spelled(name): part for name, part in each.items()} for each in value]
    return value if isinstance(value, str) else json.dumps(value)
