"""The text of a lookup that did not find exactly one record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ..assertions.differences import Difference, differences
from ..assertions.explanations import SHOWN, nearest, with_differences
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

    def lines() -> Iterator[str]:
        condition = f" with {arguments(attributes, truncation)}" if attributes else ""
        yield f"expected one in {collection}{condition}, found {len(found)} of {len(records)}"
        if found:
            yield ""
            for record in found[:SHOWN]:
                yield from with_differences(repr(record), [], truncation)
            if len(found) > SHOWN:
                yield f"  and {len(found) - SHOWN} more"
        elif records:
            yield "\nnearest:"
            for record, different in nearest([(each, different_in(each)) for each in records]):
                yield from with_differences(repr(record), different, truncation)

    def different_in(record: LiveRecord) -> Sequence[Difference]:
        return [*differences(attributes, {name: getattr(record, name) for name in attributes})]

    return truncation.finish("\n".join(lines()))
