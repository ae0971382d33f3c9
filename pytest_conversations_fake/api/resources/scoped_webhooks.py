"""Scoped webhooks: who is told of what happens in one conversation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from .. import refusals
from ..fields import Choice, Int, Many, Sid, Text
from ..records import Record, shown
from .conversations import InConversation


@dataclass(kw_only=True, eq=False)
class ScopedWebhook(Record):
    """A URL or a Studio flow that is told of events, or of messages with a keyword."""

    prefix = "WH"

    chat_service_sid: str
    conversation_sid: str
    target: Annotated[
        str,
        Choice(
            "Target",
            required=True,
            only="Create",
            of=("webhook", "trigger", "studio"),
            invalid=refusals.InvalidWebhookTarget,
        ),
    ]
    configuration_url: Annotated[
        str | None, Text("Configuration.Url", max=512, too_long=refusals.WebhookUrlTooLong)
    ] = None
    configuration_method: Annotated[str, Choice("Configuration.Method", of=("get", "post"))] = (
        "post"
    )
    configuration_filters: Annotated[list[str] | None, Many("Configuration.Filters")] = None
    configuration_triggers: Annotated[list[str] | None, Many("Configuration.Triggers")] = None
    configuration_flow_sid: Annotated[
        str | None,
        Sid("Configuration.FlowSid", prefix="FW", invalid=refusals.InvalidWebhookFlow),
    ] = None
    configuration_replay_after: Annotated[
        int | None, Int("Configuration.ReplayAfter", only="Create")
    ] = None

    @property
    def parent_sid(self) -> str:
        return self.conversation_sid

    @shown
    def configuration(self) -> dict[str, Any]:
        """What its target needs. Triggers are shown as such, as captured, not as the specification
        has them in its examples."""
        if self.target == "studio":
            return {"flow_sid": self.configuration_flow_sid}
        sent_to = {
            "url": self.configuration_url,
            "method": self.configuration_method.upper(),
        }
        if self.target == "trigger":
            return {**sent_to, "triggers": self.configuration_triggers}
        return {**sent_to, "filters": self.configuration_filters}


class ScopedWebhooks(InConversation[ScopedWebhook]):
    record = ScopedWebhook
    noun = "ConversationScopedWebhook"
    path = "Webhooks"
    key = "webhooks"
    collection = "scoped_webhooks"
    page_size = (5, 5)
    long_only = ("chat_service_sid",)


scoped_webhooks = ScopedWebhooks()
