"""Conversations as JSON: participants and messages, in the form in which reports show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..api.accounts import Account
from ..api.iso8601 import shown_moment
from ..api.resources.conversations import Conversation
from ..api.resources.messages import Message
from ..api.resources.participants import Participant
from ..api.resources.receipts import Receipt
from ..api.resources.services import Service, default_service
from ..api.world import World
from .data import Json

MAX_CONVERSATIONS, MAX_MESSAGES = 50, 200
"""Maximum number of conversations in a transcript, and of messages in each; the last ones."""


@dataclass(frozen=True)
class Transcript:
    """The conversations with the last activity, in its order; those without messages come first."""

    conversations: Sequence[Json]
    omitted: int
    """Number of other conversations that are left out."""


def transcript(
    world: World,
    max_conversations: int = MAX_CONVERSATIONS,
    max_messages: int = MAX_MESSAGES,
) -> Transcript:
    """The transcript of all accounts. Timers do not run out, since the test may have ended."""
    by_activity = sorted(
        (*_last_activity(account, conversation), number, conversation.sid)
        for number, account in enumerate(world.authenticator.accounts)
        for conversation in account.store.all(Conversation)
    )
    last = by_activity[-max_conversations:]
    accounts = world.authenticator.accounts
    conversations = [
        conversation_data(
            accounts[number], accounts[number].store.get(Conversation, sid), max_messages
        )
        for *_, number, sid in last
    ]
    return Transcript(conversations, len(by_activity) - len(last))


def _last_activity(account: Account, conversation: Conversation) -> tuple[bool, int]:
    """Whether the conversation has messages, and the position of its last addition."""
    store = account.store
    participants, messages = (
        store.of(kind, conversation.sid)[-1:] for kind in (Participant, Message)
    )
    added = [conversation, *participants, *messages]
    return bool(messages), max(store.position(each) for each in added)


def conversation_data(
    account: Account, conversation: Conversation, max_messages: int = MAX_MESSAGES
) -> Json:
    """A conversation with its participants and its last *max_messages* messages."""
    store = account.store
    service = store.get(Service, conversation.chat_service_sid)
    participants = store.of(Participant, conversation.sid)
    messages = store.of(Message, conversation.sid)
    return {
        "sid": conversation.sid,
        "friendly_name": conversation.friendly_name,
        "unique_name": conversation.unique_name,
        "state": conversation.state,
        "timers": conversation.timers,
        "date_created": shown_moment(conversation.date_created),
        "account_sid": account.sid,
        "service_sid": service.sid,
        "service_name": service.friendly_name,
        "in_default_service": service is default_service(account),
        "participants": [_participant(each) for each in participants],
        "messages": [_message(account, each) for each in messages[-max_messages:]],
        "omitted_messages": max(len(messages) - max_messages, 0),
    }


def _participant(participant: Participant) -> Json:
    identity = participant.identity
    address = participant.messaging_binding_address
    projected = participant.messaging_binding_projected_address
    return {
        "sid": participant.sid,
        "name": identity or address or projected or "nobody",
        "identity": identity,
        "address": address,
        "proxy_address": participant.messaging_binding_proxy_address,
        "projected_address": projected,
        "last_read_message_index": participant.last_read_message_index,
    }


def _message(account: Account, message: Message) -> Json:
    return {
        "sid": message.sid,
        "index": message.index,
        "author": message.author,
        "body": message.body,
        "content_sid": message.content_sid,
        "media": media_data(message),
        "date_created": shown_moment(message.date_created),
        "receipts": [_receipt(account, each) for each in account.store.of(Receipt, message.sid)],
    }


def media_data(message: Message) -> list[Json]:
    """The files of a message."""
    return [
        {name: each[name] for name in ("sid", "filename", "content_type")}
        for each in message.media or ()
    ]


def _receipt(account: Account, receipt: Receipt) -> Json:
    participant = account.store.find_even_removed(Participant, receipt.participant_sid)
    return {
        "participant_sid": receipt.participant_sid,
        "participant": _participant(participant)["name"] if participant else None,
        "status": receipt.status,
        "error_code": receipt.error_code,
    }
