"""Changes: how many of each noun there came to be."""

from __future__ import annotations

from collections.abc import Mapping

from ..api.accounts import Account
from ..api.resources import RESOURCES
from ..api.world import World

# What is there by itself, not as a view of something else
COUNTED = [each for each in RESOURCES if each.seedable and each.stored is each.record]


class Changes(dict[str, int]):
    """How many more, or fewer, there are of a noun."""

    def __repr__(self) -> str:
        """As tests write it: `{'messages': +1, 'participants': -2}`."""
        return f"{{{', '.join(f'{noun!r}: {count:+d}' for noun, count in self.items())}}}"


def counts(world: World, account: Account) -> dict[str, int]:
    """How many there are of each noun."""
    with world.settled():
        return {each.collection: len(account.store.all(each.record)) for each in COUNTED}


def changed(before: Mapping[str, int], after: Mapping[str, int]) -> Changes:
    """How many more there are of each noun, or fewer."""
    return Changes(
        (noun, after[noun] - before[noun]) for noun in after if after[noun] != before[noun]
    )
