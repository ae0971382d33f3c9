"""Events: what webhooks tell of, by Twilio's names, and with which parameters."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, Literal, cast, get_args

from .records import Record
from .refusals import Refused, UnknownEvent
from .request_context import RequestContext

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

    name: EventName
    params: Mapping[str, Any]
    """By keyword: `conversation_sid`, `body`."""
    source: str
    """Who did it: `"API"`, `"SDK"`, or the channel by which it came, `"SMS"`."""
    client_identity: str | None = None
    """Whose SDK did it."""


# What nothing has that does not exist yet
NOT_YET = ("index", "date_created", "date_updated")


@dataclass(frozen=True)
class EventPayload:
    """What webhooks are told of a kind of record: its *noun* and what they see of it.

    *sid* is how they call its sid, *only* names the events that have an attribute if not all do,
    and *besides* is what they may be told of how it came about, by event.
    """

    noun: str
    sid: str
    attributes: Sequence[str]
    only: Mapping[str, Sequence[str]] = field(default_factory=dict)
    besides: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def seen(self, done: str) -> list[str]:
        """What is seen of it when it is *done* something: `Added`, or before that, `Add`."""
        names = [self.sid, *self.attributes]
        if done == "Add":
            names = [name for name in names if name not in (self.sid, *NOT_YET)]
        return [name for name in names if done in self.only.get(name, (done,))]

    def event(self, context: RequestContext, done: str, record: Record, **more: object) -> Event:
        """That *record* was `Added`, `Updated` or `Removed`; or before that, `Add` and so on."""
        seen = {
            name: record.sid if name == self.sid else getattr(record, name)
            for name in self.seen(done)
        }
        return Event(
            name=cast(EventName, f"on{self.noun}{done}"),
            params={**seen, **context.told, **more},
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
