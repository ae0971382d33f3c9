"""Rules of joining a conversation.

`participants` applies these checks in order. They do not use the store.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from .. import refusals
from ..addresses import channel, is_address, is_sender
from ..records import Record

# The maximum of participants in a conversation, of texting participants, and in a group text
MAX_PARTICIPANTS, MAX_TEXTING, MAX_IN_GROUP = 1000, 50, 10

MIN_IN_GROUP = 3
"""A smaller group text may equal another one, because participants may still join it."""


# The keywords that identify a participant, in the order of the attributes of `Identifiers`
IDENTIFIERS = (
    "identity",
    "messaging_binding_address",
    "messaging_binding_proxy_address",
    "messaging_binding_projected_address",
)


@dataclass(frozen=True)
class Identifiers:
    """Identity and addresses of a participant: a chat user has an identity, a phone an address."""

    identity: str | None
    address: str | None
    proxy: str | None
    projected: str | None

    @classmethod
    def of(
        cls, participant: Record | None, values: Mapping[str, Any] = MappingProxyType({})
    ) -> Identifiers:
        """The identifiers in the *values* of a request, else those of the *participant*."""
        return cls(*(values.get(name, getattr(participant, name, None)) for name in IDENTIFIERS))

    @property
    def in_group(self) -> bool:
        """Whether the identifiers are possible in group texts only."""
        return bool(self.projected or (self.address and not self.proxy))

    @property
    def number(self) -> str | None:
        """The number that the other members of a group text see."""
        return self.address or self.projected


def check_identifiers(member: Identifiers) -> None:
    if member.identity and (member.address or member.proxy):
        raise refusals.IdentityNotAcceptable
    if member.proxy and not member.address:
        raise refusals.AddressEmpty
    if not (member.identity or member.number):
        raise refusals.IdentityNotProvided


def check_addresses(member: Identifiers) -> None:
    """Refuse malformed addresses, and addresses that do not fit each other."""
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
    """Refuse changes of identity and addresses that an existing participant does not allow."""
    if values.get("messaging_binding_proxy_address"):  # even if it is unchanged
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
    """Refuse a member without a number of its own, and a member beyond the maximum."""
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
    """Refuse a *member* if *count* participants, or the *texting* ones, are the maximum."""
    if count >= MAX_PARTICIPANTS:
        raise refusals.TooManyParticipants
    if member.address and sum(bool(other.address) for other in texting) >= MAX_TEXTING:
        raise refusals.TooManyTexting


def group_numbers(members: Iterable[Identifiers]) -> set[str]:
    """The numbers that the members of a group text see."""
    return {member.number for member in members if member.in_group and member.number}
