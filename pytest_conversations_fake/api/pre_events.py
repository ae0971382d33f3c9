"""Pre-events: an application is asked before something happens, and may refuse or change it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from copy import copy
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from .deliveries import Delivery, delivery
from .events import PRE_EVENTS
from .refusals import WebhookRefused
from .request_context import RequestContext
from .subscribers import pre_event_subscriber, with_messaging_service
from .verbs import CREATE, DELETE, UPDATE

if TYPE_CHECKING:
    from .operations import Operation
    from .records import Record

# What an answer may change, by what is asked of
CHANGEABLE = {"Conversation": ("friendly_name",), "Message": ("body", "author", "attributes")}

DONE = {"Create": "Add", "Update": "Update", "Delete": "Remove"}


def pre_event_delivery(
    context: RequestContext,
    operation: Operation,
    records: Sequence[Record],
    besides: Mapping[str, Any] = MappingProxyType({}),
) -> Delivery | None:
    """What is to be asked before *context* is carried out, if anything, and told *besides*.

    Raises a refusal for what would be refused in any case.
    """
    told = operation.resource.told
    done = DONE.get(operation.verb.name)
    name = f"on{told.noun}{done}" if told else ""
    if not told or not done or name not in PRE_EVENTS or not context.webhooks_enabled:
        return None
    if context.source == "API" and context.assumes("pre-events", "people"):
        return None
    subscriber = pre_event_subscriber(context.account, name, context.parents[0].sid)
    if not subscriber:
        return None
    record = operation.resource.build(context) if operation.verb is CREATE else copy(records[-1])
    if operation.verb is UPDATE:
        for attribute, value in operation.resource.changes(context, records[-1]).items():
            setattr(record, attribute, value)
    event = told.event(context, done, record, **besides)
    event = with_messaging_service(context.account, event)
    return delivery(event, subscriber, context.account.sid)


def verdict(operation: Operation, answered: Delivery) -> dict[str, list[str]]:
    """What the application changes: parameters, as if they had been sent so.

    What it does not answer, or what can not be read, changes nothing. Raises a refusal if the
    application refuses.
    """
    if answered.status is None:
        return {}
    if answered.status >= 400:
        raise WebhookRefused
    if operation.verb is DELETE:
        return {}
    try:
        changes: Any = json.loads(answered.answer or "{}")
    except ValueError:
        return {}
    told = operation.resource.told
    changeable = CHANGEABLE.get(told.noun, ()) if told else ()
    if not isinstance(changes, dict):
        return {}
    return {
        name: [changes[name] if isinstance(changes[name], str) else json.dumps(changes[name])]
        for name in changeable
        if changes.get(name) is not None
    }
