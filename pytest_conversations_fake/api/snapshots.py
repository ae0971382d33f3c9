"""Snapshots: attributes of objects that can be restored any number of times.

Objects keep their identity: a reference to a record shows its earlier state after a restore.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

Restore = Callable[[], None]


def save_attributes(things: Iterable[object]) -> Restore:
    """Return a function that restores the current attributes of *things*."""
    before = [(thing, _copy(vars(thing))) for thing in things]

    def restore() -> None:
        for thing, attributes in before:
            vars(thing).update(_copy(attributes))  # a reader in another thread misses none
            for name in vars(thing).keys() - attributes.keys():
                del vars(thing)[name]

    return restore


def _copy(attributes: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value.copy() if isinstance(value, (list, dict)) else value
        for name, value in attributes.items()
    }
