"""Event payloads: which attributes of a record its events carry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from .events import Event, EventName
from .records import Record
from .refusals import Refused, UnknownEvent
from .request_context import RequestContext

# Attributes that a record does not have before it is created
UNKNOWN_BEFORE_CREATION = ("index", "date_created", "date_updated")


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
    """The attributes that only some events carry, each with the actions of these events."""
    event_params: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """The names that `RequestContext.event_params` may have, by action."""

    def names(self, action: str) -> list[str]:
        """The attributes that the event of *action* carries."""
        names = [self.sid_keyword, *self.attributes]
        if action == "Add":
            names = [
                name for name in names if name not in (self.sid_keyword, *UNKNOWN_BEFORE_CREATION)
            ]
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
            name=cast(EventName, f"on{self.noun}{action}"),
            params={**attributes, **context.event_params, **params},
            source=context.source or "API",
            client_identity=context.client_identity,
        )


def check_events(
    context: RequestContext,
    values: Mapping[str, Any],
    keyword: str,
    known: Sequence[str],
    refusal: type[Refused] = UnknownEvent,
) -> None:
    """Refuse a name of an event that is not *known*, if the world validates such names."""
    unknown = {*(values.get(keyword) or ())} - {*known}
    if unknown and context.assumes("event-names", "known"):
        raise refusal(name=keyword)
