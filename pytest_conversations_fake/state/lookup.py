"""The text of a lookup that did not find exactly one record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ..assertions.differences import differences
from ..assertions.explanations import MAX_SHOWN, nearest, with_differences
from ..assertions.values import Truncation, arguments
from .live_record import LiveRecord


def not_one(
    collection: str,
    attributes: Mapping[str, object],
    found: Sequence[LiveRecord],
    records: Sequence[LiveRecord],
    truncation: Truncation,
) -> str:
    """Why not exactly one of the *records* of a *collection* has these *attributes*."""
    condition = f" with {arguments(attributes, truncation)}" if attributes else ""
    lines = [f"expected one in {collection}{condition}, found {len(found)} of {len(records)}"]
    if found:
        lines += ["", *_found(found, truncation)]
    elif records:
        lines += ["", "nearest:", *_nearest(attributes, records, truncation)]
    return truncation.finish("\n".join(lines))


def _found(found: Sequence[LiveRecord], truncation: Truncation) -> Iterator[str]:
    for record in found[:MAX_SHOWN]:
        yield from with_differences(repr(record), [], truncation)
    if len(found) > MAX_SHOWN:
        yield f"  and {len(found) - MAX_SHOWN} more"


def _nearest(
    attributes: Mapping[str, object], records: Sequence[LiveRecord], truncation: Truncation
) -> Iterator[str]:
    candidates = []
    for record in records:
        values = {name: getattr(record, name) for name in attributes}
        candidates.append((record, [*differences(attributes, values)]))
    for record, found in nearest(candidates):
        yield from with_differences(repr(record), found, truncation)
