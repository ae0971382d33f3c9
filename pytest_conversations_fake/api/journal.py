"""The journal: every request in the order of arrival, and what became of it."""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, overload

from .refusals import Refused
from .secrets import without_credentials
from .wording import shortened, visible


@dataclass(frozen=True)
class Request:
    """An HTTP request as it came in; the body comes separately. Header names are lower-case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str] = field(repr=False)
    origin: str


@dataclass(frozen=True)
class Response:
    """An HTTP answer. *body* is what its JSON says, None for no body at all."""

    status: int
    body: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    fault: object = None
    """The fault that keeps it from arriving, if one does."""


@dataclass(frozen=True, eq=False)
class Exchange:
    """A request and what became of it."""

    number: int
    """1 for the first request of the test."""
    operation: str | None
    """`"CreateConversation"`, at both levels; None for a path or method Twilio does not have."""
    method: str
    path: str
    """As sent, with the version: `/v1/Conversations`."""
    params: Mapping[str, object]
    """What the operation has a parameter for, by twilio-python's keyword: form, query, path (with
    the sid of what was found there) and header. A `datetime` for dates, an `int` for numbers, else
    text; what could not be read is the text that came."""
    ignored: tuple[str, ...]
    """Names that were sent, as sent, though the operation has no such parameter."""
    account_sid: str | None
    """Of the account that was asked; None if the credentials were nobody's."""
    headers: Mapping[str, str]
    """Of the request, with lower-case names; of credentials only who it is, `Basic AC…:***`."""
    status: int
    response: Mapping[str, Any] | None
    """The body of the answer."""
    refusal: Refused | None
    faults: tuple[object, ...]
    """The faults that it met, in the order in which they were injected."""
    duration: float
    """Seconds from arrival to answer, on a clock that nobody freezes."""

    @property
    def refused(self) -> bool:
        """Whether it was not carried out. Without any answer the status is 0."""
        return self.status >= 400 or not self.status

    @property
    def rule(self) -> str | None:
        """The id of the rule that a refused request breaks, as `conversations-fake rules` has it;
        None for an accepted one."""
        return self.refusal.rule if self.refusal else None

    @property
    def reason(self) -> str:
        """Code and text of a refusal, on one line; the text as sent is in `response`."""
        answer = self.response or {}
        return visible(f"{answer.get('code', '')} {answer.get('message', '')}".strip())

    def __str__(self) -> str:
        sid = "" if self.refused else (self.response or {}).get("sid", "")
        outcome = [str(self.status or ""), str(sid), *map(str, self.faults)]
        said = f"#{self.number} {self.method} {self.path} -> {' '.join(filter(None, outcome))}"
        return visible(shortened(said))

    def __repr__(self) -> str:
        return f"<Exchange {self}>"


@dataclass
class Entry:
    """What is known so far of a request that is on its way."""

    number: int
    request: Request
    operation: str | None = None
    params: dict[str, object] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    account_sid: str | None = None
    refusal: Refused | None = None
    faults: tuple[object, ...] = ()
    error: Exception | None = None
    """What went wrong inside the fake."""


class Journal(Sequence[Exchange]):
    """Requests that were answered, by the order in which they arrived.

    *noticed* is called for each.
    """

    def __init__(self, noticed: Callable[[], None]) -> None:
        self._noticed = noticed
        self._exchanges: list[Exchange] = []
        self._opened = 0

    def open(self, request: Request) -> Entry:
        self._opened += 1
        return Entry(self._opened, request)

    def close(self, entry: Entry, response: Response, duration: float) -> Exchange:
        exchange = Exchange(
            number=entry.number,
            operation=entry.operation,
            method=entry.request.method,
            path=entry.request.path,
            params=MappingProxyType(entry.params),
            ignored=entry.ignored,
            account_sid=entry.account_sid,
            headers=without_credentials(entry.request.headers),
            status=response.status,
            response=response.body,
            refusal=entry.refusal,
            faults=entry.faults,
            duration=duration,
        )
        insort(self._exchanges, exchange, key=lambda exchange: exchange.number)
        self._noticed()
        return exchange

    def __len__(self) -> int:
        return len(self._exchanges)

    def __iter__(self) -> Iterator[Exchange]:
        return iter(list(self._exchanges))

    @overload
    def __getitem__(self, index: int) -> Exchange: ...
    @overload
    def __getitem__(self, index: slice) -> list[Exchange]: ...
    def __getitem__(self, index: int | slice) -> Exchange | list[Exchange]:
        return self._exchanges[index]

    def __repr__(self) -> str:
        return "\n".join(map(repr, self)) or "<no request>"
