"""Snapshots: how things are, so that they can be put back to it as often as one likes.

Things keep their identity: whoever holds a record sees it as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

Restore = Callable[[], None]


def save_attributes(things: Iterable[object]) -> Restore:
    """What puts the attributes of *things* back to what they are now."""
    before = [(thing, _copied(vars(thing))) for thing in things]

    def restore() -> None:
        for thing, attributes in before:
            vars(thing).update(_copied(attributes))  # whoever reads meanwhile misses none
            for name in vars(thing).keys() - attributes.keys():
                del vars(thing)[name]

    return restore


def _copied(attributes: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value.copy() if isinstance(value, (list, dict)) else value
        for name, value in attributes.items()
    }
