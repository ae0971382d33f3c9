"""Participants: the chat users and phones in a conversation."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from .. import refusals
from ..accounts import Account
from ..addresses import channel
from ..event_payloads import EventPayload
from ..fields import Day, Int, Sid, Text
from ..iso8601 import shown_moment
from ..parameters import DateCreated, DateUpdated, json_attributes
from ..records import Record, shown
from ..request_context import RequestContext
from ..seeding import Seeding
from .configurations import service_configurations
from .conversations import Conversation, InConversation
from .participant_rules import (
    IDENTIFIERS,
    MIN_IN_GROUP,
    Identifiers,
    check_addresses,
    check_capacity,
    check_change,
    check_group,
    check_identifiers,
    group_numbers,
)
from .roles import check_role
from .users import User, check_identity, users


@dataclass(kw_only=True, eq=False)
class Participant(Record):
    """A chat user or a phone in a conversation.

    A chat user has an identity. A phone has an address, and a proxy address of the account. In a
    group text a chat user has a projected address, too, and a phone has no proxy address.
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
        for keyword, name in self.search_keys():
            yield self.conversation_sid, keyword, name

    def lists(self) -> Iterator[Hashable]:
        yield self.parent_sid
        for keyword, name in self.search_keys():
            yield self.chat_service_sid, keyword, name
        if self.messaging_binding_proxy_address:
            yield "pair", self.messaging_binding_address, self.messaging_binding_proxy_address
        projected = self.messaging_binding_projected_address
        if projected:
            yield self.chat_service_sid, "address", projected
        if number := self.messaging_binding_address or projected:
            yield "texting", self.conversation_sid
            yield "number", number

    def search_keys(self) -> Iterator[tuple[str, str]]:
        """The identity and the address, each with the keyword that requests use to search."""
        if self.identity:
            yield "identity", self.identity
        if self.messaging_binding_address:
            yield "address", self.messaging_binding_address

    @property
    def messaging_binding_type(self) -> str | None:
        return (self.messaging_binding or {}).get("type")

    @shown
    def messaging_binding(self) -> dict[str, str] | None:
        """The parts that are set; None for a chat user without addresses."""
        parts = {
            "address": self.messaging_binding_address,
            "proxy_address": self.messaging_binding_proxy_address,
            "projected_address": self.messaging_binding_projected_address,
        }
        binding = {name: value for name, value in parts.items() if value}
        return {"type": channel(next(iter(binding.values()))), **binding} if binding else None


