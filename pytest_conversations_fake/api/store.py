"""The store: every record by its sid, by its keys, and below its parent.

Adding, finding and cutting a page take as long among fifty thousand records as among fifty.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Hashable, Sequence
from itertools import count
from typing import Any, TypeVar

from .records import Record

R = TypeVar("R", bound=Record)

# The values are the records of that kind, which a type can not say
Kinds = defaultdict[type[Record], dict[Hashable, Any]]


class Store:
    """Records change through the store alone, so that what it looks them up by stays true."""

    def __init__(self) -> None:
        self._by_sid: Kinds = defaultdict(dict)
        self._by_key: Kinds = defaultdict(dict)
        self._removed: Kinds = defaultdict(dict)
        self._below: dict[tuple[type[Record], str | None], list[Any]] = {}
        self._positions: dict[str, int] = {}
        self._next_position = count()

    def add(self, record: Record) -> None:
        self._positions[record.sid] = next(self._next_position)
        self._by_sid[type(record)][record.sid] = record
        self._below.setdefault((type(record), record.parent_sid), []).append(record)
        self._index(record)

    def change(self, record: Record, **values: object) -> None:
        self._unindex(record)
        for name, value in values.items():
            setattr(record, name, value)
        self._index(record)

    def remove(self, record: Record) -> None:
        """Take *record* out, with all that is below it."""
        for kind in list(self._by_sid):
            for child in self._below.pop((kind, record.sid), ()):
                self.remove(child)
        self._unindex(record)
        siblings = self._below.get((type(record), record.parent_sid))
        if siblings:  # not while the parent is being removed
            del siblings[bisect_left(siblings, self.position(record), key=self.position)]
        self._removed[type(record)][record.sid] = self._by_sid[type(record)].pop(record.sid)

    def find(self, kind: type[R], sid: str) -> R | None:
        return self._by_sid[kind].get(sid)

    def find_by(self, kind: type[R], *key: Hashable) -> R | None:
        return self._by_key[kind].get(key)

    def find_even_removed(self, kind: type[R], sid: str) -> R | None:
        """For page tokens, which outlive the record that they point at."""
        return self.find(kind, sid) or self._removed[kind].get(sid)

    def of(self, kind: type[R], parent_sid: str | None) -> Sequence[R]:
        """The records of a *kind* below a parent, oldest first."""
        return self._below.get((kind, parent_sid), [])

    def all(self, kind: type[R]) -> Collection[R]:
        """All records of a *kind*, oldest first."""
        return self._by_sid[kind].values()

    def removed(self, kind: type[R]) -> Collection[R]:
        """What records of a *kind* there were, besides those there are."""
        return self._removed[kind].values()

    def position(self, record: Record) -> int:
        """Where *record* stands in the order of arrival; kept after it was removed."""
        return self._positions[record.sid]

    def _index(self, record: Record) -> None:
        self._by_key[type(record)].update(dict.fromkeys(record.keys(), record))

    def _unindex(self, record: Record) -> None:
        for key in record.keys():  # noqa: SIM118 - not a mapping
            del self._by_key[type(record)][key]
