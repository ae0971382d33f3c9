"""Webhook configurations: the events that an account or a service sends, and their URLs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from .. import refusals
from ..accounts import Account
from ..event_payloads import check_events
from ..events import ACCOUNT_EVENTS, PRE_EVENTS, SERVICE_EVENTS
from ..fields import Choice, Many, Text
from ..records import Record
from ..request_context import RequestContext
from ..resource import R, Resource
from ..secrets import without_passwords
from ..verbs import FETCH, UPDATE
from ..wording import visible

METHODS = ("GET", "POST")


class AbsoluteUrl(Text):
    """An HTTP URL with a host, of at most 512 characters, or an empty text."""

    def read(self, text: str) -> str:
        if len(text) > 512 or (text and not re.match("https?://[^/]", text, re.IGNORECASE)):
            raise self.refusal(text)
        return super().read(text)

    def example(self, name: str) -> str:
        return f"https://example.com/{name}"


@dataclass(kw_only=True, eq=False)
class WebhookSettings(Record):
    """The attributes that accounts and services share."""

    prefix = ""
    hidden = ("sid", "date_created", "date_updated")

    method: Annotated[
        str | None, Choice("Method", of=METHODS, invalid=refusals.InvalidWebhookMethod)
    ] = None
    filters: Annotated[list[str] | None, Many("Filters")] = None
    pre_webhook_url: Annotated[
        str | None, AbsoluteUrl("PreWebhookUrl", invalid=refusals.InvalidPreWebhookUrl)
    ] = None
    post_webhook_url: Annotated[
        str | None, AbsoluteUrl("PostWebhookUrl", invalid=refusals.InvalidPostWebhookUrl)
    ] = None


@dataclass(kw_only=True, eq=False)
class WebhookConfiguration(WebhookSettings):
    """The configuration of an account. Its target may be Flex instead of a URL."""

    target: Annotated[str, Choice("Target", of=("webhook", "flex"))] = "webhook"
    method: Annotated[str, Choice("Method", of=METHODS, invalid=refusals.InvalidWebhookMethod)] = (
        "POST"
    )
    filters: Annotated[list[str], Many("Filters")]


class WebhookConfigurations(Resource[R]):
    """The behaviour that both configurations share."""

    events: ClassVar[Sequence[str]]
    path = "Configuration/Webhooks"
    single = True
    verbs = (FETCH, UPDATE)

    def check(self, context: RequestContext, values: Mapping[str, Any], record: R | None) -> None:
        check_events(context, values, "filters", self.events)


class AccountWebhookConfiguration(WebhookConfigurations[WebhookConfiguration]):
    record = WebhookConfiguration
    events = ACCOUNT_EVENTS
    noun = "ConfigurationWebhook"
    key = collection = "webhook_configuration"

    def configure(self, account: Account, url: str, events: Sequence[str]) -> None:
        """Configure the webhook of an account to send *events* to *url*.

        Raises `ValueError` if it is configured for another URL already.
        """
        configured = self.singleton(account, None)
        before = configured.post_webhook_url or configured.pre_webhook_url
        if before not in (None, url):
            shown = visible(without_passwords(before))
            raise ValueError(
                f"the account's webhook is configured for {shown} already, and "
                "it has one URL; leave out events, and configure more webhooks by the API"
            )
        account.store.change(
            configured,
            pre_webhook_url=url if {*events} & {*PRE_EVENTS} else None,
            post_webhook_url=url,
            filters=[*events],
        )


webhooks = AccountWebhookConfiguration()


@dataclass(kw_only=True, eq=False)
class ServiceWebhookConfiguration(WebhookSettings):
    """The configuration of a service. In a new one nothing is set, not even the method."""

    chat_service_sid: str

    @property
    def parent_sid(self) -> str:
        return self.chat_service_sid


class ServiceWebhookConfigurations(WebhookConfigurations[ServiceWebhookConfiguration]):
    def changes(
        self, context: RequestContext, record: ServiceWebhookConfiguration
    ) -> dict[str, Any]:
        """The changes. Any first change also replaces null filters by an empty list."""
        changes = super().changes(context, record)
        return {"filters": record.filters or [], **changes} if changes else changes

    record = ServiceWebhookConfiguration
    events = SERVICE_EVENTS
    noun = "ServiceWebhookConfiguration"
    key = collection = "service_webhook_configurations"
    short = False


service_webhooks = ServiceWebhookConfigurations()
