"""Dropped entries: deliveries and actions that a world with `max_requests` no longer keeps."""

from __future__ import annotations

from collections import Counter

from .actions import Action
from .deliveries import Delivery
from .wording import counted


class Dropped:
    """Drops the oldest deliveries and actions above a *limit*, and counts them."""

    def __init__(self, limit: int | None) -> None:
        self._limit = limit
        self._events: Counter[str] = Counter()
        self._actions = 0
        self.failures: list[Delivery] = []
        """Failed deliveries, which are checked at the end of the test; no more than the limit."""

    def drop(self, deliveries: list[Delivery], actions: list[Action]) -> None:
        """Drop the oldest entries of both lists."""
        if self._limit is None:
            return
        oldest = deliveries[: -self._limit]
        self._events.update(each.event for each in oldest)
        failures = [each for each in oldest if each.failed]
        self.failures += failures[: self._limit - len(self.failures)]
        self._actions += len(actions[: -self._limit])
        del deliveries[: -self._limit], actions[: -self._limit]

    def deliveries(self, event: str) -> str:
        """A note on the dropped deliveries of an *event*; empty without any."""
        number = self._events[event]
        return f"{number} earlier {event} {self._why}" if number else ""

    def actions(self) -> str:
        """A note on the dropped actions; empty without any."""
        return f"{counted(self._actions, 'earlier action')} {self._why}" if self._actions else ""

    @property
    def _why(self) -> str:
        return f"dropped (max_requests={self._limit})"
