"""Loading: the records of a seed file.

An entry creates a record by the rules of the API, as `add` does. An entry with `sid` and
`date_created` recreates a record: its values are not validated again, as Twilio may have accepted
them under other circumstances.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from ..api.accounts import Account
from ..api.records import Record
from ..api.request_context import RequestContext
from ..api.resource import Resource
from ..api.resources import default_service, services
from ..api.world import World
from ..state.adding import seed, split
from .entries import Entry, SeedError, at, in_file, joined, kind_of
from .files import read_file
from .schema import DEFAULT_SERVICE, Schema, check_top_level, top_level

Values = Mapping[str, Any]


def load(world: World, account: Account, path: Path) -> None:
    """Add the records of the file at *path* to an *account*, all of them or none.

    Raises `SeedError` with the place of the problem in the file, or `OSError`.
    """
    with in_file(path):
        load_data(world, account, read_file(path))


def load_data(world: World, account: Account, data: object) -> None:
    """Add the records of *data*, in the format of seed files, to an *account*: all or none.

    Raises `SeedError` with the place of the problem.
    """
    if not isinstance(data, Mapping):
        raise SeedError(f"a seed is a mapping of collections, not {kind_of(data)}")
    with world.transaction():
        _Loader(world, account).load(Entry(data))


@dataclass(frozen=True)
class _Loaded:
    """The record of an entry, and the values to set after the records below it are loaded."""

    entry: Entry
    resource: Resource[Any]
    record: Record
    parents: Sequence[Record]
    last: RequestContext


class _Loader:
    """Loads one file into an account."""

    def __init__(self, world: World, account: Account) -> None:
        self._world = world
        self._account = account
        self._store = account.store
        self._schema = cache(Schema)
        self._sids: set[str] = set()
        """The sids of the records that entries created or changed so far."""
        self._dates: dict[str, datetime] = {}
        """The dates of records by sid. An entry without a date has the date of its parent."""
        self._ordered: dict[Resource[Any], list[tuple[tuple[Any, ...], Record]]] = {}
        """The records whose order differs from the order of the file, each with its sort key."""

    def load(self, root: Entry) -> None:
        check_top_level(root)
        service, recreate = self._default_service(root)
        nouns = [(each, [service] if each.ancestors else []) for each in top_level()]
        self._below(root, nouns, recreate=recreate)
        for placed in self._ordered.values():
            self._store.arrange([record for _, record in sorted(placed, key=lambda each: each[0])])

    def _default_service(self, root: Entry) -> tuple[Record, bool]:
        """The service of the entries at the top, and whether the file recreates it."""
        service: Record = default_service(self._account)
        if DEFAULT_SERVICE not in root.values:
            return service, False
        entry, schema = root.entry(DEFAULT_SERVICE), self._schema(services)
        with at(entry.path):
            entry.check_keys(schema.name, schema.attributes)
            parameters, facts = schema.read(entry)
            if "sid" not in facts:
                self._store.change(service, **parameters, **facts)
                return service, False
            self._require_empty(service, facts["sid"])
            values = {name: getattr(service, name) for name in schema.parameters}
            context = self._context(services, [], {**values, **parameters}, facts)
            return services.replace_default(context), entry.recreates

    def _require_empty(self, service: Record, sid: str) -> None:
        for resource in self._schema(services).children:
            came_with_it = resource.single or resource.seeding.preexisting_by
            if not came_with_it and self._store.of(resource.record, service.sid):
                raise ValueError(
                    f"the default service has {self._schema(resource).name} already, so this "
                    f"file cannot recreate it as {sid}; load it before anything else"
                )

    def _below(
        self,
        holder: Entry,
        nouns: Iterable[tuple[Resource[Any], Sequence[Record]]],
        *,
        recreate: bool,
    ) -> None:
        """Load the entries in *holder* for each resource in *nouns*, which also has the parents."""
        singles: list[_Loaded] = []
        for resource, parents in nouns:
            if resource.collection not in holder.values:
                continue
            if resource.single:
                entry = holder.entry(resource.collection)
                singles += self._records(resource, parents, [entry], recreate=recreate)
                continue
            if recreate and parents and resource.seeding.preexisting_by:  # the file has all of them
                self._remove_preexisting(resource, parents)
            entries = holder.entries(resource.collection)
            loaded = self._records(resource, parents, entries, recreate=False)
            for each in sorted(loaded, key=lambda each: not _is_filled_first(each)):
                self._finish(each)
        for each in singles:
            self._finish(each)

    def _remove_preexisting(self, resource: Resource[Any], parents: Sequence[Record]) -> None:
        for record in list(self._store.of(resource.record, parents[-1].sid)):
            self._store.remove(record)

    def _records(
        self,
        resource: Resource[Any],
        parents: Sequence[Record],
        entries: Iterable[Entry],
        *,
        recreate: bool,
    ) -> list[_Loaded]:
        """Load *entries* without the entries nested in them."""
        loaded = []
        for entry in entries:
            with at(entry.path):
                each = self._record(resource, parents, entry, recreate or entry.recreates)
                loaded.append(each)
        return loaded

    def _record(
        self, resource: Resource[Any], parents: Sequence[Record], entry: Entry, recreate: bool
    ) -> _Loaded:
        parameters, facts = self._schema(resource).read(entry)
        now_parameters, last_parameters = split(parameters, resource.seeding.set_last)
        now_facts, last_facts = split(facts, resource.seeding.set_last)
        context = self._context(resource, parents, now_parameters, now_facts)
        last = replace(context, params=last_parameters, facts=last_facts)
        if recreate:
            context = replace(context, facts={**context.params, **context.facts})
            if not resource.single:
                last = replace(last, params={}, facts={**last.params, **last.facts})
        record = self._preexisting(resource, context)
        if record:
            values = dict(now_parameters)
            if not recreate:
                values = self._changes(resource, context, record, now_parameters)
            self._store.change(record, **values, **now_facts)
            resource.register(context, record)
        else:
            record = self._new(resource, context, recreate=recreate)
        self._sids.add(record.sid)
        self._dates[record.sid] = context.now
        self._place(resource, entry, parents, record)
        return _Loaded(entry, resource, record, parents, last)

    def _preexisting(self, resource: Resource[Any], context: RequestContext) -> Record | None:
        """The record that came with its parent and that the entry describes, if there is one."""
        if resource.single:
            record: Record = resource.singleton(self._account, context.parent_sid)
            return record
        if not resource.seeding.preexisting_by or "sid" in context.facts:
            return None
        for record in self._store.of(resource.record, context.parent_sid):
            if record.sid not in self._sids and all(
                context.params.get(name) in (None, getattr(record, name))
                for name in resource.seeding.preexisting_by
            ):
                return record
        return None

    def _changes(
        self,
        resource: Resource[Any],
        context: RequestContext,
        record: Record,
        parameters: Values,
    ) -> dict[str, Any]:
        """The attributes that an entry changes in a preexisting record.

        Raises refusals.
        """
        different = {
            name: value for name, value in parameters.items() if value != getattr(record, name)
        }
        changes: dict[str, Any] = {}
        if different:
            changes = resource.changes(replace(context, params=different), record)
        return changes

    def _new(self, resource: Resource[Any], context: RequestContext, *, recreate: bool) -> Record:
        name = self._schema(resource).name
        sid = context.facts.get("sid")
        if sid and self._store.find(resource.record, sid):
            raise ValueError(f"{name} {sid} exists already")
        if not recreate:
            created: Record = resource.create(context)
            return created
        record: Any = resource.build_unchecked(context, resource.attributes_from(context))
        for key in record.keys():  # noqa: SIM118 - not a mapping
            if self._store.find_by(resource.record, *key):
                raise ValueError(f"{name} {key[-1]!r} exists already")
        self._store.add(record)
        resource.register(context, record)
        return record  # type: ignore[no-any-return]  # records of any kind

    def _place(
        self, resource: Resource[Any], entry: Entry, parents: Sequence[Record], record: Record
    ) -> None:
        """Note the sort key of a record, if its resource has an `order_key`."""
        if not (key := resource.seeding.order_key):
            return
        order: tuple[Any, ...] = (1, record.date_created)
        if key in entry.values:
            number = entry.values[key]
            with at(joined(entry.path, key)):
                if not isinstance(number, int) or isinstance(number, bool) or number < 1:
                    raise ValueError(f"{key} is a whole number from 1 on, not {kind_of(number)}")
            order = (0, number)
        positions = [self._store.position(each) for each in (*parents, record)]
        self._ordered.setdefault(resource, []).append(((*order, positions), record))

    def _finish(self, loaded: _Loaded) -> None:
        """Load the entries below a record, then set the values in `Seeding.set_last`."""
        nouns = [
            (each, [*loaded.parents, loaded.record])
            for each in self._schema(loaded.resource).children
        ]
        with at(loaded.entry.path):
            self._below(loaded.entry, nouns, recreate=loaded.entry.recreates)
            loaded.resource.finish(loaded.last, loaded.record)

    def _context(
        self,
        resource: Resource[Any],
        parents: Sequence[Record],
        parameters: Values,
        facts: Values,
    ) -> RequestContext:
        """The context of an entry, at its date, else at the date of its parent."""
        above = self._dates.get(parents[-1].sid) if parents else None
        now = parameters.get("date_created") or facts.get("date_created") or above
        return seed(self._world, self._account, resource, parents, parameters, now=now, facts=facts)


def _is_filled_first(loaded: _Loaded) -> bool:
    values, first = loaded.entry.values, loaded.resource.seeding.filled_first
    return bool(first) and all(values.get(name) == value for name, value in first.items())
