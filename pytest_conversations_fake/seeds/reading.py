"""Reading an entry: which keys it has, and what they hold."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..api.did_you_mean import unknown
from ..api.fields import Day, Field, Flag, Int, Json, Many, Moment, Sid, Text
from ..api.refusals import Refused
from .entries import Entries, Entry, Located, kind_of
from .shape import Parts, Shape


def check_keys(file: Located, name: str, entry: Entry, accepted: Iterable[str]) -> None:
    accepted = list(accepted)
    for key in entry:
        if key not in accepted:
            with file.at(entry.lines[key]):
                raise ValueError(unknown(f"{name} has no", key, accepted))


def entry_of(file: Located, holder: Entry, name: str) -> Entry:
    """The one entry of a noun that there is one of."""
    said = holder[name]
    with file.at(holder.lines[name]):
        if not isinstance(said, Entry):
            raise ValueError(f"{name} is a mapping, not {kind_of(said)}")
    return said


def entries_of(file: Located, holder: Entry, name: str) -> Iterator[Entry]:
    """All entries of a noun."""
    said = holder[name]
    with file.at(holder.lines[name]):
        if not isinstance(said, Entries):
            raise ValueError(f"{name} is a list of mappings, not {kind_of(said)}")
    for each, line in zip(said, said.lines):
        with file.at(line):
            if not isinstance(each, Entry):
                raise ValueError(f"{name} is a list of mappings; this one is {kind_of(each)}")
        yield each


def joined(file: Located, entry: Entry) -> int:
    """The place of a participant whose entry says it, in the order in which people joined."""
    said = entry["joined"]
    with file.at(entry.lines["joined"]):
        if not isinstance(said, int) or isinstance(said, bool) or said < 1:
            raise ValueError(f"joined is a whole number from 1 on, not {kind_of(said)}")
    return said


def values(file: Located, shape: Shape, entry: Entry) -> tuple[dict[str, Any], dict[str, Any]]:
    """What an entry says that a request could say, and the facts besides, by attribute."""
    params: dict[str, Any] = {}
    facts: dict[str, Any] = {}
    for key in entry:
        if name := shape.attributes.get(key):
            with file.at(entry.lines[key]):
                if entry[key] is None and name in shape.nullable:
                    facts[name] = None
                elif name in shape.params:
                    params[name] = _value(shape.params[name], key, entry[key])
                else:
                    facts[name] = _fact(shape, name, entry[key])
    return params, facts


def _value(field: Field, key: str, said: Any) -> Any:
    if isinstance(field, Json) and isinstance(said, (Mapping, list)):
        said = json.dumps(said)
    if isinstance(said, (Mapping, list)) and not isinstance(said, Entries):
        raise TypeError(f"{key} takes no {kind_of(said).split()[-1]}")
    return field.read_all(field.write(said, key))


DATE = "a date, 2030-01-31, or with a time, 2030-01-31T12:00:00Z"

# What a message calls what a fact can be
ACCEPTED: dict[type[Field], str] = {
    Day: DATE,
    Flag: "true or false",
    Int: "a whole number from 0 on",
    Many: "a list of texts",
    Moment: DATE,
    Parts: "a list of mappings",
    Text: "a text",
}


def _fact(shape: Shape, name: str, said: Any) -> Any:
    """A fact, which Twilio is not asked about."""
    field, key = shape.facts[name], name.lstrip("_")
    try:
        value = field.read_all(field.write(said))
    except (Refused, TypeError):
        if isinstance(field, Sid):
            accepted = f"{field.prefix} and 32 hexadecimal digits"
        else:
            accepted = ACCEPTED[type(field)]
        raise ValueError(f"the {key} of {shape.name} is {accepted}, not {kind_of(said)}") from None
    return tuple(value) if name == "_ran_out" else value
