"""What is there by itself when an entry speaks of it: roles of a service, receipts of a message."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ..api.records import Record
from ..api.request_context import RequestContext
from ..api.resource import Resource
from ..api.resources.receipts import Receipt, receipts
from ..api.resources.roles import DEFAULT_ROLES, Role, roles


def _is_role(record: Any, said: Mapping[str, Any]) -> bool:
    return all(said.get(name) == getattr(record, name) for name in ("friendly_name", "type"))


def _is_receipt(record: Any, said: Mapping[str, Any]) -> bool:
    return said.get("participant_sid") in (None, record.participant_sid)


# Whether a record is what an entry speaks of
ABOUT: dict[type[Record], Callable[[Any, Mapping[str, Any]], bool]] = {
    Role: _is_role,
    Receipt: _is_receipt,
}


class PreexistingRecords:
    """Records that came with others, of which no entry has spoken so far."""

    def __init__(self) -> None:
        self._records: list[Record] = []

    def came(self, records: Iterable[Record]) -> None:
        self._records.extend(records)

    def take(self, resource: Resource[Any], context: RequestContext) -> Record | None:
        """The one that an entry speaks of; one with a sid of its own is not among them."""
        if resource.record in ABOUT and "sid" not in context.facts:
            for record in self._records:
                known = (
                    isinstance(record, resource.record) and record.parent_sid == context.parent_sid
                )
                if known and ABOUT[resource.record](record, context.params):
                    self._records.remove(record)
                    return record
        return None


def change(context: RequestContext, record: Record) -> None:
    """Let a record that came with another be what an entry says."""
    if isinstance(record, Role):
        roles.check(context, context.params, record)
    context.store.change(record, **context.params, **context.facts)
    if isinstance(record, Receipt):
        context.store.change(context.parents[-1], delivery=receipts.summary(context))


def with_permission(params: dict[str, Any]) -> dict[str, Any]:
    """What a role is given; one of those that every service has need not say what it allows."""
    for default in DEFAULT_ROLES:
        if all(params.get(name) == default[name] for name in ("friendly_name", "type")):
            return {"permission": default["permission"], **params}
    return params
