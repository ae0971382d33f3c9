"""Assertions of a generated test on the messages that phones and chat users received."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from typing import Any

from ..api.actions import Action
from ..api.journal import RecordedRequest
from ..api.outside import Entry
from ..api.resources.participants import Participant
from ..api.world import World
from ..simulators.chat_user import ChatUser
from ..simulators.handset import Handset
from .python_text import Node, flat, prefixed
from .source import Source


def write_received(world: World, source: Source, entries: Sequence[Entry]) -> None:
    """Assert on the inbox of each phone, and on the unread messages of chat users that acted."""
    for address in dict.fromkeys([*_acted("handset", entries), *_addressed(world, entries)]):
        inbox = Handset(world, world.account, _stored, address).inbox
        bodies = source.value([each.body for each in inbox])
        if bodies is not None:
            phone = source.simulator("handset", address)
            _write_bodies(source, f"{phone}.inbox", bodies)
    for identity in dict.fromkeys(_acted("chat_user", entries)):
        user = ChatUser(world, world.account, _stored, identity)
        for participant in world.account.store.all(Participant):
            if participant.identity != identity:
                continue
            conversation = participant.conversation_sid
            bodies = source.value([each.body for each in user.unread(conversation)])
            if bodies is not None:
                variable = source.simulator("chat_user", identity)
                _write_bodies(source, f"{variable}.unread({source.record(conversation)})", bodies)


def _write_bodies(source: Source, messages: str, bodies: Node) -> None:
    if flat(bodies) == "[]":
        source.write(f"assert not {messages}")
    else:
        source.write(prefixed(f"assert [message.body for message in {messages}] == ", bodies))


def _acted(kind: str, entries: Sequence[Entry]) -> Iterator[str]:
    """The addresses of phones, or the identities of chat users, that acted."""
    for entry in entries:
        subject = entry.subject if isinstance(entry, Action) else ""
        if person := re.fullmatch(rf"{kind}\((.*)\)", subject, re.DOTALL):
            yield ast.literal_eval(person[1])


def _addressed(world: World, entries: Sequence[Entry]) -> Iterator[str]:
    """The addresses of the phones in conversations to which a request sent a message."""
    for entry in entries:
        if isinstance(entry, RecordedRequest) and entry.operation == "CreateConversationMessage":
            conversation = (entry.response or {}).get("conversation_sid")
            for participant in world.account.store.of(Participant, conversation):
                if participant.messaging_binding_address:
                    yield participant.messaging_binding_address


def _stored(resource: object, record: Any) -> Any:
    return record
