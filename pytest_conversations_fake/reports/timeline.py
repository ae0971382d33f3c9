"""The time line: requests, deliveries and actions in their common order."""

from __future__ import annotations

from ..api.outside import Entry
from ..api.world import World


def timeline(world: World) -> list[Entry]:
    """The entries of a world in the order in which they began. The caller holds the lock."""
    entries: list[Entry] = [*world.journal, *world.deliveries, *world.actions]
    return sorted(entries, key=lambda entry: entry.order)
