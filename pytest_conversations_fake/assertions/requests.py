"""Assertions on the requests for the operations of a resource."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, wraps
from inspect import Parameter, Signature, signature
from typing import Any, ClassVar

from ..api.accounts import Account
from ..api.checks import check_number, check_seconds, require
from ..api.did_you_mean import unknown
from ..api.ignored_parameters import ignored_sentence
from ..api.journal import RecordedRequest
from ..api.operations import OPERATIONS, Operation
from ..api.resource import Resource
from ..api.sid_kinds import check_sids
from ..api.verbs import CREATE, DELETE, FETCH, LIST, UPDATE
from ..api.world import World
from .differences import Difference, Remark, differences
from .explanations import Comparison, compare, explain
from .hints import hints_for_operation
from .values import Truncation, arguments, truncation_for

# The participles in the names of assertions: `assert_created`, `assert_not_created`
PARTICIPLES = {
    CREATE: "created",
    LIST: "listed",
    FETCH: "fetched",
    UPDATE: "updated",
    DELETE: "deleted",
}


class RequestAssertions:
    """Assertions on the requests that an account received for one operation.

    Requests with credentials of no account count for every account.
    """

    def __init__(self, world: World, account: Account, operation: Operation) -> None:
        self._world = world
        self._account = account
        self._operation = operation

    def assert_requested(
        self,
        *,
        count: int | None = None,
        at_most: int | None = None,
        refused: bool | int = False,
        within: float = 0,
        **params: object,
    ) -> RecordedRequest | list[RecordedRequest]:
        """Assert that there was one such request, *count* of them, or no more than *at_most*.

        The other keywords are twilio-python's, and a keyword that is left out may have any value.
        Values are compared with `==`, the expected one on the left, so that dirty-equals and
        `unittest.mock.ANY` work.

        Only accepted requests count. With *refused* only refused ones count: True stands for any
        refusal, a number for Twilio's code. With *at_most* alone both count. The assertion waits up
        to *within* seconds for what happens in the background.

        Returns the request; with *count* or *at_most* a list. Raises `AssertionError`, `TypeError`
        for a keyword that the operation does not have and for *at_most* together with *count* or
        *within*, and `ValueError` for a sid of another kind than the keyword's, unless refused
        requests count.
        """
        __tracebackhide__ = True
        if at_most is not None:
            if count is not None or within:
                raise TypeError(
                    f"at_most={at_most} cannot be combined with count or within: it accepts any "
                    "smaller number, too, and does not wait"
                )
            check_number("at_most", at_most)
            return self._find(at_most, refused, params, is_limit=True)
        check_seconds("within", within)
        if count is None:
            return self._find(1, refused, params, within=within)[0]
        check_number("count", count)
        return self._find(count, refused, params, within=within)

    def assert_not_requested(self, *, refused: bool | int = False, **params: object) -> None:
        """Assert that there was no such request.

        Keywords and exceptions are those of the opposite assertion.
        """
        __tracebackhide__ = True
        for keyword in ("count", "at_most", "within"):
            if keyword in params:
                raise TypeError(
                    f"{keyword}= is for assertions that expect requests; this expects none"
                )
        self._find(0, refused, params)

    def _find(
        self,
        count: int,
        refused: bool | int,
        params: Mapping[str, object],
        *,
        is_limit: bool = False,
        within: float = 0,
    ) -> list[RecordedRequest]:
        __tracebackhide__ = True
        self._check(refused, params, is_limit=is_limit)
        expectation = RequestExpectation(self._operation, count, is_limit, refused, params)
        comparison: Comparison[RecordedRequest] = compare(expectation, [])

        def is_enough() -> bool:
            nonlocal comparison
            comparison = compare(expectation, self._requests())
            return len(comparison.matching) >= count

        if self._world.ended:  # the fake has ended, so no request can arrive
            within = 0
        with self._world.lock:
            if not is_enough() and within:
                self._world.lock.wait_for(is_enough, within)
        if not comparison.holds:
            hints = hints_for_operation(
                self._world, self._account, expectation.kind, has_waited=within > 0
            )
            truncation = truncation_for(self._world)
            journal = self._world.journal
            explanation = explain(comparison, hints, truncation, within=within)
            raise AssertionError("\n\n".join(filter(None, [explanation, journal.dropped.note()])))
        if is_limit or not count:
            self._check_complete(expectation)
        return comparison.matching

    def _check_complete(self, expectation: RequestExpectation) -> None:
        """Raise `AssertionError` if a dropped request may have been an unexpected one."""
        __tracebackhide__ = True
        if dropped := self._world.journal.dropped.note(self._operation.name):
            call = expectation.call(truncation_for(self._world))
            raise AssertionError(f"cannot tell how often there was {call}: {dropped}")

    def _check(self, refused: bool | int, params: Mapping[str, object], *, is_limit: bool) -> None:
        __tracebackhide__ = True
        is_code = isinstance(refused, int) and refused >= 0
        require(is_code, "refused is True or the code that Twilio gives", refused)
        name, keywords = self._operation.name, self._operation.keywords
        for keyword in params:
            if keyword not in keywords:
                raise TypeError(unknown(f"{name} has no parameter", keyword, keywords))
        check_sids(self._operation.resource, params, as_sent=is_limit or bool(refused))

    def _requests(self) -> list[RecordedRequest]:
        mine = (self._account.sid, None)
        return [each for each in self._world.journal if each.account_sid in mine]


def assertion_methods(resource: Resource[Any]) -> dict[str, Callable[..., Any]]:
    """The assertions on requests for a *resource*, as methods by their names.

    There are those of its verbs only, and each shows the keywords of its operation in `help` and in
    completion; methods that all resources share could do neither.
    """
    methods: dict[str, Callable[..., Any]] = {}
    for verb in resource.verbs:
        operation, participle = Operation(resource, verb), PARTICIPLES[verb]
        for name, assertion in (
            (f"assert_{participle}", RequestAssertions.assert_requested),
            (f"assert_not_{participle}", RequestAssertions.assert_not_requested),
        ):
            methods[name] = _method(name, assertion, operation)
    return methods


def _method(name: str, assertion: Callable[..., Any], operation: Operation) -> Callable[..., Any]:
    @wraps(assertion)
    def method(self: Any, **keywords: Any) -> Any:
        __tracebackhide__ = True
        return assertion(RequestAssertions(self._world, self._account, operation), **keywords)

    general = _signature(assertion)
    *own, _ = general.parameters.values()  # without **params
    sent = [
        Parameter(keyword, Parameter.KEYWORD_ONLY, default=..., annotation="object")
        for keyword in operation.keywords
    ]
    method.__name__ = method.__qualname__ = name
    vars(method)["__signature__"] = Signature(
        [*own, *sent], return_annotation=general.return_annotation
    )
    return method


_signature = cache(signature)


@dataclass(frozen=True)
class RequestExpectation:
    """The requests that a test expects: their operation, number, outcome and parameters."""

    nouns: ClassVar[tuple[str, ...]] = ("request",)

    operation: Operation
    count: int
    is_limit: bool
    refused: bool | int
    params: Mapping[str, object]

    @property
    def kind(self) -> str:
        return self.operation.name

    def call(self, truncation: Truncation) -> str:
        call = f"{self.kind}({arguments(self.params, truncation)})"
        if not self.refused:
            return call
        return f"{call} refused" if self.refused is True else f"{call} refused with {self.refused}"

    def refusal(self, request: RecordedRequest) -> str:
        return f"refused: {request.reason}" if request.refused else ""

    def is_of_kind(self, request: RecordedRequest) -> bool:
        return request.operation == self.kind

    def is_related(self, request: RecordedRequest) -> bool:
        other = OPERATIONS.get(request.operation or "")
        return other is not None and other.resource is self.operation.resource

    def differences(self, request: RecordedRequest) -> list[Difference]:
        found = [*differences(self.params, request.all_params)]
        if self.is_limit and not self.refused:  # accepted and refused requests count
            return found
        code = (request.response or {}).get("code")
        if request.refused and self.refused not in (True, code):
            expected = f", expected {self.refused}" if self.refused else ""
            found.append(Remark(f"{self.refusal(request)}{expected}"))
        if not request.refused and self.refused:
            found.append(Remark("accepted, expected a refusal"))
        if found and (ignored := ignored_sentence(request)):
            found.append(Remark(ignored))
        return found
