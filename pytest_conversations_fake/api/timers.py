"""Timers: the instants at which conversations change their states by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from heapq import heappop, heappush


class Timers:
    """The instants at which to check a conversation, the earliest first.

    Instants are never removed before they are due, so the check must find out whether the timer
    still holds.
    """

    def __init__(self) -> None:
        self._instants: list[tuple[datetime, str]] = []

    def put(self, instant: datetime, sid: str) -> None:
        heappush(self._instants, (instant, sid))

    @property
    def next(self) -> datetime | None:
        """The earliest instant."""
        return self._instants[0][0] if self._instants else None

    def due(self, now: datetime) -> Iterator[tuple[datetime, str]]:
        """Remove and yield what is due, in order, including what is added during the iteration."""
        while self._instants and self._instants[0][0] <= now:
            yield heappop(self._instants)
