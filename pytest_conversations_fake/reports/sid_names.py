"""Names for sids: in a generated test a record is a variable, since its sid differs there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from keyword import iskeyword
from typing import Any

from ..api.actions import Action
from ..api.journal import RecordedRequest
from ..api.operations import OPERATIONS
from ..api.outside import Entry
from ..api.records import Record
from ..api.resource import Resource
from ..api.resources import RESOURCES
from ..api.resources.services import default_service
from ..api.world import World

FAKE = "fake_conversations"
"""The fixture, as a generated test names it."""

SID = re.compile("[A-Z]{2}[0-9a-f]{32}")

# Attributes by which a generated test finds a record, the most specific first
NAMES = (
    "unique_name",
    "identity",
    "messaging_binding_address",
    "messaging_binding_projected_address",
    "address",
    "friendly_name",
    "body",
)


class SidNames:
    """The expressions that stand for sids in a generated test."""

    def __init__(self, world: World, entries: Sequence[Entry]) -> None:
        self._world = world
        self._account = world.account
        self.used: set[str] = set()
        """The sids whose variables the test has used so far."""
        self._fixed = {sid for each in entries if isinstance(each, Action) for sid in _fixed(each)}
        self.now = 0
        """The place in the common order up to which the test has repeated the session."""
        self._frequencies = cache(self._count)
        self._all = cache(self._list)
        self._variables: dict[str, str] = {}
        self._name_counts = Counter(
            [FAKE, "pytest", "datetime", "timedelta", "timezone", "message"]
        )
        self._created = {sid: order for each in entries for sid, order in _created(each)}
        self._removed = {
            str(each.path_params.get("sid")): each.order
            for each in entries
            if isinstance(each, RecordedRequest) and _verb(each) == "Delete" and not each.refused
        }
        self._updated = {
            (each.path_params.get("sid"), keyword)
            for each in entries
            if isinstance(each, RecordedRequest) and _verb(each) == "Update"
            for keyword in each.params
        }

    def is_fixed(self, sid: str) -> bool:
        """Whether a test or seed chose the sid itself, so that it is the same in each run."""
        return sid in self._fixed

    def created_before(self, sid: str, order: int) -> bool:
        """Whether a request or `add` made the record before this place in the order."""
        return sid in self._fixed or self._created.get(sid, order) < order

    def known(self, sid: str) -> str | None:
        """The expression for a sid, if nothing has to be defined before it."""
        if sid == self._account.sid:
            return f"{FAKE}.account_sid"
        if sid == default_service(self._account).sid:
            return f"{FAKE}.default_service.sid"
        if variable := self._variables.get(sid):
            self.used.add(sid)
            return f"{variable}.sid"
        return None

    def variable(self, wanted: str) -> str:
        """A new variable, named by the first word of *wanted* if that is a free name."""
        word = re.match("[a-z][a-z0-9_]*", wanted.lower())
        name = word[0] if word and not iskeyword(word[0]) else "user"
        self._name_counts[name] += 1
        number = self._name_counts[name]
        return name if number == 1 else self.variable(f"{name}_{number}")

    def assign(self, sid: str) -> str:
        """The new variable of a record."""
        self._variables[sid] = name = self.variable(self._noun(sid))
        return name

    def lookup(self, sid: str) -> tuple[str, Sequence[tuple[str, str]] | int] | None:
        """The collection of a record, and the attributes by which a test finds it at `now`.

        If no attributes distinguish it from all other records of the session, the number of older
        records replaces them. None for a sid of no record, or of a removed one.
        """
        found = self._find(sid)
        if not found or not self._exists(found[1]):
            return None
        resource, record = found
        every = self._all(resource)
        if len(every) == 1:
            return resource.collection, ()
        parent = getattr(record, "conversation_sid", None)
        for name, value in self._names(record):
            if self._frequencies(resource, name)[value] == 1:
                return resource.collection, [(name, value)]
        for name, value in self._names(record):
            if self._frequencies(resource, name)[parent, value] == 1:
                return resource.collection, [("conversation_sid", str(parent)), (name, value)]
        return resource.collection, sum(map(self._exists, every[: every.index(record)]))

    def _exists(self, record: Record) -> bool:
        """Whether neither a record nor a record above it is removed at `now`."""
        if self._account.store.find(type(record), record.sid):
            return True
        above = ("sid", "message_sid", "conversation_sid", "chat_service_sid")
        removed = (self._removed.get(getattr(record, name, "")) for name in above)
        return min(filter(None, removed), default=0) > self.now

    def _list(self, resource: Resource[Any]) -> list[Record]:
        """The records of a resource in the order of their creation, removed ones included."""
        store = self._account.store
        records = [*store.all(resource.record), *store.removed(resource.record)]
        first = self._account.first_service
        return sorted((each for each in records if each is not first), key=store.position)

    def _count(self, resource: Resource[Any], name: str) -> Counter[Any]:
        """The number of records with each value of an attribute, in all and by conversation."""
        frequencies: Counter[Any] = Counter()
        for record in self._all(resource):
            value = getattr(record, name)
            frequencies.update([value, (getattr(record, "conversation_sid", None), value)])
        return frequencies

    def _names(self, record: Record) -> Iterator[tuple[str, str]]:
        """The attributes of a record that are the same in each run and that no request changed."""
        for name in NAMES:
            value = getattr(record, name, None)
            is_same = (record.sid, name) not in self._updated
            if isinstance(value, str) and value and is_same and not SID.search(value):
                yield name, value

    def _noun(self, sid: str) -> str:
        found = self._find(sid)
        noun = found[0].stored.__name__ if found else "Record"
        return re.sub("(?<!^)(?=[A-Z])", "_", noun)

    def _find(self, sid: str) -> tuple[Resource[Any], Record] | None:
        for resource in RESOURCES:
            is_view = resource.record is not resource.stored
            record = self._account.store.find_even_removed(resource.stored, sid)
            if record and not is_view:
                return resource, record
        return None


def _verb(request: RecordedRequest) -> str:
    operation = OPERATIONS.get(request.operation or "")
    return operation.verb.name if operation else ""


def _created(entry: Entry) -> Iterator[tuple[str, int]]:
    """The sid of the record that a request or an action made, and its place in the order."""
    sid = None
    if isinstance(entry, Action):
        sid = entry.sid
    elif isinstance(entry, RecordedRequest) and _verb(entry) == "Create":
        sid = (entry.response or {}).get("sid")
    if sid:
        yield sid, entry.order


def _fixed(action: Action) -> Iterator[str]:
    """The sids that the arguments of an action give to records."""

    def below(value: object) -> Iterator[str]:
        if isinstance(value, Mapping):
            if isinstance(sid := value.get("sid"), str):
                yield sid
            value = [*value.values()]
        if isinstance(value, list):
            for each in value:
                yield from below(each)

    yield from below({**action.keywords, "": [*action.arguments]})
