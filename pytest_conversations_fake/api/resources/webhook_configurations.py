"""Webhook configurations: what an account or a service tells of itself, and to which URL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from ..call import FETCH, UPDATE
from ..fields import Choice, Many, Text
from ..records import Record
from ..refusals import InvalidWebhookMethod
from ..resource import Resource

METHODS = ("GET", "POST")


@dataclass(kw_only=True, eq=False)
class WebhookConfiguration(Record):
    """What account and service have in common."""

    prefix = ""
    hidden = ("sid", "date_created", "date_updated")

    method: Annotated[str | None, Choice("Method", of=METHODS, invalid=InvalidWebhookMethod)] = None
    filters: Annotated[list[str] | None, Many("Filters")] = None
    pre_webhook_url: Annotated[str | None, Text("PreWebhookUrl")] = None
    post_webhook_url: Annotated[str | None, Text("PostWebhookUrl")] = None


@dataclass(kw_only=True, eq=False)
class AccountWebhooks(WebhookConfiguration):
    """The account's, which may hand all of it over to Flex."""

    target: Annotated[str, Choice("Target", of=("webhook", "flex"))] = "webhook"
    method: Annotated[str, Choice("Method", of=METHODS, invalid=InvalidWebhookMethod)] = "POST"
    filters: Annotated[list[str], Many("Filters")]


class WebhookConfigurations(Resource[AccountWebhooks]):
    record = AccountWebhooks
    noun = "ConfigurationWebhook"
    path = "Configuration/Webhooks"
    key = collection = "webhook_configuration"
    single = True
    verbs = (FETCH, UPDATE)


webhooks = WebhookConfigurations()


@dataclass(kw_only=True, eq=False)
class ServiceWebhooks(WebhookConfiguration):
    """A service's; nothing is set in a new one, not even the method."""

    chat_service_sid: str

    @property
    def parent_sid(self) -> str:
        return self.chat_service_sid


class ServiceWebhookConfigurations(Resource[ServiceWebhooks]):
    record = ServiceWebhooks
    noun = "ServiceWebhookConfiguration"
    path = "Configuration/Webhooks"
    key = collection = "service_webhook_configurations"
    single = True
    short = False
    verbs = (FETCH, UPDATE)


service_webhooks = ServiceWebhookConfigurations()
