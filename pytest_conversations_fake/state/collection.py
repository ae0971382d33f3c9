"""Collections: all records of one noun, and the assertions on the requests for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Generic, TypeVar

from ..api.accounts import Account
from ..api.did_you_mean import SuggestsNames, unknown
from ..api.operations import OPERATIONS, Operation
from ..api.records import Record
from ..api.refusals import refusals_are_errors
from ..api.resource import Resource
from ..api.resources.services import default_service
from ..api.verbs import CREATE, DELETE, FETCH, LIST, UPDATE, Verb
from ..api.world import World
from ..assertions.requests import Expectation, Refutation
from ..assertions.sids import check_member, check_sids
from .adding import read, seed
from .live_record import LiveRecord, attribute_names, live_record
from .lookup import not_one

A = TypeVar("A", Expectation, Refutation)


class Asserts(Generic[A]):
    """An assertion of *kind* on what was done to a collection."""

    def __init__(self, kind: type[A], verb: Verb) -> None:
        self._kind: type[A] = kind
        self._verb = verb
        self.__doc__ = kind.__doc__

    def __get__(self, collection: Collection | None, owner: type[Collection]) -> A:
        __tracebackhide__ = True
        if collection is None:
            raise AttributeError(f"ask a collection for it, not {owner.__name__}")
        operation = self.operation(collection._resource)
        if not operation:
            raise AttributeError(self._verb.name)
        return self._kind(collection._world, collection._account, operation)

    def operation(self, resource: Resource[Any]) -> Operation | None:
        return OPERATIONS.get(f"{self._verb.name}{resource.noun}")


class Collection(SuggestsNames):
    """All records of one noun, oldest first.

    Iterates, counts and looks at what is there now; `in` takes a record or its sid. `services`
    leaves out the one that the account was opened with.
    """

    assert_created = Asserts(Expectation, CREATE)
    assert_not_created = Asserts(Refutation, CREATE)
    assert_listed = Asserts(Expectation, LIST)
    assert_not_listed = Asserts(Refutation, LIST)
    assert_fetched = Asserts(Expectation, FETCH)
    assert_not_fetched = Asserts(Refutation, FETCH)
    assert_updated = Asserts(Expectation, UPDATE)
    assert_not_updated = Asserts(Refutation, UPDATE)
    assert_deleted = Asserts(Expectation, DELETE)
    assert_not_deleted = Asserts(Refutation, DELETE)

    def __init__(self, world: World, account: Account, resource: Resource[Any]) -> None:
        self._world = world
        self._account = account
        self._resource = resource

    def __iter__(self) -> Iterator[LiveRecord]:
        with self._world.settled():
            records = list(self._resource.all(self._account))
        first = self._account.first_service
        return (self._live(record) for record in records if record is not first)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, item: object) -> bool:
        __tracebackhide__ = True
        check_member(self._resource, item)
        return any(item in (record, record.sid) for record in self)

    def __dir__(self) -> list[str]:
        asserts = {
            name: each for name, each in vars(Collection).items() if isinstance(each, Asserts)
        }
        lacking = {name for name, each in asserts.items() if not each.operation(self._resource)}
        return [name for name in super().__dir__() if name not in lacking]

    def __repr__(self) -> str:
        return f"<{len(self)} {self._resource.collection}>"

    def find(self, **attributes: object) -> LiveRecord | None:
        """The first record with these *attributes*, compared with `==`, or None.

        Raises `TypeError` for an attribute that the records do not have, and `ValueError` for a sid
        of another kind.
        """
        __tracebackhide__ = True
        return next(iter(self._with(attributes)), None)

    def one(self, **attributes: object) -> LiveRecord:
        """The only record with these *attributes*.

        Raises `LookupError` if there is none or more than one, and else like `find`.
        """
        __tracebackhide__ = True
        found = self._with(attributes)
        if len(found) != 1:
            raise LookupError(
                not_one(
                    self._resource.collection,
                    attributes,
                    found,
                    list(self),
                    cuts=self._world.outside.cuts_texts(),
                )
            )
        return found[0]

    def add(self, **params: object) -> LiveRecord:
        """Create a record as a request would, unrecorded, and return it.

        *params* are those of twilio-python's `create`, what only carriers and phones could say, and
        the sid of what it belongs to (`conversation_sid`; `chat_service_sid` is by default that of
        the default service). What the API requires and is left out is numbered. Raises `TypeError`
        for a parameter that there is not or a value that it never holds, and `ValueError` with
        Twilio's code for what Twilio would refuse.
        """
        __tracebackhide__ = True
        if not self._resource.seedable:
            raise TypeError(f"{self._resource.collection} follow from other records, without add()")
        self._world.require_running()
        with self._world.lock, refusals_are_errors():
            return self._add(params)

    def _add(self, params: dict[str, Any]) -> LiveRecord:
        __tracebackhide__ = True
        fields = self._resource.parameters_of("Create", "Seed")
        above = [resource.sid_keyword for resource in self._resource.ancestors[-1:]]
        for keyword in params:
            if keyword not in [*fields, *above]:
                what = f"{self._resource.collection}.add() has no parameter"
                raise TypeError(unknown(what, keyword, [*fields, *above]))
        check_sids(self._resource, params)
        parents = self._parents(params)
        given = read({key: params[key] for key in params if key in fields}, fields)
        context = seed(self._world, self._account, self._resource, parents, given)
        return self._live(self._resource.create(context))

    def _parents(self, params: Mapping[str, Any]) -> list[Record]:
        """What a seed belongs to: what the sid of the closest says, else the default service."""
        __tracebackhide__ = True
        parents: list[Record] = []
        above = self._resource.ancestors
        sid = params.get(above[-1].sid_keyword) if above else None
        if sid is None and len(above) == 1:
            sid = default_service(self._account).sid
        if sid is None and above:
            raise TypeError(f"{self._resource.collection}.add() needs {above[-1].sid_keyword}")
        for resource in reversed(above):
            parent = self._account.store.find(resource.record, sid)
            if not parent:
                raise ValueError(f"there is no {resource.record.__name__} {sid!r}")
            parents.insert(0, parent)
            sid = parent.parent_sid
        return parents

    def _live(self, record: Record) -> LiveRecord:
        return live_record(self._world, self._account, self._resource, record)

    def _with(self, wanted: dict[str, object]) -> list[LiveRecord]:
        __tracebackhide__ = True
        names = attribute_names(self._resource)
        for name in wanted:
            if name not in names:
                raise TypeError(unknown(f"a {self._resource.noun} has no", name, names))
        check_sids(self._resource, wanted)
        return [
            record
            for record in self
            if all(value == getattr(record, name) for name, value in wanted.items())
        ]
