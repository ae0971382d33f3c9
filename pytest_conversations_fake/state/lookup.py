"""What a lookup says that did not find exactly one record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ..assertions.differences import Difference, differing
from ..assertions.explanations import AT_MOST, cut_or_whole, indented, nearest
from ..assertions.values import LINE, arguments, beginning
from .live_record import LiveRecord


def not_one(
    collection: str,
    wanted: Mapping[str, object],
    found: Sequence[LiveRecord],
    records: Sequence[LiveRecord],
    *,
    cuts: bool,
) -> str:
    """That what is *wanted* is not one of a collection's *records*."""

    def differences(record: LiveRecord) -> list[Difference]:
        return [*differing(wanted, {name: getattr(record, name) for name in wanted})]

    def line(record: LiveRecord, cuts: bool) -> str:
        return f"  {beginning(repr(record), LINE) if cuts else repr(record)}"

    def lines(cuts: bool) -> Iterator[str]:
        like = f" with {arguments(wanted, cuts=cuts)}" if wanted else ""
        yield f"expected one in {collection}{like}, found {len(found)} of {len(records)}"
        if found:
            yield ""
            yield from (line(each, cuts) for each in found[:AT_MOST])
            if len(found) > AT_MOST:
                yield f"  and {len(found) - AT_MOST} more"
        elif records:
            yield "\nnearest:"
            for each in nearest(records, differences):
                yield line(each, cuts)
                yield from indented(differences(each), cuts)

    return cut_or_whole(lambda cuts: "\n".join(lines(cuts)), cuts)
