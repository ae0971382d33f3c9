"""Explanations: the text of a failed assertion.

The first line suffices in a summary. The lines below show the differences of at most three
requests. They fit on a terminal, with the margin that pytest adds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import fill
from typing import ClassVar, Generic, Protocol, TypeVar

from ..api.wording import counted, visible
from .differences import Difference, Remark
from .values import LINE_WIDTH, OUTCOME_WIDTH, WIDTH, Truncation

MAX_SHOWN = 3
"""Maximum number of requests, deliveries or records that a failure shows."""

MAX_MEASURED = 200
"""Maximum number of candidates whose distance is measured: those with the fewest differences."""

T = TypeVar("T")
Item = TypeVar("Item", contravariant=True)


class Expectation(Protocol[Item]):
    """The requests or deliveries that a test expects."""

    nouns: ClassVar[tuple[str, ...]]
    """The noun in the singular, and its plural if it is irregular."""

    @property
    def kind(self) -> str:
        """The operation or event that is expected."""

    @property
    def count(self) -> int:
        """The expected number."""

    @property
    def is_limit(self) -> bool:
        """Whether `count` is a maximum, so that fewer are accepted, too."""

    def is_of_kind(self, item: Item, /) -> bool: ...

    def is_related(self, item: Item, /) -> bool:
        """Whether an item of another kind is about the same noun."""

    def differences(self, item: Item, /) -> Sequence[Difference]:
        """The differences between an item of the kind and the expectation; empty for a match."""

    def call(self, truncation: Truncation) -> str:
        """The expectation as the text of a call."""

    def refusal(self, item: Item, /) -> str:
        """The reason for a refusal; empty without one, or if the line of the item shows it."""


@dataclass(frozen=True)
class Comparison(Generic[T]):
    """The recorded items, compared with an expectation."""

    expectation: Expectation[T]
    recorded: Sequence[T]
    matching: list[T]
    different: list[tuple[T, Sequence[Difference]]]
    """The items of the expected kind that do not match."""

    @property
    def holds(self) -> bool:
        """Whether the number of matching items is the expected one."""
        found, count = len(self.matching), self.expectation.count
        return found <= count if self.expectation.is_limit else found == count


def compare(expectation: Expectation[T], recorded: Sequence[T]) -> Comparison[T]:
    """Compare each *recorded* item once."""
    matching: list[T] = []
    different: list[tuple[T, Sequence[Difference]]] = []
    for item in filter(expectation.is_of_kind, recorded):
        if differences := expectation.differences(item):
            different.append((item, differences))
        else:
            matching.append(item)
    return Comparison(expectation, recorded, matching, different)


def explain(
    comparison: Comparison[T], hints: Sequence[str], truncation: Truncation, *, within: float = 0
) -> str:
    """The text of an assertion that failed after it waited *within* seconds.

    The *hints* name causes of missing requests or deliveries.
    """
    call = comparison.expectation.call(truncation)
    times = counted(len(comparison.matching), "time")
    first = (
        f"expected {_frequency(comparison.expectation, call)}, got it {times}"
        f"{f' within {within:g} s' * (within > 0)}"
    )
    return truncation.finish("\n".join([first, "", *_body(comparison, hints, truncation)]))


def _frequency(expectation: Expectation[T], call: str) -> str:
    count = expectation.count
    times = "once" if count == 1 else counted(count, "time")
    if expectation.is_limit:
        return f"{call} at most {times}"
    return f"{call} {times}" if count else f"no {call}"


def _body(comparison: Comparison[T], hints: Sequence[str], truncation: Truncation) -> Iterator[str]:
    expectation, matching = comparison.expectation, comparison.matching
    if comparison.different and len(matching) < expectation.count:
        yield f"nearest of {len(comparison.different)} {expectation.kind}:"
        for item, differences in nearest(comparison.different):
            yield from with_differences(str(item), differences, truncation)
    elif matching:
        yield from _list(expectation, matching, truncation)
    else:
        yield from _other_kinds(expectation, comparison.recorded, truncation)
        if comparison.recorded and hints:
            yield ""
        for hint in hints:
            yield fill(visible(hint), WIDTH, subsequent_indent="  ", break_on_hyphens=False)


def _other_kinds(
    expectation: Expectation[T], recorded: Sequence[T], truncation: Truncation
) -> Iterator[str]:
    if recorded:
        yield f"no {expectation.kind} among {counted(len(recorded), *expectation.nouns)}:"
        related_first = sorted(recorded, key=lambda item: not expectation.is_related(item))
        yield from _list(expectation, related_first, truncation)


def _list(expectation: Expectation[T], items: Sequence[T], truncation: Truncation) -> Iterator[str]:
    for item in items[:MAX_SHOWN]:
        refusal = expectation.refusal(item)
        yield from with_differences(str(item), [Remark(refusal)] if refusal else [], truncation)
    if len(items) > MAX_SHOWN:
        yield f"  and {len(items) - MAX_SHOWN} more"


def nearest(
    candidates: Sequence[tuple[T, Sequence[Difference]]],
) -> list[tuple[T, Sequence[Difference]]]:
    """The candidates that differ least, the nearest first."""
    fewest = sorted(candidates, key=lambda candidate: len(candidate[1]))[:MAX_MEASURED]
    return sorted(fewest, key=lambda candidate: sum(each.distance for each in candidate[1]))[
        :MAX_SHOWN
    ]


def with_differences(
    item: str, differences: Sequence[Difference], truncation: Truncation
) -> Iterator[str]:
    """An *item* on one line, and its differences below."""
    subject, arrow, outcome = item.partition(" -> ")
    outcome = truncation.cut(arrow + outcome, OUTCOME_WIDTH)
    yield f"  {truncation.cut(subject, LINE_WIDTH - len(outcome))}{outcome}"
    for difference in differences:
        yield from (f"      {line}" for line in difference.lines(truncation))
