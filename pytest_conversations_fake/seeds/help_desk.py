"""The help desk of `populate`: customers who write to it, and agents who answer."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any, TypeVar

from ..api.accounts import Account
from ..api.addresses import channel as channel_of
from ..api.addresses import is_address
from ..api.records import Record
from ..api.request_context import RequestContext
from ..api.resource import Resource
from ..api.resources.addresses import AddressConfiguration, addresses
from ..api.resources.conversations import Conversation, conversations
from ..api.resources.messages import Message, messages
from ..api.resources.participants import Participant, participants
from ..api.resources.receipts import Receipt, receipts
from ..api.resources.services import default_service
from ..api.resources.users import User, users
from ..api.world import World
from .personas import Persona, Personas

R = TypeVar("R", bound=Record)

# The last status of a message that arrived, by channel
LAST_STATUSES = {"sms": "delivered", "whatsapp": "read"}

UNREACHABLE = 30003


class HelpDesk:
    """The help desk of an account, in its default service, which opened *days* ago."""

    def __init__(self, world: World, account: Account, personas: Personas, days: timedelta) -> None:
        self._world = world
        self._account = account
        self._store = account.store
        self._service = default_service(account)
        self._personas = personas
        self._sent: list[tuple[Message, Receipt]] = []
        self.now = world.clock.second()
        self.opened = self.now - days

    def add_user(self, at: datetime, role: str) -> Persona:
        """Add a user with an identity that the service does not have yet."""
        person = self._personas.person()
        numbers = count(2)
        name = person.identity
        while self._store.find_by(User, self._service.sid, person.identity):
            person = replace(person, identity=f"{name}-{next(numbers)}")
        attributes = {"role": role, "email": person.email, "city": person.city}
        self._add(
            users,
            at,
            self._service,
            identity=person.identity,
            friendly_name=person.name,
            attributes=json.dumps(attributes),
        )
        return person

    def add_conversation(
        self,
        begins: datetime,
        pauses: Sequence[timedelta],
        *,
        agent: Persona,
        channel: str,
        state: str,
    ) -> None:
        """Add a conversation in which a customer and an *agent* write in turns."""
        binding = self._binding(channel, begins)
        customer = self._personas.person() if binding else self.add_user(begins, "customer")
        topic, lines = self._personas.dialogue(customer, agent)
        conversation = self._add(conversations, begins, self._service, friendly_name=topic)
        parents = self._service, conversation
        people = [
            self._add(participants, begins, *parents, **params)
            for params in (
                binding or {"identity": customer.identity},
                {"identity": agent.identity},
            )
        ]
        at = begins
        for turn, (pause, body) in enumerate(zip(pauses, lines)):
            at += pause
            author, reader = people[turn % 2], people[1 - turn % 2]
            name = author.identity or author.messaging_binding_address
            message = self._add(messages, at, *parents, author=name, body=body)
            self._deliver(message, at, channel)
            self._mark_read(parents, author, message, at)
            if state != "active":
                self._mark_read(parents, reader, message, at)
        if state != "active":
            end = at + timedelta(minutes=30)
            conversations.update(self._context(end, self._service, state=state), conversation)

    def fail_one_receipt(self) -> None:
        """Let the delivery of one message to a phone fail."""
        if self._sent:
            message, receipt = self._sent[len(self._sent) // 2]
            context = self._receipt_context(message, receipt.date_updated)
            receipts.set_status(context, receipt, "failed", UNREACHABLE)

    def _binding(self, channel: str, at: datetime) -> dict[str, str] | None:
        """The addresses of a customer and of the desk; None for a customer who chats.

        Customers chat as well where the account owns no number or customers have no free number.
        """
        proxy = self._own_number(channel, at) if channel in LAST_STATUSES else None
        for _ in range(20 if proxy else 0):
            number = _address(channel, self._personas.number())
            if number != proxy and not self._store.of(Participant, ("number", number)):
                return {
                    "messaging_binding_address": number,
                    "messaging_binding_proxy_address": proxy or "",
                }
        return None

    def _own_number(self, channel: str, at: datetime) -> str | None:
        """The account's number on a channel, with an address configuration from its first use."""
        owned = [name for name in self._world.assumptions.owned if is_address(name)]
        known = [name for name in owned if channel_of(name) == channel]
        if owned and not known:
            return None
        number = known[0] if known else _address(channel, self._personas.desk)
        if not self._store.find_by(AddressConfiguration, number):
            company = self._personas.company
            self._add(addresses, at, type=channel, address=number, friendly_name=company)
        return number

    def _deliver(self, message: Message, at: datetime, channel: str) -> None:
        for receipt in self._store.of(Receipt, message.sid):
            self._sent.append((message, receipt))
            context = self._receipt_context(message, at + timedelta(seconds=5))
            receipts.set_status(context, receipt, LAST_STATUSES[channel])

    def _receipt_context(self, message: Message, at: datetime) -> RequestContext:
        conversation = self._store.get(Conversation, message.conversation_sid)
        return self._context(at, self._service, conversation, message)

    def _mark_read(
        self, parents: tuple[Record, ...], reader: Participant, message: Message, at: datetime
    ) -> None:
        if reader.identity:
            context = self._context(at, *parents, last_read_message_index=message.index)
            participants.update(context, reader)

    def _add(self, resource: Resource[R], at: datetime, *parents: Record, **params: Any) -> R:
        return resource.create(self._context(at, *parents, **params))

    def _context(self, at: datetime, *parents: Record, **params: Any) -> RequestContext:
        return replace(self._world.request_context(self._account).at(*parents, **params), now=at)


def _address(channel: str, number: str) -> str:
    """The address of a *number* on a *channel*."""
    return number if channel == "sms" else f"{channel}:{number}"
