"""Scoped webhooks: the subscribers of events in one conversation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from .. import refusals
from ..event_payloads import check_events
from ..events import SCOPED_EVENTS, Event, Subscriber
from ..fields import Choice, Int, Many, Sid, Text
from ..records import Record, shown
from ..request_context import RequestContext
from .conversations import InConversation
from .messages import Message, messages


class Url(Text):
    """The URL of an application."""

    def example(self, name: str) -> str:
        return f"https://example.com/{name}"


class EventName(Text):
    """The name of an event. Twilio's own examples have names that do not exist."""

    def example(self, name: str) -> str:
        return "onMessageAdded"


@dataclass(kw_only=True, eq=False)
class ScopedWebhook(Record):
    """A URL or a Studio flow that gets events, or messages that contain a trigger."""

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
            empty=refusals.WebhookTargetEmpty,
        ),
    ]
    configuration_url: Annotated[
        str | None, Url("Configuration.Url", max=512, too_long=refusals.WebhookUrlTooLong)
    ] = None
    configuration_method: Annotated[str, Choice("Configuration.Method", of=("get", "post"))] = (
        "post"
    )
    configuration_filters: Annotated[
        list[str] | None, Many("Configuration.Filters", each=EventName(""))
    ] = None
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
        """The parameters of its target.

        Captures show the triggers as `triggers`; the specification's examples do not.
        """
        if self.target == "studio":
            return {"flow_sid": self.configuration_flow_sid}
        endpoint = {
            "url": self.configuration_url,
            "method": self.configuration_method.upper(),
        }
        if self.target == "trigger":
            return {**endpoint, "triggers": self.configuration_triggers}
        return {**endpoint, "filters": self.configuration_filters}

    @property
    def subscriber(self) -> Subscriber:
        """The subscriber of its events. A Studio flow has no URL, so its sid takes that place."""
        url = self.configuration_flow_sid if self.target == "studio" else self.configuration_url
        return Subscriber(self.configuration_method.upper(), url or "", self.sid)

    def wants(self, event: Event) -> bool:
        """Whether it subscribes to *event*.

        It is a guess that a trigger matches anywhere in the text, in upper or lower case.
        """
        if self.target == "webhook":
            return event.name in (self.configuration_filters or ())
        if event.name != "onMessageAdded":
            return False
        body = (event.params.get("body") or "").lower()
        triggers = self.configuration_triggers or ()
        return self.target == "studio" or any(each.lower() in body for each in triggers)


# The parameters that each target requires, with the refusal of a request without them
REQUIRED_BY_TARGET: dict[str, dict[str, type[refusals.Refused]]] = {
    "webhook": {
        "configuration_url": refusals.WebhookUrlNotProvided,
        "configuration_filters": refusals.WebhookFilterNotProvided,
    },
    "trigger": {
        "configuration_url": refusals.WebhookUrlNotProvided,
        "configuration_triggers": refusals.WebhookTriggerNotProvided,
    },
    "studio": {"configuration_flow_sid": refusals.WebhookFlowNotProvided},
}


class ScopedWebhooks(InConversation[ScopedWebhook]):
    record = ScopedWebhook
    noun = "ConversationScopedWebhook"
    path = "Webhooks"
    key = "webhooks"
    collection = "scoped_webhooks"
    page_size = (5, 5)
    long_only = ("chat_service_sid",)

    def create(self, context: RequestContext) -> ScopedWebhook:
        """Create a webhook, and publish the messages after `ReplayAfter` to it."""
        webhook = super().create(context)
        if webhook.configuration_replay_after is not None:
            for message in context.store.of(Message, webhook.conversation_sid):
                if message.index > webhook.configuration_replay_after:
                    event = messages.payload.event(context, "Added", message)
                    context.account.publish(event, webhook.subscriber)
        return webhook

    def required(self, values: Mapping[str, Any]) -> list[str]:
        return ["target", *REQUIRED_BY_TARGET.get(values.get("target", "webhook"), ())]

    def check(
        self, context: RequestContext, values: Mapping[str, Any], record: ScopedWebhook | None
    ) -> None:
        super().check(context, values, record)
        if not record and len(context.store.of(ScopedWebhook, context.parent_sid)) >= 5:
            raise refusals.TooManyWebhooks
        resulting = {**(vars(record) if record else {}), **values}
        for keyword, refusal in REQUIRED_BY_TARGET.get(resulting["target"], {}).items():
            if not resulting.get(keyword):
                raise refusal
        triggers = values.get("configuration_triggers") or []
        if len(triggers) > 5:
            raise refusals.TooManyTriggers
        if not all(1 <= len(trigger) <= 248 for trigger in triggers):
            raise refusals.InvalidTrigger
        check_events(
            context, values, "configuration_filters", SCOPED_EVENTS, refusals.UnknownScopedEvent
        )
        if not context.may_use(values.get("configuration_flow_sid")):
            raise refusals.UnknownFlow


scoped_webhooks = ScopedWebhooks()
