"""A collection for each noun of the API."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from ..api.accounts import Account
from ..api.resource import Resource
from ..api.resources import RESOURCES
from ..api.world import World
from .collection import Collection, collection_class

NAMES = frozenset(resource.collection for resource in RESOURCES)


class Collections:
    """The collections of an account: `.services`, `.conversations`, `.messages` and so on.

    Type checkers read their names and keywords in the stub beside this module, which `make stub`
    writes from the resources.
    """

    def __init__(self, world: World, account: Account) -> None:
        self._world = world
        self._account = account

    def __setattr__(self, name: str, value: object) -> None:
        __tracebackhide__ = True
        if name in NAMES:
            raise AttributeError(
                f"{name} cannot be assigned; add records with add(), load() or the seed of the fake"
            )
        super().__setattr__(name, value)


def _collection(resource: Resource[Any]) -> cached_property[Collection]:
    """The collection of a *resource*, which most tests do not use."""
    return cached_property(
        lambda account: collection_class(resource)(account._world, account._account)
    )


for _resource in RESOURCES:
    _property = _collection(_resource)
    _property.__set_name__(Collections, _resource.collection)
    setattr(Collections, _resource.collection, _property)
