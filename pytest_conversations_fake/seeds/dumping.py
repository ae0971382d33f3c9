"""Dumping: an account as a seed file.

A dump leaves out the values that a load gives by itself, and the secrets of push credentials.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import MISSING, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from ..api.accounts import Account
from ..api.fields import Json
from ..api.iso8601 import shown_moment
from ..api.records import Record
from ..api.resource import Resource
from ..api.resources import services
from ..api.sids import Sids
from ..api.world import World
from .entries import in_file
from .files import write_file
from .schema import DEFAULT_SERVICE, FORMAT, FORMAT_KEY, Schema, top_level


def dump(world: World, account: Account, path: Path) -> None:
    """Write the records of an *account* to the file at *path*."""
    data = dump_data(world, account)
    with in_file(path):
        write_file(path, data)


def dump_data(world: World, account: Account) -> dict[str, Any]:
    """The records of an *account* in the format of seed files."""
    with world.settled():
        return _Dumper(world, account).data()


class _Dumper:
    """Turns the records of an account into the data of a file."""

    def __init__(self, world: World, account: Account) -> None:
        # Defaults may draw sids, and a dump does not change which sids the world draws next
        self._context = replace(world.request_context(account), sids=Sids(""))
        self._account = account
        self._schema = cache(Schema)
        self._ordered: dict[Resource[Any], list[tuple[Record, dict[str, Any]]]] = {}
        """The records whose order differs from the order of the file, each with its entry."""

    def data(self) -> dict[str, Any]:
        first = self._account.first_service
        data = {FORMAT_KEY: FORMAT, DEFAULT_SERVICE: self._attributes(services, [], first)}
        for resource in top_level():
            data |= self._collection(resource, [first] if resource.ancestors else [])
        for resource, entries in self._ordered.items():
            self._number(str(resource.seeding.order_key), entries)
        return data

    def _records(self, resource: Resource[Any], parents: Sequence[Record]) -> list[Record]:
        parent_sid = parents[-1].sid if parents else None
        records: Sequence[Record] = self._account.store.of(resource.record, parent_sid)
        return [each for each in records if each is not self._account.first_service]

    def _collection(self, resource: Resource[Any], parents: Sequence[Record]) -> dict[str, Any]:
        """The entries of a resource below *parents*, by the name of the collection."""
        records = self._records(resource, parents)
        entries = [entry for each in records if (entry := self._entry(resource, parents, each))]
        if not entries:
            return {}
        return {resource.collection: entries[0] if resource.single else entries}

    def _entry(
        self, resource: Resource[Any], parents: Sequence[Record], record: Record
    ) -> dict[str, Any]:
        entry = self._attributes(resource, parents, record)
        if resource.seeding.order_key:
            self._ordered.setdefault(resource, []).append((record, entry))
        for child in self._schema(resource).children:
            entry |= self._collection(child, [*parents, record])
        return entry

    def _attributes(
        self, resource: Resource[Any], parents: Sequence[Record], record: Record
    ) -> dict[str, Any]:
        schema = self._schema(resource)
        values = dict(vars(record))
        if values.get("state") == "initializing":  # ends with the next request
            values["state"] = self._account.pending_states[record.sid]
        defaults = self._defaults(resource, parents, record)
        secret = schema.secret
        return {
            key: _written(resource, name, values[name])
            for key, name in schema.attributes.items()
            if name not in secret and values[name] != defaults.get(name, MISSING)
        }

    def _defaults(
        self, resource: Resource[Any], parents: Sequence[Record], record: Record
    ) -> dict[str, Any]:
        """The attributes that a load sets if the entry of the record lacks them."""
        defaults = dict(self._schema(resource).class_defaults)
        if resource.single:
            return defaults
        values = {name: getattr(record, name) for name in self._schema(resource).parameters}
        params = {name: value for name, value in values.items() if value is not None}
        context = replace(self._context, now=record.date_created, parents=parents, params=params)
        attributes = resource.attributes_from(context)
        follow = {name: attributes[name] for name in attributes if name not in values}
        defaults |= {"date_updated": record.date_created, **resource.defaults(context), **follow}
        for name in resource.required(params):  # a load numbers a required value left out
            defaults.pop(name, None)
        return defaults

    def _number(self, key: str, entries: Sequence[tuple[Record, dict[str, Any]]]) -> None:
        """Number *entries* if dates do not tell in which order their records were created."""
        position = self._account.store.position
        by_date = sorted((record for record, _ in entries), key=lambda each: each.date_created)
        positions = [[position(each) for each in listed] for listed in _lists(by_date)]
        if all(each == sorted(each) for each in positions):
            return
        in_order = sorted(entries, key=lambda each: position(each[0]))
        for number, (_, entry) in enumerate(in_order, start=1):
            entry[key] = number


def _lists(records: Iterable[Record]) -> Iterator[list[Record]]:
    """The lists of the store that have *records* in them."""
    lists: dict[Any, list[Record]] = {}
    for record in records:
        for name in record.lists():
            lists.setdefault(name, []).append(record)
    yield from lists.values()


def _written(resource: Resource[Any], name: str, value: Any) -> Any:
    if isinstance(value, datetime):
        return shown_moment(value)
    if isinstance(resource.parameters.get(name), Json) and isinstance(value, str):
        return _parsed(value)
    return [*value] if isinstance(value, tuple) else value


def _parsed(text: str) -> Any:
    """The mapping or list of a JSON *text*, if writing it as JSON gives the same text again."""
    with suppress(ValueError, RecursionError):
        value = json.loads(text)
        if isinstance(value, (dict, list)) and json.dumps(value) == text and _is_plain(value):
            return value
    return text


def _is_plain(value: Any, levels: int = 20) -> bool:
    """Whether *value* is no deeper than *levels*, and has no string with an unpaired surrogate."""
    if isinstance(value, str):
        return not any("\ud800" <= char <= "\udfff" for char in value)
    parts: Iterable[Any] = ()
    if isinstance(value, Mapping):
        parts = [*value.keys(), *value.values()]
    elif isinstance(value, list):
        parts = value
    return levels > 0 and all(_is_plain(part, levels - 1) for part in parts)
