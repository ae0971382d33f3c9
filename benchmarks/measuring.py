"""Interleaved rounds, and the rows that they give."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from statistics import median

FLOOR = "floor"


@dataclass(frozen=True)
class Row:
    """A figure of one subject, and its ratio to the floor of the same rounds."""

    measure: str
    subject: str
    value: float
    unit: str
    ratio: float | None = None
    budget: float | None = None
    """The ratio that the fake must keep: at most, or at least for a rate."""
    is_rate: bool = False
    """Whether more is better."""

    @property
    def keeps_budget(self) -> bool | None:
        """None without a budget."""
        if self.ratio is None or self.budget is None:
            return None
        return self.ratio >= self.budget if self.is_rate else self.ratio <= self.budget


def interleaved(subjects: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, float]:
    """The median of *rounds* of each subject, which returns its figure."""
    figures: dict[str, list[float]] = {name: [] for name in subjects}
    names = list(subjects)
    for number in range(rounds):
        turn = number % len(names)
        for name in names[turn:] + names[:turn]:
            figures[name].append(subjects[name]())
    return {name: median(values) for name, values in figures.items()}


def rows(
    measure: str,
    figures: Mapping[str, float],
    unit: str,
    *,
    floor: float | None = None,
    budgets: Mapping[str, float] | None = None,
    is_rate: bool = False,
) -> Iterator[Row]:
    """A row for each figure, with its ratio to *floor* (default: the figure of the floor)."""
    base = figures.get(FLOOR) if floor is None else floor
    for subject, value in figures.items():
        ratio = value / base if base else None
        budget = (budgets or {}).get(subject)
        yield Row(measure, subject, value, unit, ratio, budget, is_rate)
