"""Dropped entries: requests, deliveries and actions that a fake with `max_requests` gives up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Generic, TypeVar

from .wording import counted

E = TypeVar("E")


class Dropped(Generic[E]):
    """Drops the oldest entries of a list above a *limit*, and counts them.

    *noun* names an entry in notes, *name_of* returns the operation or event of one, and
    *is_problem* whether it is checked at the end of the test.
    """

    def __init__(
        self,
        noun: str,
        limit: int | None,
        *,
        name_of: Callable[[E], str | None] = lambda entry: None,
        is_problem: Callable[[E], bool] = lambda entry: False,
    ) -> None:
        self._noun = noun
        self._limit = limit
        self._name_of = name_of
        self._is_problem = is_problem
        self._numbers: Counter[str | None] = Counter()
        self.problems: list[E] = []
        """Dropped entries that are checked at the end of the test; no more than the limit."""

    def drop(self, entries: list[E]) -> None:
        """Drop the oldest of all *entries* that are kept."""
        if self._limit is None:
            return
        oldest = entries[: -self._limit]
        del entries[: -self._limit]
        self._numbers.update(map(self._name_of, oldest))
        problems = [*filter(self._is_problem, oldest)]
        self.problems += problems[: self._limit - len(self.problems)]

    def note(self, name: str | None = None) -> str:
        """A note on the dropped entries, or on those with a *name*; empty without any."""
        number = self._numbers[name] if name else self._numbers.total()
        if not number:
            return ""
        what = f"{number} earlier {name}" if name else counted(number, f"earlier {self._noun}")
        return f"{what} dropped (max_requests={self._limit})"
