"""What came of a sweep: a table, and an assertion on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import fill
from typing import overload

from ..api.faults import Fault
from ..api.wording import cut
from ..assertions.values import WIDTH

MOST = 10
"""Runs of which a table says more than their outcome."""

LONGEST = 240
"""Characters of what it says of each."""


@dataclass(frozen=True)
class Run:
    """A run in which one call met a fault."""

    call: str
    """Which call of the run in which none failed: `"CreateConversationMessage"`, with parameters
    where several differ in them, and numbered where they are equal."""
    fault: Fault
    outcome: str
    """`survived`, `raised`, `duplicated`, `invariant broken`, `not settled` or `not called`."""
    reason: str = ""

    def __str__(self) -> str:
        said = f"{self.call}, {self.fault}: {self.outcome}"
        return f"{said}, {self.reason}" if self.reason else said


class Sweep(Sequence[Run]):
    """What became of each run; as a text it is a table."""

    def __init__(self, scenario: str, faults: Sequence[Fault], runs: Sequence[Run]) -> None:
        self.scenario = scenario
        self._faults = faults
        self._runs = runs

    def assert_survives(self) -> None:
        """Assert that every run survived: it came to its end, and left no more than without faults.

        Raises `AssertionError` with the table, and with what happened in each that did not.
        """
        __tracebackhide__ = True
        survived = sum(run.outcome == "survived" for run in self)
        if survived < len(self):
            raise AssertionError(
                f"expected {self.scenario} to survive {len(self)} failures, it survived "
                f"{survived}\n\n{self}"
            )

    @overload
    def __getitem__(self, index: int) -> Run: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Run]: ...
    def __getitem__(self, index: int | slice) -> Run | Sequence[Run]:
        return self._runs[index]

    def __len__(self) -> int:
        return len(self._runs)

    def __str__(self) -> str:
        told = [_brief(run) for run in self if run.reason]
        more = [f"and {len(told) - MOST} more"] * (len(told) > MOST)
        return "\n".join([*self._table(), *([""] if told else []), *told[:MOST], *more])

    def _table(self) -> list[str]:
        """A line for each call, and on it what became of it with each fault."""
        names = [type(fault).__name__ for fault in self._faults]
        if len({*names}) < len(names):
            names = [str(fault) for fault in self._faults]
        rows = [["", *names]]
        for first in range(0, len(self), len(names)):
            runs = self[first : first + len(names)]
            rows.append(
                [
                    cut(runs[0].call, WIDTH // 2),
                    *(run.outcome.removeprefix("invariant ") for run in runs),
                ]
            )
        widths = [max(map(len, column)) for column in zip(*rows)]
        return [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip()
            for row in rows
        ]

    def __repr__(self) -> str:
        outcomes = Counter(run.outcome for run in self)
        said = ", ".join(f"{count} {outcome}" for outcome, count in outcomes.items())
        return f"<sweep of {self.scenario}: {said}>"


def _brief(run: Run) -> str:
    """What there is to say of a run, on a few lines."""
    return fill(cut(" ".join(str(run).split()), LONGEST), WIDTH, subsequent_indent="    ")
