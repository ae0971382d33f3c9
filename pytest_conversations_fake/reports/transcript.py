"""The messages of a fake's conversations, in the form in which reports show them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..api.accounts import Account
from ..api.resources.conversations import Conversation
from ..api.resources.messages import Message
from ..api.resources.participants import Participant
from ..api.resources.receipts import Receipt
from ..api.resources.services import Service, default_service
from ..api.wording import shortened
from ..api.world import World

MAX_CONVERSATIONS, MAX_MESSAGES = 50, 200
"""Maximum number of conversations in a transcript, and of messages in each; the last ones."""

FAILED = ("failed", "undelivered")


@dataclass(frozen=True)
class MessageEntry:
    """One message."""

    author: str
    body: str
    media: tuple[str, ...]
    """The names of its files and of its template."""
    failures: tuple[str, ...]
    """A text for each participant whom it did not reach, with the reason."""


@dataclass(frozen=True)
class ConversationEntry:
    """One conversation in its present state."""

    name: str
    """`'help' CHab12…`"""
    state: str
    context: str
    """Its service and account, if they are not the default ones."""
    participants: tuple[str, ...]
    addresses: frozenset[str]
    """The phone numbers and other messaging addresses of participants."""
    messages: tuple[MessageEntry, ...]
    omitted: int
    """Number of earlier messages that are left out."""


@dataclass(frozen=True)
class Transcript:
    """The conversations with the last activity, in its order; those without messages come first."""

    conversations: Sequence[ConversationEntry]
    omitted: int
    """Number of other conversations that are left out."""


def transcript(world: World) -> Transcript:
    """The transcript of all accounts. Timers do not run out, since the test may have ended."""
    by_activity = sorted(
        (*_last_activity(account, conversation), number, conversation.sid)
        for number, account in enumerate(world.authenticator.accounts)
        for conversation in account.store.all(Conversation)
    )
    last = by_activity[-MAX_CONVERSATIONS:]
    accounts = world.authenticator.accounts
    conversations = [_conversation(world, accounts[number], sid) for *_, number, sid in last]
    return Transcript(conversations, len(by_activity) - len(last))


def _last_activity(account: Account, conversation: Conversation) -> tuple[bool, int]:
    """Whether the conversation has messages, and the position of its last addition."""
    store = account.store
    participants, messages = (
        store.of(kind, conversation.sid)[-1:] for kind in (Participant, Message)
    )
    added = [conversation, *participants, *messages]
    return bool(messages), max(store.position(each) for each in added)


def _conversation(world: World, account: Account, sid: str) -> ConversationEntry:
    store = account.store
    conversation = store.get(Conversation, sid)
    participants = store.of(Participant, sid)
    messages = store.of(Message, sid)
    return ConversationEntry(
        name=_name(conversation, conversation.unique_name or conversation.friendly_name),
        state=conversation.state,
        context=", ".join(_context(world, account, conversation)),
        participants=tuple(map(_participant, participants)),
        addresses=frozenset(
            filter(None, (each.messaging_binding_address for each in participants))
        ),
        messages=tuple(_message(account, message) for message in messages[-MAX_MESSAGES:]),
        omitted=max(len(messages) - MAX_MESSAGES, 0),
    )


def _context(world: World, account: Account, conversation: Conversation) -> Iterator[str]:
    if conversation.chat_service_sid != default_service(account).sid:
        service = account.store.get(Service, conversation.chat_service_sid)
        yield f"service {_name(service, service.friendly_name)}"
    if len(world.authenticator.accounts) > 1:
        yield f"account {shortened(account.sid)}"


def _name(record: Conversation | Service, name: str | None) -> str:
    return f"{name!r} {shortened(record.sid)}" if name else shortened(record.sid)


def _participant(participant: Participant) -> str:
    projected = participant.messaging_binding_projected_address
    proxy = participant.messaging_binding_proxy_address
    name = participant.identity or participant.messaging_binding_address or projected or "nobody"
    if proxy:
        return f"{name} (via {proxy})"
    return f"{name} (as {projected})" if projected and projected != name else name


def _message(account: Account, message: Message) -> MessageEntry:
    template = (f"template {shortened(message.content_sid)}",) if message.content_sid else ()
    files = (each["filename"] or shortened(each["sid"]) for each in message.media or ())
    receipts = account.store.of(Receipt, message.sid)
    return MessageEntry(
        author=message.author,
        body=message.body or "",
        media=(*template, *files),
        failures=tuple(_failure(account, each) for each in receipts if each.status in FAILED),
    )


def _failure(account: Account, receipt: Receipt) -> str:
    participant = account.store.find_even_removed(Participant, receipt.participant_sid)
    recipient = participant and (participant.messaging_binding_address or participant.identity)
    to = f" to {recipient}" if participant else ""
    return f"{receipt.status}{to}{f', {receipt.error_code}' if receipt.error_code else ''}"
