"""The conversations of a user: a view of the user's participants and their conversations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from .. import refusals
from ..accounts import Account
from ..fields import Choice, Int, Moment
from ..iso8601 import shown_moment
from ..paging import Listing
from ..records import Record
from ..request_context import RequestContext
from ..resource import Resource
from ..store import Store
from ..verbs import DELETE, FETCH, LIST, UPDATE
from .conversations import Conversation, conversations, require_open
from .messages import Message
from .participants import Participant, read_horizon
from .users import User


@dataclass(kw_only=True, eq=False)
class UserConversation(Record):
    """The current state of a conversation for one of its users."""

    hidden = ("sid", "last_read_timestamp")

    chat_service_sid: str
    conversation_sid: str
    unread_messages_count: int | None
    participant_sid: str
    user_sid: str
    friendly_name: str | None
    conversation_state: str
    timers: dict[str, str]
    attributes: str
    created_by: str
    unique_name: str | None
    notification_level: Annotated[
        str,
        Choice(
            "NotificationLevel",
            of=("default", "muted"),
            invalid=refusals.InvalidNotificationLevel,
        ),
    ]
    last_read_message_index: Annotated[
        int | None,
        Int("LastReadMessageIndex", invalid=refusals.InvalidLastReadMessageIndex),
    ]
    last_read_timestamp: Annotated[datetime | None, Moment("LastReadTimestamp")] = None

    @property
    def parent_sid(self) -> str:
        return self.user_sid


def _view(store: Store, participant: Participant) -> UserConversation:
    user = store.get_by(User, participant.chat_service_sid, participant.identity)
    conversation = store.get(Conversation, participant.conversation_sid)
    return UserConversation(
        sid=participant.sid,
        account_sid=conversation.account_sid,
        date_created=conversation.date_created,
        date_updated=conversation.date_updated,
        chat_service_sid=conversation.chat_service_sid,
        conversation_sid=conversation.sid,
        unread_messages_count=_unread_count(store, participant),
        participant_sid=participant.sid,
        user_sid=user.sid,
        friendly_name=conversation.friendly_name,
        conversation_state=conversation.state,
        timers=conversation.timers,
        attributes=conversation.attributes,
        created_by=conversation.created_by,
        unique_name=conversation.unique_name,
        notification_level=participant.notification_level,
        last_read_message_index=participant.last_read_message_index,
    )


def _unread_count(store: Store, participant: Participant) -> int | None:
    """The number of messages after the last one read, at most 1000; None if none was read."""
    last = participant.last_read_message_index
    if last is None:
        return None
    messages = store.of(Message, participant.conversation_sid)
    return min(sum(message.index > last for message in messages), 1000)


class UserConversations(Resource[UserConversation]):
    record = UserConversation
    noun = "UserConversation"
    path = "Conversations"
    key = "conversations"
    collection = "user_conversations"
    name_keyword = "conversation_sid"
    verbs = (UPDATE, FETCH, DELETE, LIST)
    extras = ("url", "links")

    def listing(self, context: RequestContext) -> Listing[Any]:
        user = context.store.get(User, context.parent_sid)
        found = context.store.of(Participant, (user.chat_service_sid, "identity", user.identity))
        return Listing(found, context.store.position)

    def find_for_cursor(self, context: RequestContext, sid: str) -> Any:
        return context.store.find_even_removed(Participant, sid)

    def find(self, account: Account, parent_sid: str | None, name: str) -> UserConversation | None:
        """The record whose conversation has this sid or unique name."""
        user = account.store.get(User, parent_sid)
        conversation = conversations.find(account, user.chat_service_sid, name)
        sid = conversation.sid if conversation else None
        found = account.store.find_by(Participant, sid, "identity", user.identity)
        return self.current(account, found) if found else None

    def update(self, context: RequestContext, record: UserConversation) -> UserConversation:
        """Update the participant, which stores the read horizon and the notification level."""
        require_open(context, record.conversation_sid)
        values = self.attributes_from(context)
        if "last_read_message_index" in values:
            here = context.store.get(Conversation, record.conversation_sid)
            values |= read_horizon(context, here, values["last_read_message_index"])
        if "last_read_message_index" in values or "last_read_timestamp" in values:
            values["last_read_timestamp"] = shown_moment(
                values.get("last_read_timestamp", context.now)
            )
        participant = context.store.get(Participant, record.sid)
        context.store.change(
            participant, **values, **({"date_updated": context.now} if values else {})
        )
        return self.current(context.account, participant)

    def delete(self, context: RequestContext, record: UserConversation) -> None:
        """Remove the user's participant. The conversation stays."""
        require_open(context, record.conversation_sid)
        context.store.remove(context.store.get(Participant, record.sid))

    def all(self, account: Account) -> Iterable[Any]:
        return [each for each in account.store.all(Participant) if each.identity]

    def current(self, account: Account, record: Record) -> UserConversation:
        return _view(account.store, account.store.get(Participant, record.sid))

    def render(self, context: RequestContext, record: UserConversation) -> dict[str, Any]:
        conversation = f"{context.level}/Conversations/{record.conversation_sid}"
        participant = f"{conversation}/Participants/{record.participant_sid}"
        return {
            **super().render(context, record),
            "url": f"{self.url(context)}/{record.conversation_sid}",
            "links": {"participant": participant, "conversation": conversation},
        }


user_conversations = UserConversations()
