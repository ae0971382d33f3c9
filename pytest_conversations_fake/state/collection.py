"""Collections: the records of a resource, and assertions on the requests for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any, ClassVar

from ..api.accounts import Account
from ..api.actions import Recorder, action
from ..api.checks import require
from ..api.did_you_mean import SuggestsNames, unknown
from ..api.records import Record
from ..api.refusals import refusals_are_errors
from ..api.resource import Resource
from ..api.resources.services import default_service
from ..api.sid_kinds import check_kind, check_sids, kind_of, prefix_of
from ..api.world import World
from ..assertions.requests import assertion_methods
from ..assertions.values import truncation_for
from .adding import read, read_facts, seed, split
from .facts import public_facts
from .live_record import LiveRecord, attribute_names, live_record
from .lookup import not_one


class Collection(SuggestsNames):
    """All records of one noun, oldest first.

    It supports iteration, `len` and `in`, which takes a record or its sid. `services` leaves out
    the first service, which every account has from the start.
    """

    _resource: ClassVar[Resource[Any]]

    def __init__(self, world: World, account: Account) -> None:
        self._world = world
        self._account = account

    @property
    def _recorder(self) -> Recorder:
        is_first = self._account is self._world.account
        path = "" if is_first else f"account({self._account.sid!r})."
        return self._world.recorder(f"{path}{self._resource.collection}")

    def __iter__(self) -> Iterator[LiveRecord]:
        with self._world.settled():
            records = list(self._resource.all(self._account))
        first = self._account.first_service
        return (self._live(record) for record in records if record is not first)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, item: object) -> bool:
        __tracebackhide__ = True
        self._check_member(item)
        return any(item in (record, record.sid) for record in self)

    def _check_member(self, item: object) -> None:
        __tracebackhide__ = True
        sid = item.sid if isinstance(item, LiveRecord) else item
        what = f"an item of {self._resource.collection}"
        require(isinstance(sid, str), f"{what} is a record or its sid", item)
        if not kind_of(sid):
            raise ValueError(f"{what} is a record or its sid, not {sid!r}; find() takes attributes")
        check_kind(what, prefix_of(self._resource), sid)

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

        Raises `LookupError` if there is none or more than one, and the errors of `find`.
        """
        __tracebackhide__ = True
        found = self._with(attributes)
        if len(found) != 1:
            name, truncation = self._resource.collection, truncation_for(self._world)
            raise LookupError(not_one(name, attributes, found, list(self), truncation))
        return found[0]

    @action
    def add(self, **params: object) -> LiveRecord:
        """Create a record as a request would, without recording a request, and return it.

        *params* are the parameters of twilio-python's `create`, the sid of the parent
        (`conversation_sid`, or `chat_service_sid`, which defaults to the default service), and
        attributes that Twilio sets, such as `sid` and `date_created`. Missing required parameters
        get numbered values. Raises `TypeError` for an unknown parameter or a value of another type,
        and `ValueError` for a record that exists already or, with Twilio's code, that Twilio would
        refuse.
        """
        __tracebackhide__ = True
        if not self._resource.seedable:
            raise TypeError(
                f"{self._resource.collection} has no add(): its records follow from others"
            )
        self._world.require_running()
        with self._world.lock, refusals_are_errors():
            return self._add(params)

    def _add(self, params: dict[str, Any]) -> LiveRecord:
        __tracebackhide__ = True
        resource = self._resource
        fields, known_facts = resource.parameters_of("Create", "Seed"), public_facts(resource)
        parent_sids = [each.sid_keyword for each in resource.ancestors]
        accepted = [*fields, *known_facts, *parent_sids]
        for keyword in params:
            if keyword not in accepted:
                what = f"{resource.collection}.add() has no parameter"
                raise TypeError(unknown(what, keyword, accepted))
        check_sids(resource, params)
        parents = self._parents(params)
        values = read({key: params[key] for key in params if key in fields}, fields)
        facts = read_facts({key: params[key] for key in params if key in known_facts}, known_facts)
        if "sid" in facts and self._account.store.find(resource.record, facts["sid"]):
            raise ValueError(f"{resource.record.__name__} {facts['sid']} exists already")
        now = values.get("date_created") or facts.get("date_created")
        first, last = split(values, resource.seeding.set_last)
        context = seed(self._world, self._account, resource, parents, first, now=now, facts=facts)
        record = resource.create(context)
        resource.finish(replace(context, params=last, facts={}), record)
        return self._live(record)

    def _parents(self, params: Mapping[str, Any]) -> list[Record]:
        """The parents of a new record, from the sids in *params*, else the default service."""
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
            if (named := params.get(resource.sid_keyword, parent.sid)) != parent.sid:
                child = parents[0]
                raise ValueError(
                    f"{type(child).__name__} {child.sid} belongs to {resource.sid_keyword} "
                    f"{parent.sid}, not to {named!r}"
                )
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


@cache
def collection_class(resource: Resource[Any]) -> type[Collection]:
    """The collections of a *resource*, with the assertions on requests for it."""
    name = resource.collection.title().replace("_", "")
    return type(name, (Collection,), {"_resource": resource, **assertion_methods(resource)})
