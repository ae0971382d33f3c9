"""Entries of the time line as JSON: requests, deliveries and actions, without secrets.

Report pages show these entries, and programs of other languages read them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ..api.actions import Action
from ..api.assumptions import Assumptions
from ..api.deliveries import Delivery
from ..api.ignored_parameters import ignored_sentence
from ..api.iso8601 import shown_moment
from ..api.journal import RecordedRequest
from ..api.outside import Entry
from ..api.redaction import redacted
from ..api.rules import RULES
from ..api.secrets import without_passwords
from ..api.wording import cut

Json = dict[str, Any]

MAX_ACTION = 4000
"""Maximum number of characters of an action, whose argument may be a whole seed."""

_RULES = {rule.id: rule for rule in RULES}


def entry_data(entry: Entry, assumptions: Assumptions, *, max_response: int | None = None) -> Json:
    """An entry of any kind."""
    if isinstance(entry, RecordedRequest):
        return request_entry(entry, assumptions, max_response=max_response)
    return delivery_entry(entry) if isinstance(entry, Delivery) else action_entry(entry)


def request_entry(
    request: RecordedRequest, assumptions: Assumptions, *, max_response: int | None = None
) -> Json:
    """A request. If its answer as JSON is longer than *max_response*, the text is cut."""
    return {
        "kind": "request",
        "order": request.order,
        "number": request.number,
        "operation": request.operation,
        "method": request.method,
        "path": without_passwords(request.path),
        "params": _values(request.params),
        "path_params": _values(request.path_params),
        "ignored": list(request.ignored),
        "ignored_sentence": without_passwords(ignored_sentence(request)),
        "account_sid": request.account_sid,
        "status": request.status,
        "refused": request.refused,
        "reason": without_passwords(request.reason),
        "conflict": request.conflict is not None,
        "rule": _rule(request.rule, assumptions),
        "faults": [str(fault) for fault in request.faults],
        "duration_ms": round(request.duration * 1000, 1),
        "headers": _values(request.headers),
        "response": _cut(_shown(redacted("", request.response)), max_response),
    }


def delivery_entry(delivery: Delivery) -> Json:
    """A webhook, with its signature and the application's answer."""
    signing = delivery.signing
    return {
        "kind": "delivery",
        "order": delivery.order,
        "event": delivery.event,
        "url": without_passwords(delivery.url),
        "method": delivery.method,
        "form": _values(delivery.form),
        "account_sid": delivery.account_sid,
        "attempt": delivery.attempt,
        "status": delivery.status,
        "answer": without_passwords(delivery.answer),
        "error": without_passwords(delivery.error) if delivery.error else None,
        "failed": delivery.failed,
        "outcome": without_passwords(delivery.outcome),
        "hint": delivery.hint,
        "signed": signing
        and {"url": without_passwords(signing.url), "token_origin": signing.token_origin},
    }


def action_entry(action: Action) -> Json:
    """A call of a test or a person that changed the fake without a request."""
    return {
        "kind": "action",
        "order": action.order,
        "subject": without_passwords(action.subject),
        "name": action.name,
        "text": cut(without_passwords(action.text), MAX_ACTION),
        "sid": action.sid,
        "error": without_passwords(action.error) if action.error else None,
    }


def _rule(id: str | None, assumptions: Assumptions) -> Json | None:
    """The row of `rules.md`, and the arguments that override it, if a test can change it."""
    rule = _RULES.get(id or "")
    if not rule:
        return None
    return {
        "id": rule.id,
        "certainty": rule.certainty,
        "source": rule.source,
        "behaviour": rule.behaviour,
        "override": assumptions.otherwise(rule.id),
    }


def _values(values: Mapping[str, object]) -> Json:
    return {name: _shown(redacted(name, value)) for name, value in values.items()}


def _shown(value: object) -> Any:
    """*value* in the types of JSON, with dates as the API shows them."""
    if isinstance(value, datetime):
        return shown_moment(value)
    if isinstance(value, Mapping):
        return {str(name): _shown(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_shown(each) for each in value]
    return value


def _cut(value: Any, length: int | None) -> Any:
    text = "" if length is None else json.dumps(value, ensure_ascii=False)
    if length is None or len(text) <= length:
        return value
    return f"{text[:length]}… ({len(text):,} characters in all)"
