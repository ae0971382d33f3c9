"""The journal: every request, in the order of arrival, with its outcome."""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter
from types import MappingProxyType
from typing import Any, overload

from .dropped import Dropped
from .operation_names import OperationName, ServiceOperationName
from .refusals import MethodNotAllowed, NotImitated, Refused
from .secrets import without_credentials
from .wording import shortened, visible

MAX_CHARACTERS = 64 * 1024
"""A refused request of at most so many characters is kept whole. The longest value that Twilio
accepts, of ContentVariables, has 27,801."""

IGNORED_BODY = "a body of "
"""The words in `ignored` before the type of a body that is no form."""

MAX_TEXT_LENGTH, MAX_ITEMS = 2000, 100
"""Characters of each value and items of each list that a longer refused request keeps."""


@dataclass(frozen=True)
class Request:
    """An HTTP request without its body. Header names are lower-case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str] = field(repr=False)
    origin: str


@dataclass(frozen=True)
class Response:
    """An HTTP answer. *body* is the value of its JSON; None for no body."""

    status: int
    body: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    fault: object = None
    """The fault that keeps the answer, or a part of it, from the client; None without one."""


@dataclass(frozen=True, eq=False)
class RecordedRequest:
    """A request and its outcome."""

    number: int
    """1 for the first request of the test."""
    order: int
    """Its place among requests, deliveries and actions: when it arrived."""
    operation: OperationName | None
    """`"CreateConversation"`, at both levels; None for a path or method Twilio does not have."""
    method: str
    path: str
    """The path as sent, with the version: `/v1/Conversations`."""
    params: Mapping[str, object]
    """The parameters that were sent in form, query and header, by twilio-python's keyword.

    A `datetime` for dates, an `int` for numbers, else text. A value that could not be read is the
    text as it was sent. A refused request of more than 65,536 characters (path, parameters, ignored
    names and headers together) keeps 2,000 characters of each text and 100 items of each list, with
    a note of the length.
    """
    path_params: Mapping[str, object]
    """The records that the path names, by twilio-python's keyword: their sids, or the text of the
    path where no record was found. A path without a service names the default service."""
    ignored: tuple[str, ...]
    """Names of parameters that were sent and that the operation does not have; `a body of
    application/json` for a body that is no form."""
    account_sid: str | None
    """The account of the request; None if its credentials were refused."""
    headers: Mapping[str, str]
    """The headers of the request, with lower-case names. Credentials show the user only."""
    status: int
    response: Mapping[str, Any] | None
    """The body of the answer."""
    refusal: Refused | None
    """The refusal; or the conflict because of which the new conversation is closed."""
    faults: tuple[object, ...]
    """The faults that it met, in the order of injection."""
    duration: float
    """Seconds from arrival to answer, on a clock that tests cannot freeze."""

    @property
    def all_params(self) -> Mapping[str, object]:
        """`path_params` and `params` in one mapping."""
        return {**self.path_params, **self.params}

    @property
    def refused(self) -> bool:
        """Whether the request was not carried out. Without an answer its status is 0."""
        return self.status >= 400 or not self.status

    @property
    def rule(self) -> str | None:
        """The id of the rule that a refused request breaks, as in `conversations-fake rules`.

        It is also set if a conflict closed the conversation that the request created.
        """
        return self.refusal.rule if self.refusal else None

    @property
    def conflict(self) -> Refused | None:
        """The conflict that closed the conversation that it created."""
        return None if self.refused else self.refusal

    @property
    def reason(self) -> str:
        """Code and text of a refusal, or of the conflict that closed a conversation, on one line.

        A hint that Twilio does not give may follow in parentheses. The text as sent is in
        `response`.
        """
        if self.refusal and (self.conflict or self.refusal.hint):
            return visible(self.refusal.explanation)
        answer = self.response if self.refused and self.response else {}
        return visible(f"{answer.get('code', '')} {answer.get('message', '')}".strip())

    def __str__(self) -> str:
        sid = "" if self.refused else (self.response or {}).get("sid", "")
        outcome = [str(self.status or ""), str(sid), *map(str, self.faults)]
        line = f"#{self.number} {self.method} {self.path} -> {' '.join(filter(None, outcome))}"
        return visible(shortened(line))

    def __repr__(self) -> str:
        return f"<RecordedRequest {self}>"


@dataclass
class PendingRequest:
    """A request in progress, with the data that is known so far."""

    number: int
    order: int
    request: Request
    operation: OperationName | None = None
    service_operation: ServiceOperationName | None = None
    """The name at the service level, if the path has a service."""
    params: dict[str, object] = field(default_factory=dict)
    path_params: dict[str, object] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    account_sid: str | None = None
    refusal: Refused | None = None
    faults: tuple[object, ...] = ()
    error: Exception | None = None
    """An error inside the fake."""

    @property
    def all_params(self) -> dict[str, object]:
        """`path_params` and `params` in one mapping."""
        return {**self.path_params, **self.params}


class Journal(Sequence[RecordedRequest]):
    """The answered requests, in the order of arrival. *on_request* is called for each.

    With a *limit* it drops the oldest requests. Numbers go on, and indexes count from the oldest
    request that is left.
    """

    def __init__(
        self,
        on_request: Callable[[RecordedRequest], None],
        next_order: Callable[[], int],
        limit: int | None = None,
    ) -> None:
        self._on_request = on_request
        self._next_order = next_order
        self._requests: list[RecordedRequest] = []
        self._opened = 0
        self.answered = 0
        """Number of answered requests, with those that were dropped."""
        self.dropped = Dropped[RecordedRequest](
            "request", limit, name_of=attrgetter("operation"), is_problem=_is_checked_at_the_end
        )

    def open(self, request: Request) -> PendingRequest:
        self._opened += 1
        return PendingRequest(self._opened, self._next_order(), request)

    def close(
        self, pending: PendingRequest, response: Response, duration: float
    ) -> RecordedRequest:
        recorded_request = RecordedRequest(
            number=pending.number,
            order=pending.order,
            operation=pending.operation,
            method=pending.request.method,
            path=pending.request.path,
            params=MappingProxyType(pending.params),
            path_params=MappingProxyType(pending.path_params),
            ignored=pending.ignored,
            account_sid=pending.account_sid,
            headers=without_credentials(pending.request.headers),
            status=response.status,
            response=response.body,
            refusal=pending.refusal,
            faults=pending.faults,
            duration=duration,
        )
        if recorded_request.refused:
            recorded_request = _shortened(recorded_request)
        insort(self._requests, recorded_request, key=attrgetter("number"))
        self.answered += 1
        self.dropped.drop(self._requests)
        self._on_request(recorded_request)
        return recorded_request

    def __len__(self) -> int:
        return len(self._requests)

    def __iter__(self) -> Iterator[RecordedRequest]:
        return iter(list(self._requests))

    @overload
    def __getitem__(self, index: int) -> RecordedRequest: ...
    @overload
    def __getitem__(self, index: slice) -> list[RecordedRequest]: ...
    def __getitem__(self, index: int | slice) -> RecordedRequest | list[RecordedRequest]:
        return self._requests[index]

    def __repr__(self) -> str:
        return "\n".join(map(repr, self)) or "<no request>"


def _is_checked_at_the_end(request: RecordedRequest) -> bool:
    """Whether a request may fail a test that passes, or is a reason for a warning."""
    is_violation = isinstance(request.refusal, (NotImitated, MethodNotAllowed))
    return is_violation or not request.operation or bool(request.ignored)


def _shortened(recorded_request: RecordedRequest) -> RecordedRequest:
    """A refused request without traceback and long values, so that its body can be freed."""
    if recorded_request.refusal:  # its frames have the body as a local variable
        recorded_request.refusal.__traceback__ = recorded_request.refusal.__context__ = None
    values = (
        recorded_request.path,
        recorded_request.all_params,
        recorded_request.ignored,
        recorded_request.headers,
    )
    if len(str(values)) <= MAX_CHARACTERS:
        return recorded_request
    return replace(
        recorded_request,
        path=_cut(recorded_request.path),
        params=_cut_values(recorded_request.params),
        path_params=_cut_values(recorded_request.path_params),
        ignored=tuple(_cut(recorded_request.ignored)),
        headers={name: _cut(value) for name, value in recorded_request.headers.items()},
    )


def _cut_values(params: Mapping[str, object]) -> Mapping[str, object]:
    return MappingProxyType({name: _cut(value) for name, value in params.items()})


def _cut(value: Any) -> Any:
    if isinstance(value, str) and len(value) > MAX_TEXT_LENGTH:
        return f"{value[:MAX_TEXT_LENGTH]}… ({len(value):,} characters in all)"
    if isinstance(value, Sequence) and not isinstance(value, str):
        more = [f"… ({len(value):,} in all)"] * (len(value) > MAX_ITEMS)
        return [*map(_cut, value[:MAX_ITEMS]), *more]
    return value
