"""Facts: attributes of a record that no request sets, with the fields that read them.

`add()` and seed files take them: the sid, the dates, and what Twilio sets itself.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from functools import cache
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

from ..api.fields import Day, Field, Flag, Int, Json, Many, Moment, Sid, Text
from ..api.resource import Resource
from ..api.sid_kinds import prefixes


class Data(Json):
    """Any data of JSON, for attributes whose type no other field reads."""

    def write(self, value: Any, keyword: str = "") -> list[str]:
        return [json.dumps(value)]

    def read(self, text: str) -> Any:
        return json.loads(text)


class Mappings(Data):
    """A list of mappings."""

    def write(self, value: Any, keyword: str = "") -> list[str]:
        if not isinstance(value, list) or not all(isinstance(each, Mapping) for each in value):
            raise self.type_error("a list of mappings", value, keyword)
        return super().write(value, keyword)


class Texts(Many):
    """A list of texts that the record holds as a tuple."""

    def read_all(self, texts: Sequence[str]) -> Any:
        return tuple(super().read_all(texts))


DATE = "a date, 2030-01-31, or with a time, 2030-01-31T12:00:00Z"

# The values that a kind of field accepts, for error messages
ACCEPTED: dict[type[Field], str] = {
    Data: "any JSON value",
    Day: DATE,
    Flag: "true or false",
    Int: "a whole number from 0 on",
    Mappings: "a list of mappings",
    Moment: DATE,
    Text: "a string",
    Texts: "a list of strings",
}

# The kind of field that reads an attribute, by the type of the attribute; bool is an int
FIELD_KINDS: dict[Any, type[Field]] = {
    str: Text,
    bool: Flag,
    int: Int,
    datetime: Moment,
    tuple[str, ...]: Texts,
    list[dict[str, Any]]: Mappings,
}


@cache
def facts_of(resource: Resource[Any]) -> dict[str, Field]:
    """The facts of a *resource*'s records, without their parents and account."""
    parameters = resource.parameters_of("Create", "Seed")
    from_place = ["account_sid", *(above.sid_keyword for above in resource.ancestors)]
    hints = get_type_hints(resource.record)
    return {
        each.name: resource.parameters.get(each.name) or _field(resource, each.name, hints)
        for each in fields(resource.record)
        if each.init and each.name not in {*parameters, *from_place}
    }


def public_facts(resource: Resource[Any]) -> dict[str, Field]:
    """The facts that `add()` accepts: seed files hold internal ones, too."""
    return {name: field for name, field in facts_of(resource).items() if name[0] != "_"}


def accepted_by(field: Field) -> str:
    """The values that the field of a fact accepts, for error messages."""
    if isinstance(field, Sid):
        return f"{field.prefix} and 32 hexadecimal digits"
    return ACCEPTED[type(field)]


def _field(resource: Resource[Any], name: str, hints: Mapping[str, Any]) -> Field:
    twilio_name = name.title().replace("_", "")
    prefix = resource.record.prefix if name == "sid" else prefixes().get(name)
    if prefix is not None:
        return Sid(twilio_name, prefix=prefix)
    types = get_args(hints[name]) if NoneType in get_args(hints[name]) else [hints[name]]
    kinds = (kind for known, kind in FIELD_KINDS.items() for each in types if _is_a(each, known))
    return next(kinds, Data)(twilio_name)


def _is_a(kind: Any, known: Any) -> bool:
    """Whether *kind* is a *known* type or, as the `datetime` of freezegun, derives from one."""
    are_classes = all(isinstance(each, type) and not get_origin(each) for each in (kind, known))
    return issubclass(kind, known) if are_classes else bool(kind == known)
