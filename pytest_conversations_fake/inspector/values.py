"""Values of parameters, checked by their JSON schema.

The schemas use few keywords, so that one function can check values without a library. The OpenAPI
document has the same schemas.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from ..api.did_you_mean import unknown
from ..api.iso8601 import moment

Schema = Mapping[str, Any]

LARGEST = 2**53 - 1
"""The largest whole number that JavaScript has exactly."""

MAX_SHOWN = 60
"""Maximum number of characters of a wrong value in an error."""


def text(longest: int = 64 * 1024, shortest: int = 0) -> Schema:
    return {"type": "string", "minLength": shortest, "maxLength": longest}


def one_of(names: Sequence[str]) -> Schema:
    return {"type": "string", "enum": [*names]}


def whole(least: int = 0, most: int = LARGEST) -> Schema:
    return {"type": "integer", "minimum": least, "maximum": most}


def number(least: float, most: float) -> Schema:
    return {"type": "number", "minimum": least, "maximum": most}


STATUS: Schema = {"type": "string", "pattern": "^(0|[1-5]([0-9][0-9]|xx))$"}
FLAG: Schema = {"type": "boolean"}
MOMENT: Schema = {"type": "string", "format": "date-time"}
OBJECT: Schema = {"type": "object"}


def read(schema: Schema, name: str, value: Any) -> Any:
    """The *value* of the parameter *name*; a `datetime` for an instant. Raises `ValueError`."""
    if "anyOf" in schema:
        schema = next((each for each in schema["anyOf"] if _has_type(each, value)), schema)
    if "enum" in schema and isinstance(value, str) and value not in schema["enum"]:
        raise ValueError(unknown(f"{name} cannot be", value[:MAX_SHOWN], schema["enum"]))
    if not _has_type(schema, value) or not _is_in_range(schema, value):
        raise ValueError(f"{name} is {accepted(schema)}, not {shown(value)}")
    if schema.get("format") == "date-time":
        return _moment(schema, name, value)
    return value


def from_text(schema: Schema, name: str, value: str) -> Any:
    """The value of a parameter in a path or a query. Raises `ValueError`."""
    if schema.get("type") == "integer" and value.isascii() and value.isdigit() and len(value) < 20:
        return read(schema, name, int(value))
    if schema.get("type") == "boolean" and value in ("true", "false"):
        return value == "true"
    return read(schema, name, value)


def accepted(schema: Schema) -> str:
    """The values of a schema in words."""
    if "anyOf" in schema:
        return " or ".join(map(accepted, schema["anyOf"]))
    if "enum" in schema:
        return f"one of {', '.join(schema['enum'])}"
    match schema:
        case {"format": "date-time"}:
            return "an instant like 2030-01-31T12:00:00Z"
        case {"pattern": _}:
            return "a status like 404 or 4xx, or 0 for no answer"
        case {"type": "string", "minLength": least, "maxLength": most}:
            return f"a text of {least} to {most:,} characters"
        case {"type": "integer", "minimum": least, "maximum": most}:
            return f"a whole number from {least} {'on' if most == LARGEST else f'to {most:,}'}"
        case {"type": "number", "minimum": least, "maximum": most}:
            return f"a number from {least:,} to {most:,}"
        case {"type": "boolean"}:
            return "true or false"
    return "an object"


def _has_type(schema: Schema, value: Any) -> bool:
    match schema.get("type"):
        case "string":
            return isinstance(value, str)
        case "boolean":
            return isinstance(value, bool)
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "number":
            return isinstance(value, (int, float)) and not isinstance(value, bool)
        case "object":
            return isinstance(value, Mapping)
    return False


def _is_in_range(schema: Schema, value: Any) -> bool:
    match schema:
        case {"minimum": least, "maximum": most}:
            return bool(least <= value <= most)
        case {"minLength": least, "maxLength": most}:
            return bool(least <= len(value) <= most)
        case {"pattern": pattern}:
            return re.search(pattern, value) is not None
    return True


def _moment(schema: Schema, name: str, value: str) -> datetime:
    try:
        return moment(value)
    except (ValueError, OverflowError):
        raise ValueError(f"{name} is {accepted(schema)}, not {shown(value)}") from None


def shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, list):
        return "a list"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    shown = repr(value)
    return shown if len(shown) <= MAX_SHOWN else f"{shown[:MAX_SHOWN]}…"
