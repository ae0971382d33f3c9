"""Snapshots: the whole state of a fake at one point, which a test can restore."""

from __future__ import annotations

from ..api.world import World


class Snapshot:
    """The state of a fake at one point, for `restore`."""

    def __init__(self, world: World) -> None:
        self.world = world
        with world.settled():
            self._restore = world.save()
            self.requests = world.journal.answered

    def restore_world(self) -> None:
        """Restore at once; `FakeConversations.restore` also waits for webhooks."""
        with self.world.lock:
            self._restore()

    def __repr__(self) -> str:
        return f"<snapshot of {self.world.name!r} after {self.requests} requests>"
