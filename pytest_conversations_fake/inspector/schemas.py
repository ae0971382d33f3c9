"""Schemas of the answers of the control API, for its OpenAPI document.

The tests validate each answer that they get against its schema.
"""

from __future__ import annotations

from typing import Any

from .values import FLAG, MOMENT, OBJECT, Schema

Json = dict[str, Any]

TEXT: Schema = {"type": "string"}
COUNT: Schema = {"type": "integer", "minimum": 0}
NUMBER: Schema = {"type": "number"}
COUNTS: Schema = {"type": "object", "additionalProperties": {"type": "integer"}}


def record(**properties: Schema) -> Schema:
    """An object that has exactly these *properties*."""
    return {
        "type": "object",
        "properties": properties,
        "required": [*properties],
        "additionalProperties": False,
    }


def listed(schema: Schema) -> Schema:
    return {"type": "array", "items": schema}


def nullable(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def named(name: str) -> Schema:
    """The schema in `SCHEMAS` with this name."""
    return {"$ref": f"#/components/schemas/{name}"}


def constant(value: str) -> Schema:
    return {"type": "string", "const": value}


MAYBE_TEXT = nullable(TEXT)
MAYBE_COUNT = nullable(COUNT)

MEDIA = record(sid=TEXT, filename=MAYBE_TEXT, content_type=MAYBE_TEXT)

SIMULATOR_MESSAGE = {
    "sid": TEXT,
    "conversation_sid": TEXT,
    "index": COUNT,
    "author": MAYBE_TEXT,
    "body": MAYBE_TEXT,
    "media": listed(MEDIA),
    "date_created": MOMENT,
}
"""A message as phones and chat users see it."""

SCHEMAS: dict[str, Schema] = {
    "Error": record(error=TEXT),
    "State": record(
        name=TEXT,
        version=TEXT,
        url=TEXT,
        account_sid=TEXT,
        clock=named("Clock"),
        generation=COUNT,
        requests=COUNT,
        dropped=COUNT,
        deliveries=COUNT,
        errors=COUNT,
        counts=COUNTS,
        assumptions={"type": "object", "additionalProperties": TEXT},
        webhook_targets=listed(TEXT),
    ),
    "Clock": record(now=MOMENT, stopped=FLAG),
    "Entry": {
        "oneOf": [named("RequestEntry"), named("DeliveryEntry"), named("ActionEntry")],
        "discriminator": {
            "propertyName": "kind",
            "mapping": {
                "request": "#/components/schemas/RequestEntry",
                "delivery": "#/components/schemas/DeliveryEntry",
                "action": "#/components/schemas/ActionEntry",
            },
        },
    },
    "RequestEntry": record(
        kind=constant("request"),
        order=COUNT,
        number=COUNT,
        operation=MAYBE_TEXT,
        method=TEXT,
        path=TEXT,
        params=OBJECT,
        path_params=OBJECT,
        ignored=listed(TEXT),
        ignored_sentence=TEXT,
        account_sid=MAYBE_TEXT,
        status=COUNT,
        refused=FLAG,
        reason=TEXT,
        conflict=FLAG,
        rule=nullable(record(id=TEXT, certainty=TEXT, source=TEXT, behaviour=TEXT, override=TEXT)),
        faults=listed(TEXT),
        duration_ms=NUMBER,
        headers={"type": "object", "additionalProperties": TEXT},
        response=nullable(OBJECT),
    ),
    "DeliveryEntry": record(
        kind=constant("delivery"),
        order=COUNT,
        event=TEXT,
        url=TEXT,
        method=TEXT,
        form={"type": "object", "additionalProperties": TEXT},
        account_sid=TEXT,
        attempt=COUNT,
        status=MAYBE_COUNT,
        answer=TEXT,
        error=MAYBE_TEXT,
        failed=FLAG,
        outcome=TEXT,
        hint=TEXT,
        signed=nullable(record(url=TEXT, token_origin=TEXT)),
    ),
    "ActionEntry": record(
        kind=constant("action"),
        order=COUNT,
        subject=TEXT,
        name=TEXT,
        text=TEXT,
        sid=TEXT,
        error=MAYBE_TEXT,
    ),
    "Conversation": record(
        sid=TEXT,
        friendly_name=MAYBE_TEXT,
        unique_name=MAYBE_TEXT,
        state=TEXT,
        timers=OBJECT,
        date_created=MOMENT,
        account_sid=TEXT,
        service_sid=TEXT,
        service_name=TEXT,
        in_default_service=FLAG,
        participants=listed(named("Participant")),
        messages=listed(named("Message")),
        omitted_messages=COUNT,
    ),
    "Participant": record(
        sid=TEXT,
        name=TEXT,
        identity=MAYBE_TEXT,
        address=MAYBE_TEXT,
        proxy_address=MAYBE_TEXT,
        projected_address=MAYBE_TEXT,
        last_read_message_index=MAYBE_COUNT,
    ),
    "Message": record(
        sid=TEXT,
        index=COUNT,
        author=MAYBE_TEXT,
        body=MAYBE_TEXT,
        content_sid=MAYBE_TEXT,
        media=listed(MEDIA),
        date_created=MOMENT,
        receipts=listed(
            record(
                participant_sid=TEXT, participant=MAYBE_TEXT, status=TEXT, error_code=MAYBE_COUNT
            )
        ),
    ),
    "SimulatorMessage": record(**SIMULATOR_MESSAGE),
    "ReceivedMessage": record(**SIMULATOR_MESSAGE, sender=TEXT),
    "Fault": record(
        id=TEXT,
        fault=TEXT,
        arguments=OBJECT,
        on=MAYBE_TEXT,
        times=MAYBE_COUNT,
        after=COUNT,
        met=COUNT,
    ),
    "AvailableFault": record(
        fault=TEXT,
        description=TEXT,
        arguments=listed(record(name=TEXT, type=TEXT, required=FLAG, default={})),
    ),
    "Snapshot": record(id=TEXT, requests=COUNT),
}
