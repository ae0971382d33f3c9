"""What was said in the conversations of a fake, as people would tell it."""

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

MOST_TALKS, MOST_MESSAGES = 50, 200
"""That are kept: those that were alive last, and what was said last."""

FAILED = ("failed", "undelivered")


@dataclass(frozen=True)
class Said:
    """One message."""

    author: str
    body: str
    media: tuple[str, ...]
    """What else there is of it: names of files, a template."""
    failures: tuple[str, ...]
    """Whom it did not reach, and why."""


@dataclass(frozen=True)
class Talk:
    """One conversation as it is now."""

    name: str
    """`'help' CHab12…`"""
    state: str
    where: str
    """Its service and account, as far as it is not the usual one."""
    people: tuple[str, ...]
    texting: frozenset[str]
    """The addresses among the authors."""
    said: tuple[Said, ...]
    before: int
    """Messages that were said before these."""


@dataclass(frozen=True)
class Transcript:
    """The conversations that were alive last, the last one at the end; the silent ones before."""

    talks: Sequence[Talk]
    before: int
    """Conversations besides these."""


def transcript(world: World) -> Transcript:
    """Timers are left alone: a test's own time may be over when its report is made."""
    alive = sorted(
        (*_last_alive(account, conversation), number, conversation.sid)
        for number, account in enumerate(world.authenticator.accounts)
        for conversation in account.store.all(Conversation)
    )
    last = alive[-MOST_TALKS:]
    talks = [_talk(world, world.authenticator.accounts[number], sid) for *_, number, sid in last]
    return Transcript(talks, len(alive) - len(last))


def _last_alive(account: Account, conversation: Conversation) -> tuple[bool, int]:
    """Whether anything was said, and when something was added, in the order of arrival."""
    store = account.store
    people, said = (store.of(kind, conversation.sid)[-1:] for kind in (Participant, Message))
    return bool(said), max(store.position(each) for each in [conversation, *people, *said])


def _talk(world: World, account: Account, sid: str) -> Talk:
    store = account.store
    conversation = store.get(Conversation, sid)
    people = store.of(Participant, sid)
    messages = store.of(Message, sid)
    return Talk(
        name=_name(conversation, conversation.unique_name or conversation.friendly_name),
        state=conversation.state,
        where=", ".join(_where(world, account, conversation)),
        people=tuple(map(_person, people)),
        texting=frozenset(filter(None, (each.messaging_binding_address for each in people))),
        said=tuple(_said(account, message) for message in messages[-MOST_MESSAGES:]),
        before=max(len(messages) - MOST_MESSAGES, 0),
    )


def _where(world: World, account: Account, conversation: Conversation) -> Iterator[str]:
    if conversation.chat_service_sid != default_service(account).sid:
        service = account.store.get(Service, conversation.chat_service_sid)
        yield f"service {_name(service, service.friendly_name)}"
    if len(world.authenticator.accounts) > 1:
        yield f"account {shortened(account.sid)}"


def _name(record: Conversation | Service, name: str | None) -> str:
    return f"{name!r} {shortened(record.sid)}" if name else shortened(record.sid)


def _person(participant: Participant) -> str:
    projected = participant.messaging_binding_projected_address
    proxy = participant.messaging_binding_proxy_address
    name = participant.identity or participant.messaging_binding_address or projected or "nobody"
    if proxy:
        return f"{name} (by {proxy})"
    return f"{name} (as {projected})" if projected and projected != name else name


def _said(account: Account, message: Message) -> Said:
    template = (f"template {shortened(message.content_sid)}",) if message.content_sid else ()
    files = (each["filename"] or shortened(each["sid"]) for each in message.media or ())
    receipts = account.store.of(Receipt, message.sid)
    return Said(
        author=message.author,
        body=message.body or "",
        media=(*template, *files),
        failures=tuple(_failure(account, each) for each in receipts if each.status in FAILED),
    )


def _failure(account: Account, receipt: Receipt) -> str:
    person = account.store.find_even_removed(Participant, receipt.participant_sid)
    whom = f" to {person.messaging_binding_address or person.identity}" if person else ""
    return f"{receipt.status}{whom}{f', {receipt.error_code}' if receipt.error_code else ''}"
