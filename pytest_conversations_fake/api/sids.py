"""Sids: the only source of randomness, and it is reproducible."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from hashlib import blake2b

from .snapshots import Restore


class Sids:
    """Sids that depend on *name* alone, so that a test gets the same ones at each run.

    Each prefix has its own sequence: the sids of one kind stay the same when a test creates more
    records of another kind.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._drawn: Counter[str] = Counter()

    def draw(self, prefix: str) -> str:
        self._drawn[prefix] += 1
        seed = f"{prefix} {self._drawn[prefix]} {self._name}"
        digest = blake2b(seed.encode(errors="surrogatepass"), digest_size=16)
        return f"{prefix}{digest.hexdigest()}"

    @property
    def drawn(self) -> Mapping[str, int]:
        """The number of sids drawn so far, by prefix."""
        return self._drawn

    def skip(self, drawn: Mapping[str, int]) -> None:
        """Draw no sid that an earlier run with the same name has *drawn*."""
        self._drawn |= Counter(drawn)

    def save(self) -> Restore:
        """Return a function that makes the next sids the same ones again."""
        drawn = self._drawn.copy()

        def restore() -> None:
            self._drawn = drawn.copy()

        return restore
