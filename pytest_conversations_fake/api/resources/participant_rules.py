"""Who may join a conversation, and as what.

The participants' own module asks these in order. None of them looks anything up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from .. import refusals
from ..addresses import channel, is_address, is_sender
from ..records import Record

# The most that a conversation takes, of these who do not chat, and in a group text
MAX_PARTICIPANTS, MAX_TEXTING, MAX_IN_GROUP = 1000, 50, 10

MIN_IN_GROUP = 3
"""With fewer it may still become another one."""


# What makes somebody who it is, in the order of a person's attributes
IDENTIFIERS = (
    "identity",
    "messaging_binding_address",
    "messaging_binding_proxy_address",
    "messaging_binding_projected_address",
)


@dataclass(frozen=True)
class Identifiers:
    """What somebody has, or will have: who chats an identity, who texts an address."""

    identity: str | None
    address: str | None
    proxy: str | None
    projected: str | None

    @classmethod
    def of(
        cls, participant: Record | None, values: Mapping[str, Any] = MappingProxyType({})
    ) -> Identifiers:
        """A participant, if there is one already, with what a request sends."""
        return cls(*(values.get(name, getattr(participant, name, None)) for name in IDENTIFIERS))

    @property
    def in_group(self) -> bool:
        """Whether it takes part as one does in group texts only."""
        return bool(self.projected or (self.address and not self.proxy))

    @property
    def number(self) -> str | None:
        """Where the others in a group text see it."""
        return self.address or self.projected


def check_identifiers(member: Identifiers) -> None:
    if member.identity and (member.address or member.proxy):
        raise refusals.IdentityNotAcceptable
    if member.proxy and not member.address:
        raise refusals.AddressEmpty
    if not (member.identity or member.number):
        raise refusals.IdentityNotProvided


def check_addresses(member: Identifiers) -> None:
    """The form of the addresses, and whether they fit each other."""
    for number in filter(None, (member.address, member.projected)):
        if not is_address(number):
            raise refusals.InvalidAddress
    if member.proxy and not is_sender(member.proxy):
        raise refusals.InvalidProxyAddress
    if member.proxy and member.address == member.proxy:
        raise refusals.AddressIsProxyAddress
    if member.address and member.proxy and channel(member.address) != channel(member.proxy):
        raise refusals.ChannelsDiffer
    if member.address and member.projected:
        raise refusals.BindingParametersNotSupported
    if member.in_group and channel(member.number or "") != "sms":
        raise refusals.BindingParametersNotSupported


def check_change(values: Mapping[str, Any], before: Identifiers) -> None:
    """What can not be made of somebody who is there already."""
    if values.get("messaging_binding_proxy_address"):  # the one that it has is refused, too
        raise refusals.ProxyAddressNotAddable
    proxy = values.get("messaging_binding_proxy_address", before.proxy)
    projected = "messaging_binding_projected_address"
    if before.address:
        if not proxy and channel(before.address) != "sms":
            raise refusals.ProxyAddressNotRemovable
        if values.get("identity"):
            raise refusals.IdentityNotAddable
        if values.get(projected):
            raise refusals.ProjectedAddressNotAddable
    elif projected in values and not values[projected] and not before.identity:
        raise refusals.ProjectedAddressNotRemovable


def check_group(member: Identifiers, others: Sequence[Identifiers]) -> None:
    """In a group text everybody has a number of their own, and there are not many of them."""
    if not member.in_group and not any(other.in_group for other in others):
        return
    if not member.number:
        raise refusals.ProjectedAddressNotProvided
    if member in others or any(
        member.in_group and member.address and member.address == other.address for other in others
    ):
        raise refusals.GroupParticipantExists
    if sum(bool(other.number) for other in others) >= MAX_IN_GROUP:
        raise refusals.TooManyInGroup


def check_capacity(member: Identifiers, texting: Sequence[Identifiers], count: int) -> None:
    """Among so many *people*, and those of them who are *texting*."""
    if count >= MAX_PARTICIPANTS:
        raise refusals.TooManyParticipants
    if member.address and sum(bool(other.address) for other in texting) >= MAX_TEXTING:
        raise refusals.TooManyTexting


def group_numbers(members: Iterable[Identifiers]) -> set[str]:
    """Where those who take part in a group text see each other."""
    return {member.number for member in members if member.in_group and member.number}
