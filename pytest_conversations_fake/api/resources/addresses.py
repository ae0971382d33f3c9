"""Address configurations: the conversation that a text to a number of the account creates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from .. import refusals
from ..accounts import Account
from ..addresses import CHANNELS
from ..event_payloads import check_events
from ..events import SCOPED_EVENTS
from ..fields import Choice, Flag, Int, Many, Sid, Text
from ..parameters import FriendlyName
from ..records import Record, shown
from ..request_context import RequestContext
from ..resource import Resource

TYPES = ("sms", *CHANNELS, "chat")


class CasePreservingChoice(Choice):
    """A choice that keeps upper and lower case, as in the specification's example."""

    def read(self, text: str) -> str:
        super().read(text)
        return text


@dataclass(kw_only=True, eq=False)
class AddressConfiguration(Record):
    """The handling of a message that arrives at an address and belongs to no conversation."""

    prefix = "IG"

    type: Annotated[str, CasePreservingChoice("Type", required=True, only="Create", of=TYPES)]
    address: Annotated[str, Text("Address", required=True, only="Create", max=256)]
    friendly_name: FriendlyName = None
    address_country: Annotated[str | None, Text("AddressCountry", only="Create")] = None
    auto_creation_enabled: Annotated[bool, Flag("AutoCreation.Enabled")] = False
    auto_creation_type: Annotated[
        str, Choice("AutoCreation.Type", of=("webhook", "studio", "default"))
    ] = "default"
    auto_creation_conversation_service_sid: Annotated[
        str | None, Sid("AutoCreation.ConversationServiceSid", prefix="IS")
    ] = None
    auto_creation_webhook_url: Annotated[str | None, Text("AutoCreation.WebhookUrl")] = None
    auto_creation_webhook_method: Annotated[
        str | None, Choice("AutoCreation.WebhookMethod", of=("get", "post"))
    ] = None
    auto_creation_webhook_filters: Annotated[
        list[str] | None, Many("AutoCreation.WebhookFilters")
    ] = None
    auto_creation_studio_flow_sid: Annotated[
        str | None, Sid("AutoCreation.StudioFlowSid", prefix="FW")
    ] = None
    auto_creation_studio_retry_count: Annotated[
        int | None, Int("AutoCreation.StudioRetryCount", max=3)
    ] = None

    def keys(self) -> Iterator[tuple[str]]:
        yield (self.address,)

    @shown
    def auto_creation(self) -> dict[str, Any]:
        """Every part, including nulls, as in captured answers."""
        method = self.auto_creation_webhook_method
        if self.auto_creation_type == "webhook":
            method = method or "post"
        return {
            "enabled": self.auto_creation_enabled,
            "type": self.auto_creation_type,
            "conversation_service_sid": self.auto_creation_conversation_service_sid,
            "webhook_url": self.auto_creation_webhook_url,
            "webhook_method": method and method.upper(),
            "webhook_filters": self.auto_creation_webhook_filters,
            "studio_flow_sid": self.auto_creation_studio_flow_sid,
            "studio_retry_count": self.auto_creation_studio_retry_count,
            "binding_name": None,
        }


class Addresses(Resource[AddressConfiguration]):
    record = AddressConfiguration
    noun = "ConfigurationAddress"
    path = "Configuration/Addresses"
    key = collection = "address_configurations"
    filters = {"type": Text("Type")}

    def matches(self, record: AddressConfiguration, wanted: Mapping[str, Any]) -> bool:
        return "type" not in wanted or record.type.lower() == wanted["type"].lower()

    def check(
        self,
        context: RequestContext,
        values: Mapping[str, Any],
        record: AddressConfiguration | None,
    ) -> None:
        if not record and context.store.find_by(AddressConfiguration, values["address"]):
            raise refusals.AddressExists
        if not context.may_use(values.get("address")):
            raise refusals.AddressNotOwned
        if not context.may_use(values.get("auto_creation_studio_flow_sid")):
            raise refusals.UnknownFlow
        check_events(context, values, "auto_creation_webhook_filters", SCOPED_EVENTS)

    def find(
        self, account: Account, parent_sid: str | None, name: str
    ) -> AddressConfiguration | None:
        """The record with this sid, else with this address."""
        return super().find(account, parent_sid, name) or account.store.find_by(
            AddressConfiguration, name
        )


addresses = Addresses()
