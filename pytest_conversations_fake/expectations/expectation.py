"""Assertions on the requests for one operation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import overload

from ..api.journal import Exchange
from ..api.operations import OPERATIONS, Operation
from ..api.world import World
from .misuse import unknown
from .texts import Wanted, explain


class Expectation:
    """That an operation was requested, once or *count* times.

    Called with what the requests shall have sent, by twilio-python's keyword; what is not named may
    be anything. Values are compared with `==`, the expected one on the left, so that dirty-equals
    and `unittest.mock.ANY` work. Only accepted requests count or, with *refused*, only refused
    ones: True for any refusal, or the code that Twilio gives.

    Returns the request; with *count* the list of them. Raises `AssertionError`, and `TypeError` for
    a keyword that the operation has no parameter for.
    """

    def __init__(self, world: World, operation: Operation) -> None:
        self._world = world
        self._operation = operation

    @overload
    def __call__(
        self, *, count: None = None, refused: bool | int = False, **params: object
    ) -> Exchange: ...

    @overload
    def __call__(
        self, *, count: int, refused: bool | int = False, **params: object
    ) -> list[Exchange]: ...

    def __call__(
        self, *, count: int | None = None, refused: bool | int = False, **params: object
    ) -> Exchange | list[Exchange]:
        __tracebackhide__ = True
        found = _requested(
            self._world, self._operation, 1 if count is None else count, refused, params
        )
        return found[0] if count is None else found


class Refutation:
    """That an operation was not requested.

    Keywords and exceptions are those of an expectation.
    """

    def __init__(self, world: World, operation: Operation) -> None:
        self._world = world
        self._operation = operation

    def __call__(self, *, refused: bool | int = False, **params: object) -> None:
        __tracebackhide__ = True
        _requested(self._world, self._operation, 0, refused, params)


def _requested(
    world: World, operation: Operation, count: int, refused: bool | int, params: dict[str, object]
) -> list[Exchange]:
    __tracebackhide__ = True
    for keyword in params:
        if keyword not in operation.keywords:
            raise TypeError(
                unknown(f"{operation.name} has no parameter", keyword, operation.keywords)
            )
    wanted = Wanted(operation.name, count, refused, params)
    requests: Sequence[Exchange] = list(world.journal)
    found = [each for each in requests if wanted.includes(each)]
    if len(found) != count:
        raise AssertionError(explain(wanted, requests, world))
    return found


def operation_named(name: str) -> Operation:
    """Raises `ValueError` for a name that Twilio's contract does not have."""
    if name not in OPERATIONS:
        raise ValueError(unknown("there is no operation", name, OPERATIONS))
    return OPERATIONS[name]
