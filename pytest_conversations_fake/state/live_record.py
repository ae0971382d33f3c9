"""Records as a test sees them."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from ..api.accounts import Account
from ..api.did_you_mean import unknown
from ..api.operations import VERSION
from ..api.records import Record
from ..api.request_context import RequestContext
from ..api.resource import Resource
from ..api.wording import cut, shortened
from ..api.world import World
from ..assertions.values import ARGUMENT, written


class LiveRecord:
    """A record of the fake: always what it is now, and read-only.

    It has the attributes that twilio-python's instance has, and those of the parameters
    (`timers_inactive`). Dates are `datetime`s in UTC. `url` and `links` are at the fake's address.
    """

    def __init__(
        self, world: World, account: Account, resource: Resource[Any], record: Record
    ) -> None:
        vars(self).update(
            _world=world, _account=account, _resource=resource, _record=record, _seen=None
        )

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):  # what copy and pickle ask for before there is a world
            raise AttributeError(name)
        with self._world.settled():
            record = self._last_seen(name)
            if name in self._resource.attributes:
                return getattr(record, name)
            if name in self._resource.extras:
                return self._resource.render(self._call(record, name), record)[name]
        raise AttributeError(unknown(f"a {self._resource.noun} has no", name, dir(self)))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(
            f"{name} can not be set: records are read-only, as their changes come from requests"
        )

    def __dir__(self) -> list[str]:
        return seen_attributes(self._resource)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LiveRecord) and self._noun_and_sid() == other._noun_and_sid()

    def __hash__(self) -> int:
        return hash(self._noun_and_sid())

    def __repr__(self) -> str:
        named = [
            f" {name}={cut(shortened(written(value)), ARGUMENT)}"
            for name in ("unique_name", "friendly_name")
            if (value := getattr(self._record, name, None)) is not None
        ]
        return f"<{type(self._record).__name__} {shortened(self._record.sid)}{''.join(named)}>"

    def _noun_and_sid(self) -> tuple[str, str]:
        return self._resource.noun, self._record.sid

    def _last_seen(self, name: str) -> Record:
        """What it is now or, if the fake went back to before it, was when somebody looked."""
        with suppress(KeyError):  # of what a view is made of
            vars(self)["_seen"] = self._resource.current(self._account, self._record)
        record: Record | None = self._seen
        if not record:
            raise self._never_was(name)
        return record

    def _never_was(self, name: str) -> AttributeError:
        return AttributeError(
            f"{self._resource.record.__name__} {self._record.sid} is not there any more since the "
            f"fake went back, so it has no {name}"
        )

    def _call(self, record: Record, name: str) -> RequestContext:
        """A call for *name* from the test, on the short path where there is one."""
        account = self._account
        parents: list[Record] = []
        sid = record.parent_sid
        for resource in reversed(self._resource.ancestors):
            parent = account.store.find_even_removed(resource.record, sid)
            if not parent:
                raise self._never_was(name)
            parents.insert(0, parent)
            sid = parent.parent_sid
        return RequestContext(
            world=self._world,
            account=account,
            account_sid=account.sid,
            now=self._world.clock.second(),
            base=f"{self._world.address}/{VERSION}",
            parents=parents,
            short=self._resource.has_short_path and parents[0] is account.default_service,
        )


def seen_attributes(resource: Resource[Any]) -> list[str]:
    """The names of what a test can look at in a record."""
    return sorted([*resource.attributes, *resource.extras])
