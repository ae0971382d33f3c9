"""Reading an entry: which keys it has, and what they hold."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..api.fields import Field, Json, Sid
from ..api.refusals import Refused
from ..expectations.misuse import unknown
from .entries import Entries, Entry, Located, kind_of
from .shape import Shape


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
                    params[name] = _value(shape.params[name], entry[key])
                else:
                    facts[name] = _fact(shape, name, entry[key])
    return params, facts


def _value(field: Field, said: Any) -> Any:
    if isinstance(field, Json) and isinstance(said, (Mapping, list)):
        said = json.dumps(said)
    if isinstance(said, (Mapping, list)) and not isinstance(said, Entries):
        raise TypeError(f"{field.name} takes no {kind_of(said).split()[-1]}")
    return field.read_all(field.write(said))


def _fact(shape: Shape, name: str, said: Any) -> Any:
    """A fact, which Twilio is not asked about."""
    field, key = shape.facts[name], name.lstrip("_")
    try:
        value = field.read_all(field.write(said))
    except (Refused, TypeError):
        if isinstance(field, Sid):
            form = f"{field.prefix} and 32 hexadecimal digits"
            raise ValueError(f"the {key} of {shape.name} is {form}, not {said!r}") from None
        raise ValueError(f"the {key} of {shape.name} can not be {said!r}") from None
    return tuple(value) if name == "_ran_out" else value
