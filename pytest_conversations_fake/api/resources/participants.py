"""Participants: who takes part in a conversation, by chat or by phone."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from .. import refusals
from ..addresses import channel, is_address
from ..call import Call
from ..fields import Int, Sid, Text, shown_moment
from ..parameters import DateCreated, DateUpdated, json_attributes
from ..records import Record, shown
from .configurations import service_configurations
from .conversations import Conversation, InConversation
from .roles import check_role
from .users import User, check_identity, users

if TYPE_CHECKING:
    from ..accounts import Account


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
    role_sid: Annotated[str | None, Sid("RoleSid", prefix="RL")] = None
    last_read_message_index: Annotated[
        int | None,
        Int("LastReadMessageIndex", only="Update", invalid=refusals.InvalidLastReadMessageIndex),
    ] = None
    last_read_timestamp: Annotated[str | None, Text("LastReadTimestamp", only="Update")] = None
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

    def names(self) -> Iterator[tuple[str, str]]:
        """What people look for: who it is, and where to reach them."""
        if self.identity:
            yield "identity", self.identity
        if self.messaging_binding_address:
            yield "address", self.messaging_binding_address

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


class Participants(InConversation[Participant]):
    record = Participant
    noun = "ConversationParticipant"
    path = "Participants"
    key = collection = "participants"
    page_size = (50, 100)
    hooked = True
    long_only = ("chat_service_sid",)

    def create(self, call: Call) -> Participant:
        return self.known(call, super().create(call))

    def update(self, call: Call, record: Participant) -> Participant:
        return self.known(call, super().update(call, record))

    def known(self, call: Call, participant: Participant) -> Participant:
        """A participant whose identity, if there is one, is a user's."""
        service, identity = call.parents[0], participant.identity
        if identity and not call.store.find_by(User, service.sid, identity):
            users.create(call.at(service, identity=identity))
        return participant

    def given(self, call: Call) -> dict[str, Any]:
        defaults = service_configurations.only(call.account, call.parents[0].sid)
        return {**super().given(call), "role_sid": defaults.default_conversation_role_sid}

    def sent(self, call: Call) -> dict[str, Any]:
        sent = {
            name: None if value == "null" and name.startswith("messaging_binding") else value
            for name, value in super().sent(call).items()
        }
        if "last_read_message_index" in sent:
            sent.setdefault("last_read_timestamp", shown_moment(call.now))
        return sent

    def check(self, call: Call, sent: Mapping[str, Any], record: Participant | None) -> None:
        super().check(call, sent, record)
        check_role(call, sent, "conversation")
        _check_who_it_is(sent, record)
        _check_addresses(sent, record)
        _check_nobody_is_twice(call, sent, record)
        if not record:
            _check_there_is_room(call, sent)

    def required(self, sent: Mapping[str, Any]) -> list[str]:
        """Whoever does not text must have an identity."""
        return [] if any("address" in keyword for keyword in sent) else ["identity"]

    def find(self, account: Account, parent_sid: str | None, name: str) -> Participant | None:
        """By its sid, else by its identity."""
        found = super().find(account, parent_sid, name)
        return found or account.store.find_by(Participant, parent_sid, "identity", name)


# The most that a conversation takes, and of these who do not chat
MOST, MOST_TEXTING = 1000, 50


def _check_who_it_is(sent: Mapping[str, Any], record: Participant | None) -> None:
    """Somebody has an identity or an address, and in a group text perhaps a projected address."""
    identity, address, proxy, projected = (
        sent.get(name, getattr(record, name, None))
        for name in (
            "identity",
            "messaging_binding_address",
            "messaging_binding_proxy_address",
            "messaging_binding_projected_address",
        )
    )
    if identity:
        check_identity(identity)
    if identity and (address or proxy):
        raise refusals.IdentityNotAcceptable
    if proxy and not address:
        raise refusals.AddressEmpty
    if not (identity or address or projected):
        raise refusals.IdentityNotProvided


def _check_addresses(sent: Mapping[str, Any], record: Participant | None) -> None:
    address = sent.get("messaging_binding_address")
    proxy = sent.get("messaging_binding_proxy_address")
    if record and proxy not in (None, record.messaging_binding_proxy_address):
        raise refusals.ProxyAddressNotAddable
    if address and not is_address(address):
        raise refusals.InvalidAddress
    if proxy and not is_address(proxy):
        raise refusals.InvalidProxyAddress
    if address and not proxy and "messaging_binding_proxy_address" in sent:
        raise refusals.ProxyAddressEmpty
    if address and address == proxy:
        raise refusals.AddressIsProxyAddress
    if address and proxy and channel(address) != channel(proxy):
        raise refusals.ChannelsDiffer


def _check_nobody_is_twice(call: Call, sent: Mapping[str, Any], record: Participant | None) -> None:
    """An identity is in a conversation once, and a pair of addresses in an open one of them all."""
    identity = sent.get("identity")
    if call.store.find_by(Participant, call.parent_sid, "identity", identity) not in (None, record):
        raise refusals.ParticipantExists
    address = sent.get("messaging_binding_address")
    proxy = sent.get("messaging_binding_proxy_address")
    for other in call.store.of(Participant, ("pair", address, proxy)):
        if call.store.get(Conversation, other.conversation_sid).state != "closed":
            raise refusals.BindingExists(sid=other.conversation_sid)
    if call.store.find_by(Participant, call.parent_sid, "address", address) not in (None, record):
        raise refusals.BindingExists(sid=call.parent_sid)


def _check_there_is_room(call: Call, sent: Mapping[str, Any]) -> None:
    people = call.store.of(Participant, call.parent_sid)
    if len(people) >= MOST:
        raise refusals.TooManyParticipants
    texting = sum(person.messaging_binding_address is not None for person in people)
    if sent.get("messaging_binding_address") and texting >= MOST_TEXTING:
        raise refusals.TooManyTexting


participants = Participants()
