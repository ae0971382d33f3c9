"""Assertions on the requests for one operation."""

from __future__ import annotations

from inspect import Parameter, Signature, signature
from typing import overload

from ..api.accounts import Account
from ..api.journal import Exchange
from ..api.operations import OPERATIONS, Operation
from ..api.world import World
from .misuse import unknown
from .texts import Wanted, explain


class Requests:
    """What an account was asked for an operation, and what came with credentials of no account."""

    def __init__(self, world: World, account: Account, operation: Operation) -> None:
        self._world = world
        self._account = account
        self._operation = operation

    @property
    def __signature__(self) -> Signature:
        """For `help` and for who completes names."""
        own = list(signature(type(self).__call__).parameters.values())[1:-1]
        sent = [
            Parameter(keyword, Parameter.KEYWORD_ONLY, default=...)
            for keyword in self._operation.keywords
        ]
        return Signature([*own, *sent])

    def _expect(self, count: int, refused: bool | int, params: dict[str, object]) -> list[Exchange]:
        __tracebackhide__ = True
        for what, number in (("count", count), ("refused", refused)):
            if not isinstance(number, int) or number < 0:
                raise TypeError(f"{what} is a number from 0 on, not {number!r}")
        name, keywords = self._operation.name, self._operation.keywords
        for keyword in params:
            if keyword not in keywords:
                raise TypeError(unknown(f"{name} has no parameter", keyword, keywords))
        mine = (self._account.sid, None)
        requests = [each for each in self._world.journal if each.account_sid in mine]
        wanted = Wanted(name, count, refused, params)
        found = [each for each in requests if wanted.includes(each)]
        if len(found) != count:
            raise AssertionError(explain(wanted, requests, self._world))
        return found


class Expectation(Requests):
    """That an operation was requested, once or *count* times.

    Called with what the requests shall have sent, by twilio-python's keyword; what is not named may
    be anything. Values are compared with `==`, the expected one on the left, so that dirty-equals
    and `unittest.mock.ANY` work. Only accepted requests count or, with *refused*, only refused
    ones: True for any refusal, or the code that Twilio gives.

    Returns the request; with *count* the list of them. Raises `AssertionError`, and `TypeError` for
    a keyword that the operation has no parameter for.
    """

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
        if count is None:
            return self._expect(1, refused, params)[0]
        return self._expect(count, refused, params)


class Refutation(Requests):
    """That an operation was not requested.

    Keywords and exceptions are those of an expectation; nothing is returned.
    """

    def __call__(self, *, refused: bool | int = False, **params: object) -> None:
        __tracebackhide__ = True
        self._expect(0, refused, params)


def operation_named(name: str) -> Operation:
    """Raises `ValueError` for a name that Twilio's contract does not have."""
    if name not in OPERATIONS:
        raise ValueError(unknown("there is no operation", name, OPERATIONS))
    return OPERATIONS[name]
