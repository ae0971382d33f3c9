"""Seeding: how a seed file holds the records of a resource, where that needs more than fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Seeding:
    """Exceptions to the usual entries of a resource in seed files."""

    preexisting_by: Sequence[str] = ()
    """Attributes by which an entry without a sid finds its preexisting record. Without them, each
    entry creates a record."""
    set_last: Sequence[str] = ()
    """Attributes that are set after the records below the entry were loaded. Where each parent has
    exactly one record, they are set after everything below the parent."""
    filled_first: Mapping[str, Any] = field(default_factory=dict)
    """Values of the entries whose records below are loaded before those of the other entries."""
    order_key: str | None = None
    """The key of a record's place in the order of creation, which is needed where the API lists
    records of several parents together."""
