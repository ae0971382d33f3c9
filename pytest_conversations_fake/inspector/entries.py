"""Calls of the control API that show the time line: requests, webhooks and actions."""

from __future__ import annotations

from typing import Any

from ..api.actions import Action
from ..api.deliveries import Delivery
from ..api.journal import RecordedRequest
from ..api.outside import Entry
from ..reports.data import entry_data
from ..reports.timeline import timeline
from .control import Control
from .schemas import Json

# The types of entries by the kind that clients write
KINDS: dict[str, type[Entry]] = {
    "request": RecordedRequest,
    "delivery": Delivery,
    "action": Action,
}


def list_entries(control: Control, **filters: Any) -> Json:
    return _matching(control, **filters)


def list_requests(control: Control, **filters: Any) -> Json:
    return _matching(control, kind="request", **filters)


def list_deliveries(control: Control, **filters: Any) -> Json:
    return _matching(control, kind="delivery", **filters)


def get_request(control: Control, *, number: int) -> Json:
    with control.world.lock:
        found = [each for each in control.world.journal if each.number == number]
    if not found:
        raise LookupError(f"there is no request {number}, or it was dropped")
    return entry_data(found[0], control.world.assumptions)


def resend_delivery(control: Control, *, order: int) -> Json:
    found = [each for each in control.fake.webhooks.deliveries if each.order == order]
    if not found:
        raise LookupError(f"there is no delivery with the order {order}, or it was dropped")
    again = control.fake.webhooks.resend(found[0])
    return entry_data(again, control.world.assumptions)


def get_test(control: Control) -> str:
    return control.fake.report().as_test()


def _matching(
    control: Control,
    *,
    kind: str | None = None,
    limit: int = 100,
    search: str = "",
    **filters: Any,
) -> Json:
    """The newest *limit* entries of a *kind* that match, the oldest first."""
    world = control.world
    with world.lock:
        entries = timeline(world.journal, world.deliveries, world.actions)
    found: list[Json] = []
    wanted = search.casefold()
    for entry in reversed(entries):
        is_of_kind = kind is None or isinstance(entry, KINDS[kind])
        if is_of_kind and _passes(entry, **filters) and _contains(control, entry, wanted):
            found.append(entry_data(entry, world.assumptions))
        if len(found) > limit:
            break
    return {"entries": found[:limit][::-1], "more": len(found) > limit}


def _contains(control: Control, entry: Entry, wanted: str) -> bool:
    return not wanted or wanted in control.search_text(entry)


def _passes(
    entry: Entry,
    *,
    after: int | None = None,
    before: int | None = None,
    operation: str | None = None,
    status: str | None = None,
    refused: bool | None = None,
) -> bool:
    """Whether an entry passes the filters. An action has neither operation nor status."""
    if (after is not None and entry.order <= after) or (before and entry.order >= before):
        return False
    name, code, failed = _facts(entry)
    return (
        (operation is None or operation == name)
        and (status is None or (code is not None and _is_like(str(code), status)))
        and (refused is None or refused == failed)
    )


def _facts(entry: Entry) -> tuple[str | None, int | None, bool]:
    """The operation or event of an entry, its status, and whether it was refused or failed."""
    if isinstance(entry, RecordedRequest):
        return entry.operation, entry.status, entry.refused
    if isinstance(entry, Delivery):
        return entry.event, entry.status or 0, entry.failed
    return None, None, entry.error is not None


def _is_like(code: str, pattern: str) -> bool:
    """Whether a status is that of a *pattern* like `404` or `4xx`."""
    return code == pattern or (pattern.endswith("xx") and len(code) == 3 and code[0] == pattern[0])
