"""The results of a sweep, as a table, and an assertion on them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import fill
from typing import overload

from ..api.faults import Fault
from ..api.wording import cut
from ..assertions.values import WIDTH

MAX_REASONS = 10
"""Maximum number of runs whose reason the text shows."""

MAX_REASON_LENGTH = 240
"""Maximum number of characters of one reason."""


@dataclass(frozen=True)
class SweepRun:
    """A run in which one call met a fault."""

    call: str
    """A call of the first run, such as `"CreateConversationMessage"`. It has parameters if calls
    of this operation differ in them, and a number if they are equal."""
    fault: Fault
    outcome: str
    """`survived`, `raised`, `duplicated`, `invariant broken`, `not settled` or `not called`."""
    reason: str = ""

    def __str__(self) -> str:
        text = f"{self.call}, {self.fault}: {self.outcome}"
        return f"{text}, {self.reason}" if self.reason else text


class Sweep(Sequence[SweepRun]):
    """The runs of a sweep and their outcomes. `str()` returns a table."""

    def __init__(self, scenario: str, faults: Sequence[Fault], runs: Sequence[SweepRun]) -> None:
        self.scenario = scenario
        self._faults = faults
        self._runs = runs

    def assert_survives(self) -> None:
        """Assert that every run survived.

        Raises `AssertionError` with the table, and with the reason for each outcome.
        """
        __tracebackhide__ = True
        survived = sum(run.outcome == "survived" for run in self)
        if survived < len(self):
            raise AssertionError(
                f"expected {self.scenario} to survive {len(self)} failures, but it survived "
                f"{survived}\n\n{self}"
            )

    @overload
    def __getitem__(self, index: int) -> SweepRun: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[SweepRun]: ...
    def __getitem__(self, index: int | slice) -> SweepRun | Sequence[SweepRun]:
        return self._runs[index]

    def __len__(self) -> int:
        return len(self._runs)

    def __str__(self) -> str:
        reasons = [_brief(run) for run in self if run.reason]
        more = [f"and {len(reasons) - MAX_REASONS} more"] * (len(reasons) > MAX_REASONS)
        return "\n".join([*self._table(), *[""] * bool(reasons), *reasons[:MAX_REASONS], *more])

    def _table(self) -> list[str]:
        """A row for each call, with a column for each fault."""
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
        text = ", ".join(f"{count} {outcome}" for outcome, count in outcomes.items())
        return f"<sweep of {self.scenario}: {text}>"


def _brief(run: SweepRun) -> str:
    """The text of a run, on a few lines."""
    text = cut(" ".join(str(run).split()), MAX_REASON_LENGTH)
    return fill(text, WIDTH, subsequent_indent="    ")
