"""Bindings: the devices that users registered for push notifications.

The mobile SDKs register devices. The fake has no such SDK, so only seeds create bindings.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import Annotated

from ..fields import Choice, Many, Sid, Text
from ..records import Record
from ..resource import Resource
from ..verbs import DELETE, FETCH, LIST

TYPES = ("apn", "gcm", "fcm", "twilsock")
MESSAGE_TYPES = ("new_message", "added_to_conversation", "removed_from_conversation")


@dataclass(kw_only=True, eq=False)
class Binding(Record):
    """A device of a user."""

    prefix = "BS"
    chat_service_sid: str
    identity: Annotated[str, Text("Identity", required=True, only="Seed")]
    endpoint: Annotated[str, Text("Endpoint", required=True, only="Seed")]
    credential_sid: Annotated[str | None, Sid("CredentialSid", prefix="CR", only="Seed")] = None
    binding_type: Annotated[str, Choice("BindingType", of=TYPES, only="Seed")] = "fcm"
    message_types: Annotated[
        list[str] | None,
        Many("MessageTypes", each=Choice("MessageTypes", of=MESSAGE_TYPES), only="Seed"),
    ] = None

    @property
    def parent_sid(self) -> str:
        return self.chat_service_sid

    def lists(self) -> Iterator[Hashable]:
        yield self.parent_sid
        yield self.chat_service_sid, "identity", self.identity


class Bindings(Resource[Binding]):
    record = Binding
    noun = "ServiceBinding"
    path = "Bindings"
    key = collection = "bindings"
    short = False
    verbs = (FETCH, DELETE, LIST)
    page_size = (50, 100)
    filters = {
        "binding_type": Many("BindingType", each=Choice("BindingType", of=TYPES[:3])),
        "identity": Many("Identity"),
    }


bindings = Bindings()
