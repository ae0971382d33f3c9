"""Interleaved rounds, and the rows that they give."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import TypeVar

FLOOR = "floor"
Name = TypeVar("Name")
Figure = TypeVar("Figure")

NOISE = 0.05
"""A difference that interleaved rounds do not resolve, as a part of the figure."""


@dataclass(frozen=True)
class Budget:
    """The limit of a ratio, or of the figure itself if *unit* is set."""

    limit: float
    unit: str = ""
    at_least: bool = False
    """Whether more is better."""

    def __str__(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {self.limit:g} {self.unit or '×'}"


@dataclass(frozen=True)
class Row:
    """A figure of one subject, and its ratio to the base of its measure."""

    measure: str
    subject: str
    figure: float
    unit: str
    ratio: float | None = None
    budget: Budget | None = None

    @property
    def is_base(self) -> bool:
        """Whether the ratios of the measure are to this row."""
        return self.ratio == 1.0

    @property
    def outcome(self) -> str:
        """`met` or `missed`; empty without a budget."""
        if self.budget is None:
            return ""
        compared = self.figure if self.budget.unit else self.ratio
        assert compared is not None
        limit = self.budget.limit
        is_met = compared >= limit if self.budget.at_least else compared <= limit
        return "met" if is_met else "missed"


def interleaved(
    subjects: Mapping[Name, Callable[[], Figure]], rounds: int
) -> dict[Name, list[Figure]]:
    """The figures of each subject, one for each round; a subject returns its figure."""
    samples: dict[Name, list[Figure]] = {name: [] for name in subjects}
    names = list(subjects)
    for number in range(rounds):
        turn = number % len(names)
        for name in names[turn:] + names[:turn]:
            samples[name].append(subjects[name]())
    return samples


def microseconds_of(call: Callable[[], object], times: int) -> Callable[[], float]:
    """A subject: the median duration of *times* calls."""

    def microseconds() -> float:
        took = []
        for _ in range(times):
            began = perf_counter()
            call()
            took.append(perf_counter() - began)
        return median(took) * 1e6

    return microseconds


def differences(samples: Sequence[float], base: Sequence[float]) -> list[float]:
    """The difference to the base in each round."""
    return [one - other for one, other in zip(samples, base)]


def rows(
    measure: str,
    samples: Mapping[str, Sequence[float]],
    unit: str,
    *,
    base: Sequence[float] | None = None,
    budgets: Mapping[str, Budget] | None = None,
) -> Iterator[Row]:
    """A row for each subject. Without *base* there are no ratios."""
    for subject, values in samples.items():
        figure = median(values)
        ratio = None if base is None else figure / median(base)
        budget = (budgets or {}).get(subject)
        yield Row(measure, subject, figure, unit, ratio, budget)
