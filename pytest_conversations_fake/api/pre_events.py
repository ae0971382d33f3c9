"""Pre-events: before Twilio acts it asks an application, which may refuse or change the action."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from copy import copy
from types import MappingProxyType
from typing import Any

from .deliveries import Delivery
from .events import PRE_EVENTS
from .operations import Operation
from .records import Record
from .refusals import WebhookRefused
from .request_context import RequestContext
from .subscribers import event_deliveries, pre_event_subscriber
from .verbs import CREATE, DELETE, UPDATE

# The parameters that an answer may change, by the noun of the event
CHANGEABLE = {"Conversation": ("friendly_name",), "Message": ("body", "author", "attributes")}

# The actions in the names of pre-events, by verb
PRE_EVENT_ACTIONS = {"Create": "Add", "Update": "Update", "Delete": "Remove"}


def pre_event_delivery(
    context: RequestContext,
    operation: Operation,
    records: Sequence[Record],
    params: Mapping[str, Any] = MappingProxyType({}),
) -> Delivery | None:
    """The pre-event to deliver before *context* is carried out; None without a subscriber.

    Its event carries *params*, too. Raises a refusal if the request is refused in any case.
    """
    payload = operation.resource.payload
    action = PRE_EVENT_ACTIONS.get(operation.verb.name)
    name = f"on{payload.noun}{action}" if payload else ""
    if not payload or not action or name not in PRE_EVENTS or not context.webhooks_enabled:
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
    event = payload.event(context, action, record, **params)
    [delivery] = event_deliveries(context.account, event, subscriber)
    return delivery


def read_changes(operation: Operation, answered: Delivery) -> dict[str, list[str]]:
    """The parameters that the answer of an application changes, as texts of a request.

    No answer, or one that is not a JSON object, changes nothing. Raises a refusal if the
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
    payload = operation.resource.payload
    changeable = CHANGEABLE.get(payload.noun, ()) if payload else ()
    if not isinstance(changes, dict):
        return {}
    return {
        name: [changes[name] if isinstance(changes[name], str) else json.dumps(changes[name])]
        for name in changeable
        if changes.get(name) is not None
    }
