"""Participants: who takes part in a conversation, by chat or by phone."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from .. import refusals
from ..accounts import Account
from ..addresses import channel
from ..event_payloads import EventPayload
from ..fields import Day, Int, Sid, Text, shown_moment
from ..parameters import DateCreated, DateUpdated, json_attributes
from ..records import Record, shown
from ..request_context import RequestContext
from ..seeding import Seeding
from .configurations import service_configurations
from .conversations import Conversation, InConversation
from .participant_rules import (
    LEAST_IN_GROUP,
    WHO,
    Identifiers,
    check_addresses,
    check_change,
    check_group,
    check_there_is_room,
    check_who_it_is,
    numbers,
)
from .roles import check_role
from .users import User, check_identity, users


@dataclass(kw_only=True, eq=False)
class Participant(Record):
    """Someone in a conversation.

    Who chats has an identity. Who texts has an address, and a proxy address that is the account's.
    In a group text, who chats has a projected address, and who texts no proxy address.
    """

    prefix = "MB"
    hidden = ("notification_level",)

    chat_service_sid: str
    conversation_sid: str
    identity: Annotated[
        str | None, Text("Identity", max=256, too_long=refusals.IdentityTooLong)
    ] = None
    messaging_binding_address: Annotated[
        str | None, Text("MessagingBinding.Address", only="Create", max=256)
    ] = None
    messaging_binding_proxy_address: Annotated[
        str | None, Text("MessagingBinding.ProxyAddress", max=256)
    ] = None
    messaging_binding_projected_address: Annotated[
        str | None, Text("MessagingBinding.ProjectedAddress", max=256)
    ] = None
    attributes: Annotated[str, json_attributes(kibibytes=4)] = "{}"
    role_sid: Annotated[str | None, Sid("RoleSid", prefix="RL", empty=refusals.RoleNotProvided)] = (
        None
    )
    last_read_message_index: Annotated[
        int | None,
        Int("LastReadMessageIndex", only="Update", invalid=refusals.InvalidLastReadMessageIndex),
    ] = None
    last_read_timestamp: Annotated[str | None, Day("LastReadTimestamp", only="Update")] = None
    date_created: DateCreated
    date_updated: DateUpdated
    notification_level: str = "default"

    @property
    def parent_sid(self) -> str:
        return self.conversation_sid

    def keys(self) -> Iterator[Hashable]:
        for how, name in self.names():
            yield self.conversation_sid, how, name

    def lists(self) -> Iterator[Hashable]:
        yield self.parent_sid
        for how, name in self.names():
            yield self.chat_service_sid, how, name
        if self.messaging_binding_proxy_address:
            yield "pair", self.messaging_binding_address, self.messaging_binding_proxy_address
        projected = self.messaging_binding_projected_address
        if projected:
            yield self.chat_service_sid, "address", projected
        if number := self.messaging_binding_address or projected:
            yield "texting", self.conversation_sid
            yield "number", number

    def names(self) -> Iterator[tuple[str, str]]:
        """What people look for: who it is, and where to reach them."""
        if self.identity:
            yield "identity", self.identity
        if self.messaging_binding_address:
            yield "address", self.messaging_binding_address

    @property
    def messaging_binding_type(self) -> str | None:
        return (self.messaging_binding or {}).get("type")

    @shown
    def messaging_binding(self) -> dict[str, str] | None:
        """Without what is not set; None for one who only chats."""
        parts = {
            "address": self.messaging_binding_address,
            "proxy_address": self.messaging_binding_proxy_address,
            "projected_address": self.messaging_binding_projected_address,
        }
        binding = {name: value for name, value in parts.items() if value}
        return {"type": channel(next(iter(binding.values()))), **binding} if binding else None


MOST_CONVERSATIONS = 1000
"""That somebody who chats is in and that are not closed."""


class Participants(InConversation[Participant]):
    record = Participant
    noun = "ConversationParticipant"
    path = "Participants"
    key = collection = "participants"
    page_size = (50, 100)
    takes_webhook_header = True
    long_only = ("chat_service_sid",)
    # The conversations of a user are listed in the order in which the user joined them
    seeding = Seeding(order_key="joined")
    payload = EventPayload(
        "Participant",
        "participant_sid",
        (
            "conversation_sid",
            "chat_service_sid",
            "date_created",
            "date_updated",
            "identity",
            "role_sid",
            "attributes",
            "messaging_binding_proxy_address",
            "messaging_binding_address",
            "messaging_binding_projected_address",
            "messaging_binding_type",
            "last_read_message_index",
        ),
        attribute_actions={
            "date_updated": ("Update", "Updated", "Remove", "Removed"),
            "last_read_message_index": ("Updated",),
        },
    )

    def update(self, context: RequestContext, record: Participant) -> Participant:
        super().update(context, record)
        self.register(context, record)
        return record

    def register(self, context: RequestContext, record: Participant) -> None:
        """Create the user with the identity of a participant, if the service has none."""
        service, identity = context.parents[0], record.identity
        if identity and not context.store.find_by(User, service.sid, identity):
            users.create(context.at(service, identity=identity))

    def defaults(self, context: RequestContext) -> dict[str, Any]:
        defaults = service_configurations.singleton(context.account, context.parents[0].sid)
        person = Identifiers.of(None, context.params)
        role = (
            None if person.in_group and person.address else defaults.default_conversation_role_sid
        )
        return {**super().defaults(context), "role_sid": role}

    def attributes_from(self, context: RequestContext) -> dict[str, Any]:
        sent: dict[str, Any] = {
            name: None if value == "null" and name.startswith("messaging_binding") else value
            for name, value in super().attributes_from(context).items()
        }
        if "last_read_message_index" in sent:
            here = context.store.get(Conversation, context.parent_sid)
            sent |= read_up_to(context, here, sent["last_read_message_index"])
            sent.setdefault("last_read_timestamp", shown_moment(context.now))
        return sent

    def check(
        self, context: RequestContext, sent: Mapping[str, Any], record: Participant | None
    ) -> None:
        super().check(context, sent, record)
        check_role(context, sent, "conversation")
        if identity := sent.get("identity"):
            check_identity(identity)
        if record:
            if not sent.keys() & {*WHO}:  # it stays who it is
                return
            check_change(sent, Identifiers.of(record))
        person = Identifiers.of(record, sent)
        check_who_it_is(person)
        check_addresses(person)
        if not record and person.address and not sent.get("messaging_binding_proxy_address", True):
            raise refusals.ProxyAddressEmpty
        if not context.may_use(sent.get("messaging_binding_proxy_address")):
            raise refusals.ProxyAddressNotOwned
        if not context.may_use(sent.get("messaging_binding_projected_address")):
            raise refusals.ProjectedAddressNotOwned
        others = [
            Identifiers.of(each)
            for each in self.texting(context, context.parent_sid)
            if each is not record
        ]
        check_group(person, others)
        if (
            context.assumes("group-texting", "off")
            and len(numbers([*others, person])) >= LEAST_IN_GROUP
        ):
            raise refusals.GroupTextingOff
        self.check_nobody_is_twice(context, sent, record)
        if not record:
            people = len(context.store.of(Participant, context.parent_sid))
            check_there_is_room(person, others, people)
        if sent.get("identity") and (not record or sent["identity"] != record.identity):
            self.check_is_not_everywhere(context, sent["identity"])
        if context.store.get(Conversation, context.parent_sid).state != "initializing":
            self.check_group_is_new(context, [*others, person])  # else there are more to come

    def check_nobody_is_twice(
        self, context: RequestContext, sent: Mapping[str, Any], record: Participant | None
    ) -> None:
        """An identity is in a conversation once, a pair of addresses in an open one of them all."""

        def here(how: str, name: str | None) -> bool:
            found = context.store.find_by(Participant, context.parent_sid, how, name)
            return found not in (None, record)

        if here("identity", sent.get("identity")):
            raise refusals.ParticipantExists
        address = sent.get("messaging_binding_address")
        proxy = sent.get("messaging_binding_proxy_address")
        for other in context.store.of(Participant, ("pair", address, proxy)):
            if context.store.get(Conversation, other.conversation_sid).state != "closed":
                raise refusals.BindingExists(sid=other.conversation_sid)
        if here("address", address):
            raise refusals.BindingExists(sid=context.parent_sid)

    def check_is_not_everywhere(self, context: RequestContext, identity: str) -> None:
        """Nobody chats in more than a thousand conversations that are not closed."""
        listed = context.parents[0].sid, "identity", identity
        theirs = context.store.of(Participant, listed)
        if len(theirs) >= MOST_CONVERSATIONS:
            found = [context.store.get(Conversation, each.conversation_sid) for each in theirs]
            if sum(each.state != "closed" for each in found) >= MOST_CONVERSATIONS:
                raise refusals.TooManyConversations

    def check_group_is_new(self, context: RequestContext, people: Iterable[Identifiers]) -> None:
        """The same *people*, by their numbers, are in one open group text of the account."""
        together = numbers(people)
        if len(together) < LEAST_IN_GROUP:
            return
        for each in context.store.of(Participant, ("number", min(together))):
            other = context.store.get(Conversation, each.conversation_sid)
            theirs = numbers(map(Identifiers.of, self.texting(context, other.sid)))
            elsewhere = other.sid != context.parent_sid and other.state != "closed"
            if elsewhere and theirs == together:
                raise refusals.GroupExists(sid=other.sid)

    def texting(
        self, context: RequestContext, conversation_sid: str | None
    ) -> Sequence[Participant]:
        """Who takes part in a conversation with an address of some kind."""
        return context.store.of(Participant, ("texting", conversation_sid))

    def required(self, sent: Mapping[str, Any]) -> list[str]:
        """Whoever does not text must have an identity."""
        return [] if any("address" in keyword for keyword in sent) else ["identity"]

    def find(self, account: Account, parent_sid: str | None, name: str) -> Participant | None:
        """By its sid, else by its identity."""
        found = super().find(account, parent_sid, name)
        return found or account.store.find_by(Participant, parent_sid, "identity", name)


def read_up_to(context: RequestContext, conversation: Conversation, index: int) -> dict[str, int]:
    """The read horizon, which may be ahead of the last message where that is assumed."""
    if context.assumes("read-index-ahead", "clamped"):
        index = min(index, max(conversation._next_message_index - 1, 0))
    return {"last_read_message_index": index}


participants = Participants()
