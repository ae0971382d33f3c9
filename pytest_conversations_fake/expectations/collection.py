"""Collections: all records of one noun, and the assertions on the requests for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Generic, TypeVar

from ..api.operations import OPERATIONS, Operation
from ..api.records import Record
from ..api.refusals import Refused
from ..api.resource import CREATE, DELETE, FETCH, LIST, UPDATE, Call, Resource, Verb
from ..api.world import World
from .expectation import Expectation, Refutation
from .live import LiveRecord, seen_attributes
from .misuse import unknown

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
        return self._kind(collection._world, collection._operation(self._verb))


class Collection:
    """All records of one noun, oldest first.

    Iterates, counts and looks at what is there now. `services` leaves out the default service.
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

    def __init__(self, world: World, resource: Resource[Any]) -> None:
        self._world = world
        self._resource = resource

    def __iter__(self) -> Iterator[LiveRecord]:
        world = self._world
        with world.lock:
            records = list(world.account.store.all(self._resource.record))
        default = world.account.default_service
        return (LiveRecord(world, self._resource, each) for each in records if each is not default)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, item: object) -> bool:
        return any(item in (record, record.sid) for record in self)

    def __repr__(self) -> str:
        return f"<{len(self)} {self._resource.key}>"

    def find(self, **attributes: object) -> LiveRecord | None:
        """The first record with these *attributes*, compared with `==`, or None.

        Raises `TypeError` for an attribute that the records do not have.
        """
        __tracebackhide__ = True
        return next(iter(self._with(attributes)), None)

    def one(self, **attributes: object) -> LiveRecord:
        """The only record with these *attributes*.

        Raises `LookupError` if there is none or more than one, and `TypeError` like `find`.
        """
        __tracebackhide__ = True
        found = self._with(attributes)
        if len(found) != 1:
            wanted = " and ".join(f"{name}={value!r}" for name, value in attributes.items())
            candidates = [f"\n  {each!r}" for each in (found or list(self))[:3]]
            raise LookupError(
                f"expected one in {self._resource.key} with {wanted or 'anything'}, "
                f"found {len(found)} of {len(self)}{''.join(candidates)}"
            )
        return found[0]

    def add(self, **params: object) -> LiveRecord:
        """Create a record as a request would, unrecorded, and return it.

        *params* are those of twilio-python's `create`, and the sids of what it belongs to
        (`chat_service_sid`, by default that of the default service). What the API requires and is
        left out is numbered. Raises `TypeError` for a parameter that there is not or a value that
        it never holds, and `ValueError` with Twilio's code for what Twilio would refuse.
        """
        __tracebackhide__ = True
        world, operation = self._world, self._operation(CREATE)
        removed = world.account.store.removed(self._resource.record)
        number = 1 + len(self) + len(removed)
        numbered = {
            keyword: f"{self._resource.noun.lower()}-{number}"
            for keyword, field in operation.form.items()
            if field.required
        }
        with world.lock:
            try:
                return self._create(world, operation, {**numbered, **params})
            except Refused as refusal:
                raise ValueError(f"Twilio refuses this: {refusal.code} {refusal}") from None

    def _create(self, world: World, operation: Operation, params: dict[str, object]) -> LiveRecord:
        __tracebackhide__ = True
        account = world.account
        parents: list[Record] = []
        for above, keyword in zip(self._resource.ancestors, operation.path):
            sid = params.pop(keyword, None if parents else account.default_service.sid)
            parent = above.find(world, parents[-1].sid if parents else None, str(sid))
            if not parent:
                raise ValueError(f"there is no {above.noun} {sid!r}")
            parents.append(parent)
        read = {}
        for keyword, value in params.items():
            if keyword not in operation.form:
                keywords = [*operation.form, *operation.path]
                raise TypeError(unknown(f"{operation.name} has no parameter", keyword, keywords))
            field = operation.form[keyword]
            read[keyword] = field.read(field.write(value))
        call = Call(world, account.sid, base=world.address, parents=parents, params=read)
        return LiveRecord(world, self._resource, self._resource.create(call))

    def _with(self, wanted: dict[str, object]) -> list[LiveRecord]:
        __tracebackhide__ = True
        names = seen_attributes(self._resource)
        for name in wanted:
            if name not in names:
                raise TypeError(unknown(f"a {self._resource.noun} has no", name, names))
        return [
            record
            for record in self
            if all(value == getattr(record, name) for name, value in wanted.items())
        ]

    def _operation(self, verb: Verb) -> Operation:
        __tracebackhide__ = True
        name = f"{verb.name}{self._resource.noun}"
        if name not in OPERATIONS:
            raise AttributeError(f"the API has no {name}")
        return OPERATIONS[name]
