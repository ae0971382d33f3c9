"""Records as a test sees them."""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from typing import Any

from ..api.accounts import Account
from ..api.did_you_mean import unknown
from ..api.operations import VERSION
from ..api.records import Record
from ..api.request_context import RequestContext
from ..api.resource import Resource
from ..api.resources.services import default_service
from ..api.wording import cut, shortened
from ..api.world import World
from ..assertions.values import ARGUMENT_WIDTH, written


class LiveRecord:
    """A read-only record that always shows the current state of the fake.

    It has the attributes of twilio-python's instance, and one for each parameter
    (`timers_inactive`). Dates are `datetime`s in UTC. `url` and `links` have the fake's address.
    """

    def __init__(
        self, world: World, account: Account, resource: Resource[Any], record: Record
    ) -> None:
        vars(self).update(
            _world=world, _account=account, _resource=resource, _record=record, _last=None
        )

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):  # copy and pickle look for these before __init__ was called
            raise AttributeError(name)
        with self._world.settled():
            record = self._current(name)
            if name in self._resource.attributes:
                return getattr(record, name)
            if name in self._resource.extras:
                return self._resource.render(self._context(record, name), record)[name]
        raise AttributeError(unknown(f"a {self._resource.noun} has no", name, dir(self)))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(
            f"{name} cannot be set, because records are read-only; change it by a request"
        )

    def __dir__(self) -> list[str]:
        return attribute_names(self._resource)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LiveRecord) and self._noun_and_sid() == other._noun_and_sid()

    def __hash__(self) -> int:
        return hash(self._noun_and_sid())

    def __repr__(self) -> str:
        named = [
            f" {name}={cut(shortened(written(value)), ARGUMENT_WIDTH)}"
            for name in ("unique_name", "friendly_name")
            if (value := getattr(self._record, name, None)) is not None
        ]
        return f"<{type(self._record).__name__} {shortened(self._record.sid)}{''.join(named)}>"

    def _noun_and_sid(self) -> tuple[str, str]:
        return self._resource.noun, self._record.sid

    def _current(self, name: str) -> Record:
        """Return the current record, or the last one that was read if a restore removed it.

        *name* is the attribute to read. Raises `AttributeError` if there is neither.
        """
        with suppress(KeyError):  # a view of a record that a restore removed
            vars(self)["_last"] = self._resource.current(self._account, self._record)
        record: Record | None = self._last
        if not record:
            raise self._missing(name)
        return record

    def _missing(self, name: str) -> AttributeError:
        return AttributeError(
            f"{self._resource.record.__name__} {self._record.sid} has no {name}, because the fake "
            "was restored to a state without this record"
        )

    def _context(self, record: Record, name: str) -> RequestContext:
        """Return the context of a request for the record, by the short path if it has one.

        *name* is the attribute to read. Raises `AttributeError` if a restore removed a parent.
        """
        account: Account = self._account
        world: World = self._world
        parents: list[Record] = []
        sid = record.parent_sid
        for resource in reversed(self._resource.ancestors):
            parent = account.store.find_even_removed(resource.record, sid)
            if not parent:
                raise self._missing(name)
            parents.insert(0, parent)
            sid = parent.parent_sid
        return world.request_context(
            account,
            base=f"{world.address}/{VERSION}",
            parents=parents,
            short=self._resource.has_short_path and parents[0] is default_service(account),
        )


def live_record(
    world: World, account: Account, resource: Resource[Any], record: Record
) -> LiveRecord:
    """Return a *record* as a test sees it."""
    return record_type(resource.stored.__name__)(world, account, resource, record)


@cache
def record_type(name: str) -> type[LiveRecord]:
    """Return the type of live records with the *name* that their kind has in the store."""
    return type(name, (LiveRecord,), {"__module__": f"{__package__}.records"})


def attribute_names(resource: Resource[Any]) -> list[str]:
    """Return the names of all attributes of a record, sorted."""
    return sorted([*resource.attributes, *resource.extras])
