"""Sids and records as test authors pass them: what can never match is refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..api.checks import check
from ..api.resource import Resource
from ..api.sid_kinds import PREFIXES, check_kind, kind_of
from ..state.live_record import LiveRecord


def check_sids(
    resource: Resource[Any] | None, given: Mapping[str, object], *, as_sent: bool = False
) -> None:
    """Raises `TypeError` for a record in the place of its sid, and `ValueError` for a sid of
    another kind; but not *as_sent* by code that may be wrong.

    *resource* is the one whose `sid` is meant.
    """
    __tracebackhide__ = True
    prefixes = PREFIXES | {"sid": _prefix(resource)}
    for keyword, value in given.items():
        if isinstance(value, LiveRecord) and keyword.endswith("sid"):
            raise TypeError(f"{keyword} is a sid: say .sid of {value!r}")
        if not as_sent:
            check_kind(keyword, prefixes.get(keyword, ""), value)


def check_member(resource: Resource[Any], item: object) -> None:
    """Raises `TypeError` or `ValueError` for what can never be in a collection."""
    __tracebackhide__ = True
    sid = item.sid if isinstance(item, LiveRecord) else item
    what = f"what can be in {resource.collection}"
    check(isinstance(sid, str), f"{what} is a record or its sid", item)
    if not kind_of(sid):
        raise ValueError(f"{what} is a record or its sid, not {sid!r}; find() looks for the rest")
    check_kind(what, _prefix(resource), sid)


def _prefix(resource: Resource[Any] | None) -> str:
    """How the sids of its records begin; empty for views, which have none of their own."""
    return getattr(resource.record, "prefix", "") if resource else ""
