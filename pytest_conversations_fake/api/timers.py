"""Timers: what happens to conversations by itself, each thing at its own instant."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from heapq import heappop, heappush


class Timers:
    """Instants by which a conversation is to be looked at again, the earliest first.

    What was put in is never taken back: whoever looks finds out whether it is still so.
    """

    def __init__(self) -> None:
        self._instants: list[tuple[datetime, str]] = []

    def put(self, instant: datetime, sid: str) -> None:
        heappush(self._instants, (instant, sid))

    @property
    def next(self) -> datetime | None:
        """When to look next."""
        return self._instants[0][0] if self._instants else None

    def due(self, now: datetime) -> Iterator[tuple[datetime, str]]:
        """Take out what is due, in order, with what is put in meanwhile."""
        while self._instants and self._instants[0][0] <= now:
            yield heappop(self._instants)
