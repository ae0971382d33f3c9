"""The store: all records of an account by sid, by key and in lists.

The time to add a record, to find one and to cut a page does not grow with the number of records.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Sequence
from typing import Any, TypeVar

from .records import Record
from .snapshots import Restore, save_attributes

R = TypeVar("R", bound=Record)

# The values are records of the kind in the key, which a type cannot express
Kinds = defaultdict[type[Record], dict[Hashable, Any]]

# The keys of a record, and the names of its lists
Names = tuple[list[Hashable], list[Hashable]]


class Deferred:
    """Records of some *kinds* that *create* adds to the store before the first use of a kind."""

    def __init__(
        self, kinds: Collection[type[Record]], create: Callable[[], Sequence[Record]]
    ) -> None:
        self.kinds = kinds
        self._create = create
        self.records: Sequence[Record] = ()
        """Empty until they are created."""
        self.restore = save_attributes(self.records)
        """Restores the attributes with which they were created."""

    def create(self) -> None:
        self.records = self._create()
        self.restore = save_attributes(self.records)


class Store:
    """The records of an account. All changes go through it, so that its indexes stay correct."""

    def __init__(self) -> None:
        self._by_sid: Kinds = defaultdict(dict)
        self._by_key: Kinds = defaultdict(dict)
        self._lists: Kinds = defaultdict(lambda: defaultdict(list))
        self._removed: Kinds = defaultdict(dict)
        self._positions: dict[str, int] = {}
        self._next_position = 0
        self._deferred: list[Deferred] = []
        self._deferred_kinds: set[type[Record]] = set()

    def defer(
        self, kinds: Collection[type[Record]], create: Callable[[], Sequence[Record]]
    ) -> None:
        """Call *create*, which adds records of these *kinds*, before the first use of a kind.

        Most tests use none of the records that come with a service.
        """
        self._deferred.append(Deferred(kinds, create))
        self._deferred_kinds.update(kinds)

    def _create_before_use(self, kind: type[Record]) -> None:
        """Create the deferred records if they include the *kind*, which is used now."""
        if kind in self._deferred_kinds:
            self._create_deferred()

    def _create_deferred(self) -> None:
        creations, self._deferred = self._deferred, []
        self._deferred_kinds = set()
        for each in creations:
            each.create()

    def add(self, record: Record) -> None:
        self._create_before_use(type(record))
        self._append(record)

    def change(self, record: Record, **values: object) -> None:
        names = _names(record)
        for name, value in values.items():
            setattr(record, name, value)
        if names != _names(record):
            self._leave(record, names)
            self._enter(record)

    def remove(self, record: Record, *, forget: bool = False) -> None:
        """Remove *record* and everything below it. With *forget*, as if it had never been added."""
        self.remove_listed(record.sid, forget=forget)
        self._leave(record, _names(record))
        del self._by_sid[type(record)][record.sid]
        if forget:
            del self._positions[record.sid]
        else:
            self._removed[type(record)][record.sid] = record

    def remove_listed(self, listed: Hashable, *, forget: bool = False) -> None:
        """Remove the records of every kind in a list."""
        self._create_deferred()
        for kind in list(self._by_sid):
            for record in list(self.of(kind, listed)):
                self.remove(record, forget=forget)

    def arrange(self, records: Sequence[Record]) -> None:
        """Put *records*, which are of one kind, into this order of arrival."""
        positions = sorted(map(self.position, records))
        for record in records:
            self._leave(record, _names(record))
        for record, position in zip(records, positions):
            kept = self._by_sid[type(record)]
            kept[record.sid] = kept.pop(record.sid)
            self._positions[record.sid] = position
            self._enter(record)

    def find(self, kind: type[R], sid: str | None) -> R | None:
        self._create_before_use(kind)
        return self._by_sid[kind].get(sid)

    def get(self, kind: type[R], sid: str | None) -> R:
        """A record that exists or has existed."""
        self._create_before_use(kind)
        record: R = self._by_sid[kind].get(sid) or self._removed[kind][sid]
        return record

    def get_by(self, kind: type[R], *key: Hashable) -> R:
        """A record that exists."""
        self._create_before_use(kind)
        record: R = self._by_key[kind][key]
        return record

    def find_by(self, kind: type[R], *key: Hashable) -> R | None:
        self._create_before_use(kind)
        return self._by_key[kind].get(key)

    def find_even_removed(self, kind: type[R], sid: str | None) -> R | None:
        """A record, even if it was removed: page tokens outlive the record that they name."""
        return self.find(kind, sid) or self._removed[kind].get(sid)

    def of(self, kind: type[R], listed: Hashable) -> Sequence[R]:
        """The records of a *kind* in a list, oldest first. The sid of a parent is a list's name."""
        self._create_before_use(kind)
        records: Sequence[R] = self._lists[kind].get(listed, ())
        return records

    def all(self, kind: type[R]) -> Collection[R]:
        """All records of a *kind*, oldest first."""
        self._create_before_use(kind)
        return self._by_sid[kind].values()

    def removed(self, kind: type[R]) -> Collection[R]:
        """The records of a *kind* that were removed."""
        return self._removed[kind].values()

    def position(self, record: Record) -> int:
        """The position of *record* in the order of arrival, even after its removal."""
        return self._positions[record.sid]

    def save(self) -> Restore:
        """Return a function that restores the store and the attributes of its records."""
        kept = [self._by_sid, self._removed]
        by_sid, removed = [{kind: {**each[kind]} for kind in each} for each in kept]
        positions, next_position = {**self._positions}, self._next_position
        deferred = [*self._deferred]
        records = save_attributes(
            record for each in kept for of_kind in each.values() for record in of_kind.values()
        )

        def restore() -> None:
            records()
            for index in (self._by_sid, self._removed, self._by_key, self._lists):
                index.clear()
            self._positions, self._next_position = {**positions}, next_position
            self._removed.update((kind, {**removed[kind]}) for kind in removed)
            self._by_sid.update((kind, {**by_sid[kind]}) for kind in by_sid)
            for of_kind in by_sid.values():
                for record in of_kind.values():
                    self._enter(record)
            self._deferred = [each for each in deferred if not each.records]
            self._deferred_kinds = {kind for each in self._deferred for kind in each.kinds}
            for each in deferred:  # records that were created later stay, as they were at first
                each.restore()
                for record in each.records:
                    self._append(record)

        return restore

    def _append(self, record: Record) -> None:
        self._positions[record.sid] = self._next_position
        self._next_position += 1
        self._by_sid[type(record)][record.sid] = record
        self._by_key[type(record)].update(dict.fromkeys(record.keys(), record))
        for name in record.lists():
            self._lists[type(record)][name].append(record)  # its position is the last one

    def _enter(self, record: Record) -> None:
        self._by_key[type(record)].update(dict.fromkeys(record.keys(), record))
        for name in record.lists():
            insort(self._lists[type(record)][name], record, key=self.position)

    def _leave(self, record: Record, names: Names) -> None:
        """Remove *record* from the indexes, in which it has these *names*."""
        keys, lists = names
        for key in keys:
            del self._by_key[type(record)][key]
        for name in lists:
            records = self._lists[type(record)][name]
            del records[bisect_left(records, self.position(record), key=self.position)]


def _names(record: Record) -> Names:
    """The keys of *record*, and the names of its lists."""
    return [*record.keys()], [*record.lists()]
