"""What a fake holds, as a whole: to be kept, put back and emptied."""

from __future__ import annotations

from abc import ABC
from collections.abc import Sequence
from typing import Any

from .active import Active
from .api.snapshots import PutBack
from .api.world import World
from .expectations.strictness import Finding, findings
from .webhooks import PATIENCE


class Snapshot:
    """How a fake was at some point; `restore` takes it."""

    def __init__(self, world: World) -> None:
        self.world = world
        with world.lock:
            world.settle()
            self.put_back: PutBack = world.save()
            self.requests = len(world.journal)

    def __repr__(self) -> str:
        return f"<snapshot of {self.world.name!r} after {self.requests} requests>"


class Stateful(Active, ABC):
    """What can go back to how it was."""

    def __init__(self, world: World, **options: Any) -> None:
        super().__init__(world, **options)
        self._forgotten: list[Finding] = []
        """What was wrong before it went back."""
        self._empty = self._seeded = Snapshot(world)

    def snapshot(self) -> Snapshot:
        """How it is now: what there is, the clock, requests, deliveries and faults.

            before = fake_conversations.snapshot()
            ...
            fake_conversations.restore(before)

        What is still to be delivered is delivered first; raises like `settle`.
        """
        __tracebackhide__ = True
        self._webhooks.settle(PATIENCE)
        return Snapshot(self._world)

    def restore(self, snapshot: Snapshot) -> None:
        """Go back to a *snapshot*, as often as one likes: what came after it never was.

        Sids that are drawn next are those that were drawn next then. Targets of webhooks stay, and
        what a test does not pass with is remembered. A request that is still under way is cut off.
        Raises `TypeError` for what is no snapshot, `ValueError` for another fake's, and like
        `settle`.
        """
        __tracebackhide__ = True
        if not isinstance(snapshot, Snapshot):
            raise TypeError(f"restore takes what snapshot() returned, not {snapshot!r}")
        if snapshot.world is not self._world:
            raise ValueError(f"{snapshot!r} is not of this fake, {self._world.name!r}")
        self._webhooks.settle(PATIENCE)
        self._forgotten += findings(self._world)
        self._put_back(snapshot)

    def reset(self) -> None:
        """Go back to the beginning, with the seed."""
        __tracebackhide__ = True
        self.restore(self._seeded)

    def clear(self) -> None:
        """Go back to the beginning, without the seed: nothing but what every account has."""
        __tracebackhide__ = True
        self.restore(self._empty)

    def _put_back(self, snapshot: Snapshot) -> None:
        with self._world.lock:
            snapshot.put_back()

    def _findings(self) -> Sequence[Finding]:
        """What is wrong now, or was before it went back; everything once."""
        found = (*self._forgotten, *findings(self._world))
        return [*{id(each.thing): each for each in found}.values()]
