"""Assertions on the requests for one operation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from inspect import Parameter, Signature, signature
from typing import ClassVar, overload

from ..api.accounts import Account
from ..api.checks import check, check_number, check_seconds, check_text
from ..api.did_you_mean import unknown
from ..api.journal import RecordedRequest
from ..api.operations import OPERATIONS, Operation
from ..api.world import World
from .differences import Difference, Remark, differing
from .explanations import explain, found, too_often
from .hints import why_not_asked
from .sids import check_sids
from .values import LINE, OUTCOME, arguments, beginning, ends

LONGEST = 1000
"""Characters of a line that are looked at to make it short."""


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

    def _check(self, count: int, refused: bool | int, params: dict[str, object]) -> None:
        __tracebackhide__ = True
        check_number("count", count)
        is_code = isinstance(refused, int) and refused >= 0
        check(is_code, "refused is True or the code that Twilio gives", refused)
        name, keywords = self._operation.name, self._operation.keywords
        for keyword in params:
            if keyword not in keywords:
                raise TypeError(unknown(f"{name} has no parameter", keyword, keywords))
        check_sids(self._operation.resource, params, as_sent=bool(refused))

    def _requests(self) -> list[RecordedRequest]:
        mine = (self._account.sid, None)
        return [each for each in self._world.journal if each.account_sid in mine]

    def _expect(
        self, count: int, refused: bool | int, params: dict[str, object], within: float = 0
    ) -> list[RecordedRequest]:
        __tracebackhide__ = True
        self._check(count, refused, params)
        check_seconds("within", within)
        wanted = WantedRequest(self._operation.name, count, refused, params)
        if self._world.ended:  # nothing comes any more
            within = 0
        with self._world.lock:
            self._world.lock.wait_for(lambda: len(found(wanted, self._requests())) >= count, within)
        requests = self._requests()
        matching = found(wanted, requests)
        if len(matching) != count:
            raise AssertionError(
                explain(
                    wanted,
                    requests,
                    why_not_asked(self._world, self._account, wanted.kind, waited=within > 0),
                    cuts=self._world.outside.cuts_texts(),
                    within=within,
                )
            )
        return matching


class Expectation(Requests):
    """That an operation was requested, once or *count* times.

    Called with what the requests shall have sent, by twilio-python's keyword; what is not named may
    be anything. Values are compared with `==`, the expected one on the left, so that dirty-equals
    and `unittest.mock.ANY` work. Only accepted requests count or, with *refused*, only refused
    ones: True for any refusal, or the code that Twilio gives. For what happens in the background it
    waits *within* so many seconds.

    Returns the request; with *count* the list of them. Raises `AssertionError`, `TypeError` for a
    keyword that the operation has no parameter for, and `ValueError` for a sid of another kind than
    the keyword's, unless it is *refused* ones that are looked for.
    """

    @overload
    def __call__(
        self,
        *,
        count: None = None,
        refused: bool | int = False,
        within: float = 0,
        **params: object,
    ) -> RecordedRequest: ...

    @overload
    def __call__(
        self, *, count: int, refused: bool | int = False, within: float = 0, **params: object
    ) -> list[RecordedRequest]: ...

    def __call__(
        self,
        *,
        count: int | None = None,
        refused: bool | int = False,
        within: float = 0,
        **params: object,
    ) -> RecordedRequest | list[RecordedRequest]:
        __tracebackhide__ = True
        if count is None:
            return self._expect(1, refused, params, within)[0]
        return self._expect(count, refused, params, within)


class Refutation(Requests):
    """That an operation was not requested.

    Keywords and exceptions are those of an expectation; nothing is returned.
    """

    def __call__(self, *, refused: bool | int = False, **params: object) -> None:
        __tracebackhide__ = True
        self._expect(0, refused, params)


@dataclass(frozen=True)
class WantedRequest:
    """Requests that a test expects: of which operation, how many, accepted or not, with what."""

    nouns: ClassVar[tuple[str, ...]] = ("request",)

    kind: str
    count: int
    refused: bool | int | None
    """None for either."""
    params: Mapping[str, object]

    def said(self, *, cuts: bool) -> str:
        call = f"{self.kind}({arguments(self.params, cuts=cuts)})"
        if not self.refused:
            return call
        return f"{call} refused" if self.refused is True else f"{call} refused with {self.refused}"

    def line(self, request: RecordedRequest, *, cuts: bool) -> str:
        if not cuts:
            return str(request)
        asked, arrow, outcome = str(request).partition(" -> ")
        outcome = beginning(arrow + outcome, OUTCOME)
        return _with_end_of_path(asked, LINE - len(outcome)) + outcome

    def reason(self, request: RecordedRequest) -> str:
        return f"refused: {request.reason}" if request.refused else ""

    def is_of_kind(self, request: RecordedRequest) -> bool:
        return request.operation == self.kind

    def is_akin(self, request: RecordedRequest) -> bool:
        other = OPERATIONS.get(request.operation or "")
        return other is not None and other.resource is OPERATIONS[self.kind].resource

    def differences(self, request: RecordedRequest) -> list[Difference]:
        differences = [*differing(self.params, request.all_params)]
        if self.refused is None:
            return differences
        code = (request.response or {}).get("code")
        if request.refused and self.refused not in (True, code):
            expected = f", expected {self.refused}" if self.refused else ""
            differences.append(Remark(f"{self.reason(request)}{expected}"))
        if not request.refused and self.refused is not False:
            differences.append(Remark("accepted, expected a refusal"))
        if differences and request.ignored:
            differences.append(Remark(f"ignored, as no parameters: {', '.join(request.ignored)}"))
        return differences


def _with_end_of_path(asked: str, width: int) -> str:
    """`#7 GET /v1/…/Conversations/talk/Messages`, as the end of a path says most."""
    asked = ends(asked, LONGEST)
    while len(asked) > width:
        shorter = re.sub(r"^(\S+ \S+ /\w+)(?:/…)?/[^/]+(?=/[^/]+/)", r"\1/…", asked)
        if shorter == asked:
            return ends(asked, width)
        asked = shorter
    return asked


class AtMost(Requests):
    """That an operation was not requested more than so often."""

    def __call__(self, count: int, **params: object) -> None:
        __tracebackhide__ = True
        self._check(count, True, params)
        wanted = WantedRequest(self._operation.name, count, None, params)
        matching = found(wanted, self._requests())
        if len(matching) > count:
            raise AssertionError(too_often(wanted, matching, cuts=self._world.outside.cuts_texts()))


def operation_named(name: str) -> Operation:
    """Raises `ValueError` for a name that Twilio's contract does not have."""
    __tracebackhide__ = True
    check_text("an operation", name)
    if name not in OPERATIONS:
        raise ValueError(unknown("there is no operation", name, OPERATIONS))
    return OPERATIONS[name]
