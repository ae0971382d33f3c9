"""The time line: requests, deliveries and actions in their common order."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from operator import attrgetter

from ..api.outside import Entry


def timeline(*entries: Iterable[Entry]) -> list[Entry]:
    """The *entries* of all kinds in the order in which they began."""
    return sorted(chain(*entries), key=attrgetter("order"))
