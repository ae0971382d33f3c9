"""The feed: the last entries of the time line, in the order in which they were completed.

Clients of the event stream read it at their own speed. A client has a position in the feed and no
queue, so a slow one costs no memory; it starts anew when its position has been dropped.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from threading import Lock

from ..api.actions import RESTORES, Action
from ..api.outside import Entry
from ..reports.data import entry_data
from .control import Control
from .views import get_state

MAX_KEPT = 1000
"""Maximum number of entries that the feed keeps for clients."""

MAX_BATCH = 100
"""Maximum number of entries that a client gets at once."""


@dataclass
class _FeedEntry:
    entry: Entry
    text: bytes = b""
    """Its event, once a client has needed it."""


class Feed:
    """The last entries of the fake under *control*."""

    def __init__(self, control: Control) -> None:
        self._control = control
        self._lock = Lock()
        self._entries: deque[_FeedEntry] = deque(maxlen=MAX_KEPT)
        self._added = 0
        """Number of entries so far, and so the position after the last one."""
        self._state = (-1, b"")
        """The event with the state, and the position at which it was read."""
        self.listeners: list[Callable[[], None]] = []
        """Called after each entry, in any thread, which holds the lock of the world."""
        # The numbers of entries begin again with each start of the fake
        self._start = sha256(control.world.name.encode()).hexdigest()[:8]
        control.world.outside.listeners.append(self._add)

    def _add(self, entry: Entry) -> None:
        with self._lock:
            self._entries.append(_FeedEntry(entry))
            self._added += 1
        for listener in self.listeners:
            listener()

    def position(self, last_event_id: str = "") -> int | None:
        """The position after the event with an id, or after the last one without an id.

        Returns None for the event of an earlier start, or one that is no longer kept.
        """
        with self._lock:
            if not last_event_id:
                return self._added
            for distance, each in enumerate(reversed(self._entries)):
                if self._id(each.entry) == last_event_id:
                    return self._added - distance
        return None

    def read_events(self, position: int | None) -> tuple[bytes, int]:
        """The events from a *position* on, at most `MAX_BATCH` of them, and the position after.

        The last event is the state, when there are no more. Without a position, or with one that
        is no longer kept, the only other event is `reload`.
        """
        with self._lock:
            added, first = self._added, self._added - len(self._entries)
            is_lost = position is None or position < first
            start = added if is_lost or position is None else position
            batch = [*self._entries][start - first :][:MAX_BATCH]
        events = [_event("reload", "{}")] if is_lost else []
        events += [self._text(each) for each in batch]
        end = start + len(batch)
        if end == added:
            events.append(self._state_event(added))
        return b"".join(events), end

    def _text(self, each: _FeedEntry) -> bytes:
        if not each.text:
            data = json.dumps(entry_data(each.entry, self._control.world.assumptions))
            each.text = _event("entry", data, id=self._id(each.entry))
            if isinstance(each.entry, Action) and each.entry.name in RESTORES:
                each.text += _event("reload", "{}")  # the client reads everything again
        return each.text

    def _state_event(self, position: int) -> bytes:
        if self._state[0] != position:
            self._state = position, _event("state", json.dumps(get_state(self._control)))
        return self._state[1]

    def _id(self, entry: Entry) -> str:
        return f"{self._start}-{entry.order}"


def _event(name: str, data: str, *, id: str = "") -> bytes:
    """An event of a stream; *data* is one line."""
    its_id = f"id: {id}\n" if id else ""
    return f"event: {name}\n{its_id}data: {data}\n\n".encode()
