"""Kinds of sids by their prefix, so that a sid of a wrong kind is reported as a mistake."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from .fields import Sid, is_sid
from .resource import Resource
from .resources import RESOURCES

# The kinds of records by the prefix of their sids
SID_KINDS = {
    "AC": "Account",
    "FW": "Flow",
    "HX": "Content",
    "MG": "MessagingService",
    **{
        prefix: resource.stored.__name__
        for resource in RESOURCES
        if (prefix := getattr(resource.stored, "prefix", ""))
    },
}


@cache  # not at import time: the parameters of all resources take 7 ms
def prefixes() -> Mapping[str, str]:
    """The prefixes of the sids that keywords accept."""
    return {
        "account_sid": "AC",
        **{
            keyword: field.prefix
            for resource in RESOURCES
            for keyword, field in resource.parameters.items()
            if isinstance(field, Sid)
        },
        **{
            above.sid_keyword: above.record.prefix
            for resource in RESOURCES
            for above in resource.ancestors
        },
    }


def check_sids(
    resource: Resource[Any] | None, params: Mapping[str, object], *, as_sent: bool = False
) -> None:
    """Check the sids among *params*; `sid` is that of a *resource*.

    Raises `TypeError` for a record in the place of its sid, and `ValueError` for a sid of another
    kind. With *as_sent* another kind is right, as the code that sent it may be wrong.
    """
    __tracebackhide__ = True
    prefix_by_keyword = {**prefixes(), "sid": prefix_of(resource) if resource else ""}
    for keyword, value in params.items():
        if keyword.endswith("sid") and isinstance(getattr(value, "sid", None), str):
            raise TypeError(f"{keyword} is a sid; pass .sid of {value!r}")
        if not as_sent:
            check_kind(keyword, prefix_by_keyword.get(keyword, ""), value)


def prefix_of(resource: Resource[Any]) -> str:
    """The prefix of the sids of its records; empty for views, which have no sids of their own."""
    return getattr(resource.record, "prefix", "")


def check_kind(what: str, prefix: str, value: object) -> None:
    """Raises `ValueError` for a sid of a known kind without this *prefix*."""
    __tracebackhide__ = True
    kind = kind_of(value)
    if prefix and kind and kind != SID_KINDS[prefix]:
        raise ValueError(
            f"{what} is a sid {prefix}… ({SID_KINDS[prefix]}), not one of another kind ({kind}): "
            f"{value!r}"
        )


def kind_of(value: object) -> str | None:
    """The kind of record that a sid names; None if *value* is not a sid of a known kind."""
    if isinstance(value, str) and is_sid(value):
        return SID_KINDS.get(value[:2])
    return None
