"""Counts: the number of records of each noun, and its changes."""

from __future__ import annotations

from collections.abc import Mapping

from ..api.accounts import Account
from ..api.resources import RESOURCES
from ..api.world import World


class Changes(dict[str, int]):
    """The change of the number of records, by noun; nouns without a change are left out."""

    def __repr__(self) -> str:
        """As a test writes it: `{'messages': +1, 'participants': -2}`."""
        return f"{{{', '.join(f'{noun!r}: {count:+d}' for noun, count in self.items())}}}"


def counts(world: World, account: Account) -> dict[str, int]:
    """The number of records of each noun.

    Without singletons, views, and resources that store records of another resource.
    """
    counted = [each for each in RESOURCES if each.seedable and each.stored is each.record]
    with world.settled():
        return {each.collection: len(account.store.all(each.record)) for each in counted}


def changed(before: Mapping[str, int], after: Mapping[str, int]) -> Changes:
    """The difference of two counts."""
    return Changes(
        (noun, after[noun] - before[noun]) for noun in after if after[noun] != before[noun]
    )
