"""Subscribers: the configured webhooks that want an event."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from .accounts import Account
from .deliveries import Delivery, build_delivery
from .events import Event, Subscriber
from .resources.conversations import Conversation
from .resources.scoped_webhooks import ScopedWebhook
from .resources.webhook_configurations import (
    WebhookConfiguration,
    WebhookSettings,
    service_webhooks,
    webhooks,
)


def event_deliveries(
    account: Account, event: Event, subscriber: Subscriber | None = None
) -> Sequence[Delivery]:
    """The deliveries of an event to *subscriber*, or for None to every subscriber of it."""
    event = _with_messaging_service(account, event)
    wanted_by = [subscriber] if subscriber else subscribers(account, event)
    return [build_delivery(event, each, account.sid) for each in wanted_by]


def _with_messaging_service(account: Account, event: Event) -> Event:
    """An event in a conversation with the messaging service of that conversation."""
    conversation = account.store.find(Conversation, event.params.get("conversation_sid"))
    if not conversation:
        return event
    service_sid = conversation.messaging_service_sid
    return replace(event, params={"messaging_service_sid": service_sid, **event.params})


def subscribers(account: Account, event: Event) -> Iterator[Subscriber]:
    """The configured webhook and those of the conversation, as far as they want *event*."""
    configured = _configured_for(account, event.name, event.params["chat_service_sid"])
    if configured and configured.post_webhook_url:
        yield Subscriber(configured.method or "POST", configured.post_webhook_url)
    if conversation := account.store.find(Conversation, event.params.get("conversation_sid")):
        for scoped in account.store.of(ScopedWebhook, conversation.sid):
            if scoped.wants(event):
                yield scoped.subscriber


def pre_event_subscriber(account: Account, event: str, service_sid: str) -> Subscriber | None:
    """The subscriber that answers the pre-event *event* of a service; None without one."""
    configured = _configured_for(account, event, service_sid)
    if not configured or not configured.pre_webhook_url:
        return None
    return Subscriber(configured.method or "POST", configured.pre_webhook_url)


def _configured_for(account: Account, event: str, service_sid: str) -> WebhookSettings | None:
    """The service's configuration if it has a URL, else the account's; if it wants *event*."""
    configured: WebhookSettings = service_webhooks.singleton(account, service_sid)
    if not (configured.pre_webhook_url or configured.post_webhook_url):
        configured = webhooks.singleton(account, None)
    to_flex = isinstance(configured, WebhookConfiguration) and configured.target == "flex"
    wanted = event in (configured.filters or ())
    return configured if wanted and not to_flex else None