MAX_CONVERSATIONS = 1000
"""The maximum number of open conversations of a chat user."""


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
        member = Identifiers.of(None, context.params)
        role = (
            None if member.in_group and member.address else defaults.default_conversation_role_sid
        )
        return {**super().defaults(context), "role_sid": role}

    def attributes_from(self, context: RequestContext) -> dict[str, Any]:
        values: dict[str, Any] = {
            name: None if value == "null" and name.startswith("messaging_binding") else value
            for name, value in super().attributes_from(context).items()
        }
        if "last_read_message_index" in values:
            here = context.store.get(Conversation, context.parent_sid)
            values |= read_horizon(context, here, values["last_read_message_index"])
            values.setdefault("last_read_timestamp", shown_moment(context.now))
        return values

    def check(
        self, context: RequestContext, values: Mapping[str, Any], record: Participant | None
    ) -> None:
        super().check(context, values, record)
        check_role(context, values, "conversation")
        if identity := values.get("identity"):
            check_identity(identity)
        if record:
            if not values.keys() & {*IDENTIFIERS}:  # the rules concern identifiers only
                return
            check_change(values, Identifiers.of(record))
        member = Identifiers.of(record, values)
        check_identifiers(member)
        check_addresses(member)
        if (
            not record
            and member.address
            and not values.get("messaging_binding_proxy_address", True)
        ):
            raise refusals.ProxyAddressEmpty
        if not context.may_use(values.get("messaging_binding_proxy_address")):
            raise refusals.ProxyAddressNotOwned
        if not context.may_use(values.get("messaging_binding_projected_address")):
            raise refusals.ProjectedAddressNotOwned
        others = [
            Identifiers.of(each)
            for each in self.texting_participants(context, context.parent_sid)
            if each is not record
        ]
        check_group(member, others)
        if (
            context.assumes("group-texting", "off")
            and len(group_numbers([*others, member])) >= MIN_IN_GROUP
        ):
            raise refusals.GroupTextingOff
        self.check_duplicates(context, values, record)
        if not record:
            count = len(context.store.of(Participant, context.parent_sid))
            check_capacity(member, others, count)
        if values.get("identity") and (not record or values["identity"] != record.identity):
            self.check_conversation_limit(context, values["identity"])
        if context.store.get(Conversation, context.parent_sid).state != "initializing":
            self.check_duplicate_group(
                context, [*others, member]
            )  # else more follow in the request

    def check_duplicates(
        self, context: RequestContext, values: Mapping[str, Any], record: Participant | None
    ) -> None:
        """Refuse an identity of this conversation, and a pair of addresses of an open one."""

        def here(keyword: str, name: str | None) -> bool:
            found = context.store.find_by(Participant, context.parent_sid, keyword, name)
            return found not in (None, record)

        if here("identity", values.get("identity")):
            raise refusals.ParticipantExists
        address = values.get("messaging_binding_address")
        proxy = values.get("messaging_binding_proxy_address")
        for other in context.store.of(Participant, ("pair", address, proxy)):
            if context.store.get(Conversation, other.conversation_sid).state != "closed":
                raise refusals.BindingExists(sid=other.conversation_sid)
        if here("address", address):
            raise refusals.BindingExists(sid=context.parent_sid)

    def check_conversation_limit(self, context: RequestContext, identity: str) -> None:
        """Refuse a chat user who is already in the maximum number of open conversations."""
        found = context.store.of(Participant, (context.parents[0].sid, "identity", identity))
        if len(found) >= MAX_CONVERSATIONS:
            above = [context.store.get(Conversation, each.conversation_sid) for each in found]
            if sum(each.state != "closed" for each in above) >= MAX_CONVERSATIONS:
                raise refusals.TooManyConversations

    def check_duplicate_group(
        self, context: RequestContext, members: Iterable[Identifiers]
    ) -> None:
        """Refuse a group text if another open one of the account has the same numbers."""
        group = group_numbers(members)
        if len(group) < MIN_IN_GROUP:
            return
        for each in context.store.of(Participant, ("number", min(group))):
            other = context.store.get(Conversation, each.conversation_sid)
            if other.sid == context.parent_sid or other.state == "closed":
                continue
            members = map(Identifiers.of, self.texting_participants(context, other.sid))
            if group_numbers(members) == group:
                raise refusals.GroupExists(sid=other.sid)

    def texting_participants(
        self, context: RequestContext, conversation_sid: str | None
    ) -> Sequence[Participant]:
        """The participants of a conversation that have an address or a projected address."""
        return context.store.of(Participant, ("texting", conversation_sid))

    def required(self, values: Mapping[str, Any]) -> list[str]:
        """A participant without an address needs an identity."""
        return [] if any("address" in keyword for keyword in values) else ["identity"]

    def find(self, account: Account, parent_sid: str | None, name: str) -> Participant | None:
        """The record with this sid, else with this identity."""
        found = super().find(account, parent_sid, name)
        return found or account.store.find_by(Participant, parent_sid, "identity", name)


def read_horizon(context: RequestContext, conversation: Conversation, index: int) -> dict[str, int]:
    """The attributes of a read horizon; the world may allow one after the last message."""
    if context.assumes("read-index-ahead", "clamped"):
        index = min(index, max(conversation._next_message_index - 1, 0))
    return {"last_read_message_index": index}


participants = Participants()
