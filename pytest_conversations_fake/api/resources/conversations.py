"""Conversations: what people take part in and write to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

from .. import refusals
from ..fields import (
    Choice,
    Day,
    Duration,
    Json,
    Moment,
    Sid,
    Text,
    duration,
    is_sid,
    shown_moment,
    span,
)
from ..paging import Listing
from ..records import Record, shown
from ..resource import Call, Resource
from .services import services

if TYPE_CHECKING:
    from ..world import World


@dataclass(kw_only=True, eq=False)
class Conversation(Record):
    """A conversation of a service."""

    prefix = "CH"

    chat_service_sid: str
    messaging_service_sid: Annotated[
        str,
        Sid("MessagingServiceSid", prefix="MG", invalid=refusals.InvalidMessagingService),
    ]
    friendly_name: Annotated[
        str | None,
        Text("FriendlyName", max=256, too_long=refusals.FriendlyNameTooLong),
    ] = None
    unique_name: Annotated[
        str | None,
        Text("UniqueName", max=256, too_long=refusals.UniqueNameTooLong),
    ] = None
    attributes: Annotated[
        str,
        Json(
            "Attributes",
            max=16 * 1024,
            too_long=refusals.AttributesTooLong,
            invalid=refusals.AttributesNotJson,
        ),
    ] = "{}"
    state: Annotated[
        str,
        Choice(
            "State",
            of=("active", "inactive", "closed"),
            empty=refusals.StateEmpty,
            invalid=refusals.InvalidState,
        ),
    ] = "active"
    date_created: Annotated[datetime, Moment("DateCreated", invalid=refusals.InvalidDateCreated)]
    date_updated: Annotated[datetime, Moment("DateUpdated", invalid=refusals.InvalidDateUpdated)]
    timers_inactive: Annotated[
        str | None,
        Duration(
            "Timers.Inactive",
            min=timedelta(minutes=1),
            too_short=refusals.InactiveTimerTooShort,
            invalid=refusals.InvalidInactiveTimer,
        ),
    ] = None
    timers_closed: Annotated[
        str | None,
        Duration(
            "Timers.Closed",
            min=timedelta(minutes=10),
            too_short=refusals.ClosedTimerTooShort,
            invalid=refusals.InvalidClosedTimer,
        ),
    ] = None
    bindings_email_address: Annotated[str | None, Text("Bindings.Email.Address")] = None
    bindings_email_name: Annotated[str | None, Text("Bindings.Email.Name")] = None
    _timers_since: datetime

    @property
    def parent_sid(self) -> str:
        return self.chat_service_sid

    def keys(self) -> Iterator[tuple[str, ...]]:
        if self.unique_name is not None:
            yield self.chat_service_sid, self.unique_name

    @shown
    def timers(self) -> dict[str, str]:
        timers = {"date_inactive": self.timers_inactive, "date_closed": self.timers_closed}
        return {
            name: shown_moment(self._timers_since + duration(length))
            for name, length in timers.items()
            if length and duration(length)
        }

    @shown
    def bindings(self) -> dict[str, Any]:
        # As sent; the specification's example shows both slightly changed, by no rule it gives
        email = {
            "projected_address": self.bindings_email_address,
            "name": self.bindings_email_name,
        }
        return {"email": email} if any(email.values()) else {}


# What is said of a timer that ends after the last year there is
TIMERS = {
    "timers_inactive": refusals.InvalidInactiveTimer,
    "timers_closed": refusals.InvalidClosedTimer,
}


class Conversations(Resource[Conversation]):
    record = Conversation
    noun = "Conversation"
    path = "Conversations"
    key = "conversations"
    sid_keyword = "conversation_sid"
    parent = services
    short = True
    hooked = True
    filters = {
        "start_date": Day("StartDate"),
        "end_date": Day("EndDate"),
        "state": Choice("State", of=("initializing", "active", "inactive", "closed")),
    }
    links = {
        "participants": "Participants",
        "messages": "Messages",
        "webhooks": "Webhooks",
        "export": "Export",
    }

    def given(self, call: Call) -> dict[str, Any]:
        return {
            "chat_service_sid": call.parent_sid,
            "messaging_service_sid": call.world.account.default_messaging_service_sid,
            "_timers_since": call.now,
        }

    def sent(self, call: Call) -> dict[str, Any]:
        sent = super().sent(call)
        if sent.get("friendly_name", "") is None:
            del sent["friendly_name"]  # Twilio passes over an empty one (terraform's tests of it)
        if "timers_inactive" in sent or "timers_closed" in sent:
            sent["_timers_since"] = call.now
        return sent

    def check(self, call: Call, sent: Mapping[str, Any], record: Conversation | None) -> None:
        if record and record.state == "closed" and sent:
            raise refusals.ConversationClosed
        if not record and sent.get("state") == "closed":
            raise refusals.InitialStateClosed
        for timer, refusal in TIMERS.items():
            try:
                call.now + duration(sent.get(timer) or "PT0S")
            except OverflowError:
                raise refusal from None
        if unique_name := sent.get("unique_name"):
            if is_sid(unique_name, "CH"):
                raise refusals.UniqueNameLooksLikeSid
            store = call.world.account.store
            if store.find_by(Conversation, call.parent_sid, unique_name) not in (None, record):
                raise refusals.UniqueNameTaken

    def listing(self, call: Call) -> Listing[Conversation]:
        """Oldest first; if asked for a range of dates, newest first."""
        everything = super().listing(call)
        wanted = {name: call.params[name] for name in self.filters if name in call.params}
        if not wanted:
            return everything
        records = [record for record in everything.records if _matches(record, **wanted)]
        if wanted.keys() == {"state"}:
            return Listing(records, everything.key)

        def newest_first(record: Conversation) -> tuple[float, int]:
            return -record.date_created.timestamp(), -everything.key(record)

        return Listing(sorted(records, key=newest_first), newest_first)

    def find(self, world: World, parent_sid: str | None, name: str) -> Conversation | None:
        """By its sid, else by its unique name."""
        found = super().find(world, parent_sid, name)
        return found or world.account.store.find_by(Conversation, parent_sid, name)


def _matches(
    record: Conversation,
    start_date: str | None = None,
    end_date: str | None = None,
    state: str | None = None,
) -> bool:
    return (
        (not start_date or span(start_date)[0] <= record.date_created)
        and (not end_date or record.date_created <= span(end_date)[1])
        and (not state or state == record.state)
    )


conversations = Conversations()
