"""Hooks: who is told of an event, by the configurations of webhooks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from .accounts import Account
from .events import Event
from .resources.conversations import Conversation
from .resources.scoped_webhooks import ScopedWebhook
from .resources.webhook_configurations import (
    AccountWebhooks,
    WebhookConfiguration,
    service_webhooks,
    webhooks,
)


@dataclass(frozen=True)
class Subscriber:
    """Where to tell of an event."""

    method: str
    url: str
    webhook_sid: str | None = None
    """Of a conversation's webhook: its sid, `WH…`. Configured webhooks have none."""


def with_messaging_service(account: Account, event: Event) -> Event:
    """An event of something in a conversation, with the messaging service of that."""
    conversation = account.store.find(Conversation, event.params.get("conversation_sid"))
    if not conversation:
        return event
    service_sid = conversation.messaging_service_sid
    return replace(event, params={"messaging_service_sid": service_sid, **event.params})


def hooks(account: Account, event: Event) -> Iterator[Subscriber]:
    """Those that are told of *event*: the configured one, and those of its conversation."""
    configured = configured_for(account, event.name, event.params["chat_service_sid"])
    if configured and configured.post_webhook_url:
        yield Subscriber(configured.method or "POST", configured.post_webhook_url)
    if conversation := account.store.find(Conversation, event.params.get("conversation_sid")):
        for scoped in account.store.of(ScopedWebhook, conversation.sid):
            if listens(scoped, event):
                yield hook(scoped)


def pre_event_subscriber(account: Account, event: str, service_sid: str) -> Subscriber | None:
    """The subscriber that answers the pre-event *event* of a service; None without one."""
    configured = configured_for(account, event, service_sid)
    if not configured or not configured.pre_webhook_url:
        return None
    return Subscriber(configured.method or "POST", configured.pre_webhook_url)


def configured_for(account: Account, event: str, service_sid: str) -> WebhookConfiguration | None:
    """The service's configuration if it has a URL, else the account's; if it wants the event."""
    configured: WebhookConfiguration = service_webhooks.singleton(account, service_sid)
    if not (configured.pre_webhook_url or configured.post_webhook_url):
        configured = webhooks.singleton(account, None)
    to_flex = isinstance(configured, AccountWebhooks) and configured.target == "flex"
    wanted = event in (configured.filters or ())
    return configured if wanted and not to_flex else None


def hook(scoped: ScopedWebhook) -> Subscriber:
    """Where a webhook of a conversation is told; a Studio flow has no URL but its sid."""
    where = scoped.configuration_flow_sid if scoped.target == "studio" else scoped.configuration_url
    return Subscriber(scoped.configuration_method.upper(), where or "", scoped.sid)


def listens(scoped: ScopedWebhook, event: Event) -> bool:
    """Whether a webhook of a conversation wants to be told of *event*.

    That a keyword is looked for anywhere in the text, and in any case, is a guess.
    """
    if scoped.target == "webhook":
        return event.name in (scoped.configuration_filters or ())
    if event.name != "onMessageAdded":
        return False
    body = (event.params.get("body") or "").lower()
    words = scoped.configuration_triggers or ()
    return scoped.target == "studio" or any(word.lower() in body for word in words)
