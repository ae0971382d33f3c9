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
MOST, MOST_TEXTING, MOST_IN_GROUP = 1000, 50, 10

LEAST_IN_GROUP = 3
"""With fewer it may still become another one."""


# What makes somebody who it is, in the order of a person's attributes
WHO = (
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
        cls, participant: Record | None, sent: Mapping[str, Any] = MappingProxyType({})
    ) -> Identifiers:
        """A participant, if there is one already, with what a request sends."""
        return cls(*(sent.get(name, getattr(participant, name, None)) for name in WHO))

    @property
    def in_group(self) -> bool:
        """Whether it takes part as one does in group texts only."""
        return bool(self.projected or (self.address and not self.proxy))

    @property
    def number(self) -> str | None:
        """Where the others in a group text see it."""
        return self.address or self.projected


def check_who_it_is(person: Identifiers) -> None:
    if person.identity and (person.address or person.proxy):
        raise refusals.IdentityNotAcceptable
    if person.proxy and not person.address:
        raise refusals.AddressEmpty
    if not (person.identity or person.number):
        raise refusals.IdentityNotProvided


def check_addresses(person: Identifiers) -> None:
    """The form of the addresses, and whether they fit each other."""
    for number in filter(None, (person.address, person.projected)):
        if not is_address(number):
            raise refusals.InvalidAddress
    if person.proxy and not is_sender(person.proxy):
        raise refusals.InvalidProxyAddress
    if person.proxy and person.address == person.proxy:
        raise refusals.AddressIsProxyAddress
    if person.address and person.proxy and channel(person.address) != channel(person.proxy):
        raise refusals.ChannelsDiffer
    if person.address and person.projected:
        raise refusals.BindingParametersNotSupported
    if person.in_group and channel(person.number or "") != "sms":
        raise refusals.BindingParametersNotSupported


def check_change(sent: Mapping[str, Any], before: Identifiers) -> None:
    """What can not be made of somebody who is there already."""
    if sent.get("messaging_binding_proxy_address"):  # the one that it has is refused, too
        raise refusals.ProxyAddressNotAddable
    proxy = sent.get("messaging_binding_proxy_address", before.proxy)
    projected = "messaging_binding_projected_address"
    if before.address:
        if not proxy and channel(before.address) != "sms":
            raise refusals.ProxyAddressNotRemovable
        if sent.get("identity"):
            raise refusals.IdentityNotAddable
        if sent.get(projected):
            raise refusals.ProjectedAddressNotAddable
    elif projected in sent and not sent[projected] and not before.identity:
        raise refusals.ProjectedAddressNotRemovable


def check_group(person: Identifiers, others: Sequence[Identifiers]) -> None:
    """In a group text everybody has a number of their own, and there are not many of them."""
    if not person.in_group and not any(other.in_group for other in others):
        return
    if not person.number:
        raise refusals.ProjectedAddressNotProvided
    if person in others or any(
        person.in_group and person.address and person.address == other.address for other in others
    ):
        raise refusals.GroupParticipantExists
    if sum(bool(other.number) for other in others) >= MOST_IN_GROUP:
        raise refusals.TooManyInGroup


def check_there_is_room(person: Identifiers, texting: Sequence[Identifiers], people: int) -> None:
    """Among so many *people*, and those of them who are *texting*."""
    if people >= MOST:
        raise refusals.TooManyParticipants
    if person.address and sum(bool(other.address) for other in texting) >= MOST_TEXTING:
        raise refusals.TooManyTexting


def numbers(people: Iterable[Identifiers]) -> set[str]:
    """Where those who take part in a group text see each other."""
    return {person.number for person in people if person.in_group and person.number}
