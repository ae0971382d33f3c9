"""Sids: the only source of randomness, and it is reproducible."""

from __future__ import annotations

import random

from .snapshots import Restore


class Sids:
    """Sids that depend on *name* alone, so that a test gets the same ones at each run.

    Each prefix has its own sequence: the sids of one kind stay the same when a test creates more
    records of another kind.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._sequences: dict[str, random.Random] = {}

    def draw(self, prefix: str) -> str:
        if prefix not in self._sequences:
            self._sequences[prefix] = random.Random(f"{prefix} {self._name}")
        return f"{prefix}{self._sequences[prefix].randbytes(16).hex()}"

    def save(self) -> Restore:
        """Return a function that makes the next sids the same ones again."""
        states = {prefix: each.getstate() for prefix, each in self._sequences.items()}

        def restore() -> None:
            self._sequences = {prefix: random.Random() for prefix in states}
            for prefix, state in states.items():
                self._sequences[prefix].setstate(state)

        return restore
