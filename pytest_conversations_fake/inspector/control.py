"""The fake under control, and the snapshots and faults that clients of the control API made."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from ..api.clock import Clock
from ..api.faults import Fault, Injection
from ..api.outside import Entry
from ..api.world import World
from ..reports.data import entry_data
from ..reports.report import Report
from ..simulators.chat_user import ChatUser
from ..simulators.handset import Handset
from ..state.snapshot import Snapshot
from ..webhooks.dispatcher import Dispatcher
from ..webhooks.webhooks import Webhooks

MAX_SNAPSHOTS = 20
"""Maximum number of snapshots. A further one replaces the oldest."""


class Inspectable(Protocol):
    """The members of a fake that the inspector uses."""

    _world: World
    _dispatcher: Dispatcher

    @property
    def webhooks(self) -> Webhooks: ...
    @property
    def clock(self) -> Clock: ...
    def chat_user(self, identity: str) -> ChatUser: ...
    def handset(self, number: str, *, channel: str = ...) -> Handset: ...
    def inject(self, fault: Fault, *, on: Any, times: int | None, after: int) -> Injection: ...
    def load(self, seed: Mapping[str, Any]) -> None: ...
    def report(self) -> Report: ...
    def reset(self) -> None: ...
    def restore(self, snapshot: Snapshot) -> None: ...
    def settle(self, *, within: float) -> None: ...
    def snapshot(self) -> Snapshot: ...


class Control:
    """The object of all calls of the control API, which run in several threads."""

    def __init__(self, fake: Inspectable) -> None:
        self.fake = fake
        self.world = fake._world
        self._snapshots: dict[str, Snapshot] = {}
        self._snapshot_count = 0
        self._ids: dict[Injection, str] = {}
        self._search_texts: WeakKeyDictionary[Entry, str] = WeakKeyDictionary()

    def search_text(self, entry: Entry) -> str:
        """The JSON of an entry in lower case, rendered once: each search reads all entries."""
        text = self._search_texts.get(entry)
        if text is None:
            data = entry_data(entry, self.world.assumptions)
            text = json.dumps(data, ensure_ascii=False).casefold()
            self._search_texts[entry] = text
        return text

    # Snapshots

    def take_snapshot(self) -> str:
        """Take a snapshot. Returns its id."""
        snapshot = self.fake.snapshot()
        with self.world.lock:
            self._snapshot_count += 1
            self._snapshots[str(self._snapshot_count)] = snapshot
            while len(self._snapshots) > MAX_SNAPSHOTS:
                del self._snapshots[next(iter(self._snapshots))]
            return str(self._snapshot_count)

    def snapshots(self) -> Mapping[str, Snapshot]:
        """The snapshots by id, the oldest first."""
        with self.world.lock:
            return dict(self._snapshots)

    # Faults

    def faults(self) -> Mapping[str, Injection]:
        """The faults that requests can still meet, by id, in the order of injection."""
        with self.world.lock:
            active = [each for each in self.world.injections if each.is_active]
            return {self.id_of(each): each for each in active}

    def id_of(self, injection: Injection) -> str:
        with self.world.lock:
            return self._ids.setdefault(injection, str(len(self._ids) + 1))
