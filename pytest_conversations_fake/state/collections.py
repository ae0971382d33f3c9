"""A collection for each noun of the API."""

from __future__ import annotations

from ..api.accounts import Account
from ..api.resources import RESOURCES
from ..api.world import World
from .collection import collection_class

NAMES = frozenset(resource.collection for resource in RESOURCES)


class Collections:
    """The collections of an account: `.services`, `.conversations`, `.messages` and so on.

    Type checkers read their names and keywords in the stub beside this module, which `make stub`
    writes from the resources.
    """

    def __init__(self, world: World, account: Account) -> None:
        self._world = world
        self._account = account
        for resource in RESOURCES:
            vars(self)[resource.collection] = collection_class(resource)(world, account)

    def __setattr__(self, name: str, value: object) -> None:
        __tracebackhide__ = True
        if name in NAMES:
            raise AttributeError(
                f"{name} cannot be assigned; add records with add(), load() or the seed of the fake"
            )
        super().__setattr__(name, value)
