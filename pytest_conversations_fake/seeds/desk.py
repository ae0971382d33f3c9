"""A help desk with people who write to it and people who answer."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any, TypeVar

from ..api.accounts import Account
from ..api.addresses import channel, is_address
from ..api.records import Record
from ..api.request_context import RequestContext
from ..api.resource import Resource
from ..api.resources.addresses import Address, addresses
from ..api.resources.conversations import Conversation, conversations
from ..api.resources.messages import Message, messages
from ..api.resources.participants import Participant, participants
from ..api.resources.receipts import Receipt, receipts
from ..api.resources.services import default_service
from ..api.resources.users import User, users
from ..api.world import World
from .people import People, Person

R = TypeVar("R", bound=Record)

# What a carrier or an app says of a message that arrived
ARRIVED = {"sms": "delivered", "whatsapp": "read"}

UNREACHABLE = 30003


class Desk:
    """The help desk of an account, in its default service, that opened some *days* ago."""

    def __init__(self, world: World, account: Account, people: People, days: timedelta) -> None:
        self._world = world
        self._account = account
        self._store = account.store
        self._service = default_service(account)
        self._people = people
        self._sent: list[tuple[Message, Receipt]] = []
        self.now = world.clock.second()
        self.opened = self.now - days

    def user(self, at: datetime, role: str) -> Person:
        """Somebody new who chats."""
        person = self._people.person()
        namesakes = count(2)
        name = person.identity
        while self._store.find_by(User, self._service.sid, person.identity):
            person = replace(person, identity=f"{name}-{next(namesakes)}")
        known = {"role": role, "email": person.email, "city": person.city}
        self._add(
            users,
            at,
            self._service,
            identity=person.identity,
            friendly_name=person.name,
            attributes=json.dumps(known),
        )
        return person

    def talk(
        self,
        begins: datetime,
        pauses: Sequence[timedelta],
        *,
        agent: Person,
        by: str,
        state: str,
    ) -> None:
        """Let a customer ask something *by* a channel and an *agent* answer, in turns."""
        pair = self._pair(by, begins)
        customer = self._people.person() if pair else self.user(begins, "customer")
        topic, said = self._people.talk(customer, agent)
        talk = self._add(conversations, begins, self._service, friendly_name=topic)
        who = pair or {"identity": customer.identity}
        above = self._service, talk
        asking = self._add(participants, begins, *above, **who)
        answering = self._add(participants, begins, *above, identity=agent.identity)
        at = begins
        for turn, (pause, body) in enumerate(zip(pauses, said)):
            at += pause
            author = (asking, answering)[turn % 2]
            name = author.identity or author.messaging_binding_address
            message = self._add(messages, at, *above, author=name, body=body)
            self._arrives(message, at, by)
            self._is_read(above, author, message, at)
            if state != "active":
                self._is_read(above, (answering, asking)[turn % 2], message, at)
        if state != "active":
            ends = at + timedelta(minutes=30)
            conversations.update(self._call(ends, self._service, state=state), talk)

    def let_one_fail(self) -> None:
        """Of what was sent to phones."""
        if self._sent:
            message, receipt = self._sent[len(self._sent) // 2]
            context = self._below(message, receipt.date_updated)
            receipts.move(context, receipt, "failed", UNREACHABLE)

    def _pair(self, by: str, at: datetime) -> dict[str, str] | None:
        """The numbers of a customer and of the desk; None for who chats, or has to."""
        proxy = self._number(by, at) if by in ARRIVED else None
        for _ in range(20 if proxy else 0):
            number = _of(by, self._people.number())
            if number != proxy and not self._store.of(Participant, ("number", number)):
                return {
                    "messaging_binding_address": number,
                    "messaging_binding_proxy_address": proxy or "",
                }
        return None

    def _number(self, by: str, at: datetime) -> str | None:
        """The account's own number on a channel, configured when it is first used."""
        owned = [name for name in self._world.assumptions.owned if is_address(name)]
        known = [name for name in owned if channel(name) == by]
        if owned and not known:
            return None
        number = known[0] if known else _of(by, self._people.desk)
        if not self._store.find_by(Address, number):
            self._add(addresses, at, type=by, address=number, friendly_name=self._people.company)
        return number

    def _arrives(self, message: Message, at: datetime, by: str) -> None:
        for receipt in self._store.of(Receipt, message.sid):
            self._sent.append((message, receipt))
            context = self._below(message, at + timedelta(seconds=5))
            receipts.move(context, receipt, ARRIVED[by])

    def _below(self, message: Message, at: datetime) -> RequestContext:
        conversation = self._store.get(Conversation, message.conversation_sid)
        return self._call(at, self._service, conversation, message)

    def _is_read(
        self, above: tuple[Record, ...], who: Participant, message: Message, at: datetime
    ) -> None:
        if who.identity:
            context = self._call(at, *above, last_read_message_index=message.index)
            participants.update(context, who)

    def _add(self, resource: Resource[R], at: datetime, *parents: Record, **params: Any) -> R:
        return resource.create(self._call(at, *parents, **params))

    def _call(self, at: datetime, *parents: Record, **params: Any) -> RequestContext:
        return replace(self._world.request_context(self._account).at(*parents, **params), now=at)


def _of(by: str, number: str) -> str:
    """A *number* as an address of a channel."""
    return number if by == "sms" else f"{by}:{number}"
