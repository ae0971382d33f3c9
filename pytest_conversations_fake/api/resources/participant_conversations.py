"""The conversations of an identity or address: a view of participants and conversations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..accounts import Account
from ..fields import Text
from ..iso8601 import shown_moment
from ..paging import Listing
from ..records import Record
from ..refusals import IdentityAndAddress
from ..request_context import RequestContext
from ..resource import Resource
from ..store import Store
from ..verbs import LIST
from .conversations import Conversation
from .participants import Participant
from .users import User

BINDING = ("address", "proxy_address", "type", "level", "name", "projected_address")


@dataclass(kw_only=True, eq=False)
class ParticipantConversation(Record):
    """The current state of a participant and its conversation."""

    hidden = ("sid", "date_created", "date_updated")

    chat_service_sid: str
    participant_sid: str
    participant_user_sid: str | None
    participant_identity: str | None
    participant_messaging_binding: dict[str, Any] | None
    conversation_sid: str
    conversation_unique_name: str | None
    conversation_friendly_name: str | None
    conversation_attributes: str
    conversation_date_created: datetime
    conversation_date_updated: datetime
    conversation_created_by: str
    conversation_state: str
    conversation_timers: dict[str, str]

    @property
    def parent_sid(self) -> str:
        return self.chat_service_sid


def _view(store: Store, participant: Participant) -> ParticipantConversation:
    conversation = store.get(Conversation, participant.conversation_sid)
    user = store.find_by(User, participant.chat_service_sid, participant.identity)
    binding = participant.messaging_binding
    return ParticipantConversation(
        sid=participant.sid,
        account_sid=participant.account_sid,
        date_created=participant.date_created,
        date_updated=participant.date_updated,
        chat_service_sid=participant.chat_service_sid,
        participant_sid=participant.sid,
        participant_user_sid=user.sid if user else None,
        participant_identity=participant.identity,
        participant_messaging_binding=binding and {name: binding.get(name) for name in BINDING},
        conversation_sid=conversation.sid,
        conversation_unique_name=conversation.unique_name,
        conversation_friendly_name=conversation.friendly_name,
        conversation_attributes=conversation.attributes,
        conversation_date_created=conversation.date_created,
        conversation_date_updated=conversation.date_updated,
        conversation_created_by=conversation.created_by,
        conversation_state=conversation.state,
        conversation_timers=conversation.timers,
    )


class ParticipantConversations(Resource[ParticipantConversation]):
    record = ParticipantConversation
    noun = "ParticipantConversation"
    path = "ParticipantConversations"
    key = "conversations"
    collection = "participant_conversations"
    verbs = (LIST,)
    filters = {"identity": Text("Identity"), "address": Text("Address")}
    extras = ("links",)

    def listing(self, context: RequestContext) -> Listing[Any]:
        """The matches, by conversation sid; none without identity or address (a guess)."""
        wanted = [(name, context.params[name]) for name in self.filters if name in context.params]
        if len(wanted) > 1:
            raise IdentityAndAddress
        found = [
            participant
            for name, value in wanted
            for participant in context.store.of(Participant, (context.parent_sid, name, value))
        ]
        return Listing(sorted(found, key=_by_conversation), _by_conversation)

    def find_for_cursor(self, context: RequestContext, sid: str) -> Any:
        return context.store.find_even_removed(Participant, sid)

    def all(self, account: Account) -> Iterable[Any]:
        return account.store.all(Participant)

    def current(self, account: Account, record: Record) -> ParticipantConversation:
        return _view(account.store, account.store.get(Participant, record.sid))

    def render(self, context: RequestContext, record: ParticipantConversation) -> dict[str, Any]:
        """The record with links; Twilio shows no URL."""
        shown = super().render(context, record)
        del shown["url"]
        for name in ("conversation_date_created", "conversation_date_updated"):
            shown[name] = shown_moment(shown[name])
        conversation = f"{context.level}/Conversations/{record.conversation_sid}"
        participant = f"{conversation}/Participants/{record.participant_sid}"
        return {**shown, "links": {"participant": participant, "conversation": conversation}}


def _by_conversation(record: Participant) -> str:
    return record.conversation_sid


participant_conversations = ParticipantConversations()
