"""Conversations: each contains participants and their messages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from .. import refusals
from ..accounts import Account
from ..event_payloads import EventPayload
from ..events import Event
from ..fields import (
    Choice,
    Day,
    Sid,
    Text,
    is_sid,
)
from ..iso8601 import duration, shown_moment, span
from ..paging import Listing
from ..parameters import (
    DateCreated,
    DateUpdated,
    FriendlyName,
    closed_timer,
    inactive_timer,
    json_attributes,
)
from ..records import Record, shown
from ..request_context import RequestContext
from ..resource import R, Resource
from ..seeding import Seeding
from .configurations import configuration


@dataclass(kw_only=True, eq=False)
class Conversation(Record):
    """A conversation of a service."""

    prefix = "CH"
    hidden = ("created_by",)

    chat_service_sid: str
    messaging_service_sid: Annotated[
        str,
        Sid("MessagingServiceSid", prefix="MG", invalid=refusals.InvalidMessagingService),
    ]
    friendly_name: FriendlyName = None
    unique_name: Annotated[
        str | None,
        Text("UniqueName", max=256, too_long=refusals.UniqueNameTooLong),
    ] = None
    attributes: Annotated[str, json_attributes(kibibytes=16)] = "{}"
    state: Annotated[
        str,
        Choice(
            "State",
            of=("active", "inactive", "closed"),
            empty=refusals.StateEmpty,
            invalid=refusals.InvalidState,
        ),
    ] = "active"
    date_created: DateCreated
    date_updated: DateUpdated
    timers_inactive: Annotated[str | None, inactive_timer("Timers.Inactive")] = None
    timers_closed: Annotated[str | None, closed_timer("Timers.Closed")] = None
    bindings_email_address: Annotated[str | None, Text("Bindings.Email.Address")] = None
    bindings_email_name: Annotated[str | None, Text("Bindings.Email.Name")] = None
    _timers_started: datetime
    _timers_run_out: tuple[str, ...] = ()
    created_by: str = "system"
    _next_message_index: int = 0

    @property
    def parent_sid(self) -> str:
        return self.chat_service_sid

    def keys(self) -> Iterator[tuple[str, ...]]:
        if self.unique_name is not None:
            yield self.chat_service_sid, self.unique_name

    @shown
    def timers(self) -> dict[str, str]:
        return {f"date_{state}": shown_moment(instant) for state, instant in self.instants()}

    def instants(self) -> Iterator[tuple[str, datetime]]:
        """The states that running timers lead to, each with its instant.

        Both timers count from one instant. The specification's examples show both in any state.
        """
        for state, length in [("inactive", self.timers_inactive), ("closed", self.timers_closed)]:
            if length and duration(length) and state not in self._timers_run_out:
                yield state, self._timers_started + duration(length)

    @shown
    def bindings(self) -> dict[str, Any]:
        # Unchanged: the specification's example changes both slightly and states no rule
        email = {
            "projected_address": self.bindings_email_address,
            "name": self.bindings_email_name,
        }
        return {"email": email} if any(email.values()) else {}


ADDRESS_PAIR = ("messaging_binding_proxy_address", "messaging_binding_address")


class Conversations(Resource[Conversation]):
    record = Conversation
    noun = "Conversation"
    path = "Conversations"
    key = collection = "conversations"
    sid_keyword = "conversation_sid"
    page_size = (50, 100)
    takes_webhook_header = True
    seeding = Seeding(
        # It is active while its entry is loaded: Twilio accepts no records below a closed one
        set_last=(
            "state",
            "date_updated",
            "_next_message_index",
            "_timers_started",
            "_timers_run_out",
        ),
        filled_first={"state": "closed"},  # others may use its participants' addresses
    )
    filters = {
        "start_date": Day("StartDate"),
        "end_date": Day("EndDate"),
        "state": Choice("State", of=("initializing", "active", "inactive", "closed")),
    }
    payload = EventPayload(
        "Conversation",
        "conversation_sid",
        (
            "chat_service_sid",
            "date_created",
            "date_updated",
            "friendly_name",
            "unique_name",
            "attributes",
            "messaging_service_sid",
            "state",
        ),
        event_params={"Add": (*ADDRESS_PAIR, "message_body", "media"), "Added": ADDRESS_PAIR},
    )
    links = {
        "participants": "Participants",
        "messages": "Messages",
        "webhooks": "Webhooks",
        "export": "Export",
    }

    def register(self, context: RequestContext, record: Conversation) -> None:
        set_timers(context.account, record)

    def finish(self, context: RequestContext, record: Conversation) -> None:
        before = record._next_message_index
        super().finish(context, record)
        following = max(before, record._next_message_index)
        context.store.change(record, _next_message_index=following)
        set_timers(context.account, record)

    def update(self, context: RequestContext, record: Conversation) -> Conversation:
        before = record.state
        conversation = super().update(context, record)
        set_timers(context.account, conversation)
        if context.webhooks_enabled:
            publish_state(context.account, conversation, before, "API", context.now)
        return conversation

    def defaults(self, context: RequestContext) -> dict[str, Any]:
        defaults = configuration.singleton(context.account, None)
        return {
            **super().defaults(context),
            "messaging_service_sid": defaults.default_messaging_service_sid,
            "timers_inactive": defaults.default_inactive_timer,
            "timers_closed": defaults.default_closed_timer,
            "_timers_started": context.now,
        }

    def attributes_from(self, context: RequestContext) -> dict[str, Any]:
        values = super().attributes_from(context)
        if values.get("friendly_name", "") is None:
            del values["friendly_name"]  # Twilio ignores an empty one (terraform's tests)
        return values

    def changes(self, context: RequestContext, record: Conversation) -> dict[str, Any]:
        """Restart the timers in the request, and both timers of a reactivated conversation."""
        values = super().changes(context, record)
        timers = {timer for timer in ("inactive", "closed") if f"timers_{timer}" in values}
        if (record.state, values.get("state")) == ("inactive", "active"):
            timers = {"inactive", "closed"}
        if timers:
            ran_out = tuple(timer for timer in record._timers_run_out if timer not in timers)
            values |= {"_timers_started": context.now, "_timers_run_out": ran_out}
        return values

    def check(
        self, context: RequestContext, values: Mapping[str, Any], record: Conversation | None
    ) -> None:
        if record and record.state == "closed" and values:
            raise refusals.ConversationClosed
        if not record and values.get("state") == "closed":
            raise refusals.InitialStateClosed
        timers = {"timers_inactive", "timers_closed"} & values.keys()
        without_state = not record and timers and "state" not in values
        if without_state and context.assumes("timers-alone", "refused"):
            raise refusals.TimerWithoutState
        default = configuration.singleton(context.account, None).default_messaging_service_sid
        used = values.get("messaging_service_sid", default)
        if used != default and not context.may_use(used):
            raise refusals.UnknownMessagingService
        if unique_name := values.get("unique_name"):
            if is_sid(unique_name, "CH"):
                raise refusals.UniqueNameLooksLikeSid
            found = context.store.find_by(Conversation, context.parent_sid, unique_name)
            if found not in (None, record):
                raise refusals.UniqueNameTaken

    def listing(self, context: RequestContext) -> Listing[Conversation]:
        """The conversations, oldest first; with a range of dates, newest first."""
        listing = super().listing(context)
        if not {"start_date", "end_date"} & context.params.keys():
            return listing

        def newest_first(record: Conversation) -> tuple[float, int]:
            return -record.date_created.timestamp(), -listing.key(record)

        return Listing(sorted(listing.records, key=newest_first), newest_first)

    def matches(self, record: Conversation, wanted: Mapping[str, Any]) -> bool:
        start, end = wanted.get("start_date"), wanted.get("end_date")
        return (
            (not start or span(start)[0] <= record.date_created)
            and (not end or record.date_created <= span(end)[1])
            and wanted.get("state", record.state) == record.state
        )

    def find(self, account: Account, parent_sid: str | None, name: str) -> Conversation | None:
        """The record with this sid, else with this unique name."""
        found = super().find(account, parent_sid, name)
        return found or account.store.find_by(Conversation, parent_sid, name)


def set_timers(account: Account, conversation: Conversation) -> None:
    """Schedule the instants at which the timers of a conversation run out."""
    for _, instant in conversation.instants():
        account.timers.put(instant, conversation.sid)


# The attributes of the event about a change of state
STATE_UPDATED = (
    "conversation_sid",
    "chat_service_sid",
    "state_from",
    "state_to",
    "state_updated",
    "reason",
)


def publish_state(
    account: Account, conversation: Conversation, before: str, reason: str, instant: datetime
) -> None:
    """Publish a change of state, if any. *reason* is `API`, `EVENT` (a message) or `TIMER`."""
    if conversation.state != before:
        sids = conversation.sid, conversation.chat_service_sid
        params = dict(zip(STATE_UPDATED, (*sids, before, conversation.state, instant, reason)))
        account.publish(Event(name="onConversationStateUpdated", params=params, source="API"))


class InConversation(Resource[R]):
    """A resource below conversations. A closed conversation makes its records read-only."""

    def check(self, context: RequestContext, values: Mapping[str, Any], record: R | None) -> None:
        require_open(context, context.parent_sid)

    def delete(self, context: RequestContext, record: R) -> None:
        require_open(context, context.parent_sid)
        super().delete(context, record)


def require_open(context: RequestContext, conversation_sid: str | None) -> None:
    closed = context.store.get(Conversation, conversation_sid).state == "closed"
    if closed and context.assumes("below-closed", "refused"):
        raise refusals.ClosedAbove


conversations = Conversations()
