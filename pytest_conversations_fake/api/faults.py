"""Faults: what goes wrong between an application and Twilio, when a test wants it to."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from .checks import check, check_number, check_seconds, check_text
from .errors import ERRORS
from .journal import PendingRequest
from .refusals import Refused
from .snapshots import Restore

NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong with a request.

    Of a fault that comes before it, nothing of the request is done; with one that comes after it,
    it is, and counts as such.
    """


class RejectingFault(Fault, ABC):
    """What keeps a request from being carried out."""

    @abstractmethod
    def refusal(self) -> Injected:
        """What is answered instead."""


@dataclass(frozen=True)
class RateLimited(RejectingFault):
    """429/20429, which asks for patience of *retry_after* seconds. Nothing is done."""

    retry_after: int = 1

    def __post_init__(self) -> None:
        check_number("retry_after", self.retry_after)

    def refusal(self) -> Injected:
        patience = {"Retry-After": str(self.retry_after)}
        return error_answer(20429, headers=patience)


@dataclass(frozen=True)
class Unavailable(RejectingFault):
    """503/20503. Nothing is done."""

    def refusal(self) -> Injected:
        return error_answer(20503)


@dataclass(frozen=True)
class ServerError(RejectingFault):
    """Twilio's bare 500, without a code. Nothing is done."""

    def refusal(self) -> Injected:
        return Injected(500, None, "An error occurred")


@dataclass(frozen=True, repr=False)
class TwilioError(RejectingFault):
    """The refusal with this *code*, whatever was sent. Nothing is done.

    *status*, from 400 to 599, and *message* default to what Twilio answers with the code, as far as
    that is known. Raises `ValueError` for a code that is not known, unless both are given.
    """

    code: int
    status: int | None = None
    message: str | None = None

    def __post_init__(self) -> None:
        check_number("code", self.code)
        if self.status is not None:
            is_right = isinstance(self.status, int) and 400 <= self.status < 600
            check(is_right, "status is a number from 400 to 599", self.status)
        if self.message is not None:
            check_text("message", self.message)
        if self.code not in ERRORS and (self.status is None or self.message is None):
            raise ValueError(
                f"{self!r} needs status= and message=, because the fake does not know "
                f"code {self.code}"
            )

    def __repr__(self) -> str:
        given = {"status": self.status, "message": self.message}
        more = [f", {name}={value!r}" for name, value in given.items() if value is not None]
        return f"TwilioError({self.code}{''.join(more)})"

    def refusal(self) -> Injected:
        return error_answer(self.code, self.status, self.message)


@dataclass(frozen=True)
class Reset(RejectingFault):
    """The connection is reset. Nothing is done."""

    def refusal(self) -> Injected:
        return Injected(0, None, "the connection was reset")


@dataclass(frozen=True)
class Delay(Fault):
    """The answer takes *seconds* longer. Other requests go on meanwhile."""

    seconds: float

    def __post_init__(self) -> None:
        check_seconds("seconds", self.seconds)


@dataclass(frozen=True)
class AnswerLost(Fault):
    """The request is carried out, but the connection breaks before any answer."""


@dataclass(frozen=True)
class HalfAnswer(Fault):
    """The request is carried out, but the connection breaks in the middle of the answer."""


@dataclass(frozen=True)
class MalformedJson(Fault):
    """The request is carried out, but the answer is no JSON."""


# Those that keep an answer from arriving as it is
BREAKING = (Reset, AnswerLost, HalfAnswer, MalformedJson)


class Injected(Refused):
    """What a fault answers: a *status*, 0 for none, and perhaps a *code*."""

    rule = "fault"
    text = "{message}"

    def __init__(
        self, status: int, code: int | None, message: str, headers: Mapping[str, str] = NOTHING
    ) -> None:
        super().__init__(message=message)
        self._answer = status, code
        self.headers = headers

    @property
    def answer_status(self) -> int:
        return self._answer[0]

    def envelope(self) -> dict[str, Any]:
        status, code = self._answer
        if code is None:
            return {"message": str(self), "status": status}
        more_info = f"https://www.twilio.com/docs/errors/{code}"
        return {"code": code, "message": str(self), "more_info": more_info, "status": status}


# What Twilio names where a text has braces
EXAMPLES = {
    "name": "FriendlyName",
    "path": "/Conversations/CH0123456789abcdef0123456789abcdef",
    "sid": "CH0123456789abcdef0123456789abcdef",
}


def error_answer(
    code: int,
    status: int | None = None,
    message: str | None = None,
    headers: Mapping[str, str] = NOTHING,
) -> Injected:
    """What Twilio answers with a *code*, unless another *status* or *message* is given."""
    if status is None or message is None:
        usual_status, usual_text = ERRORS[code]
        status = usual_status if status is None else status
        message = usual_text.format(**EXAMPLES) if message is None else message
    return Injected(status, code, message, headers)


class Injection:
    """A fault that waits for its requests; in a `with` statement, only as long as that lasts.

    It is met by requests for the operation *on*, or any, *when* their parameters say so, but not by
    the first *after* of them, and no more than so many *times*.
    """

    def __init__(
        self,
        fault: Fault,
        on: str | None,
        times: int | None,
        after: int,
        when: Callable[[Mapping[str, Any]], object] | None,
    ) -> None:
        self.fault = fault
        self.met = 0
        """How often it was met."""
        self.was_ever_met = False
        """Whether it was, though it may have been put back since."""
        self._on = on
        self._times = times
        self._after = after
        self._when = when
        self._ended = False

    def meets(self, pending: PendingRequest) -> bool:
        """Whether a request meets it, which is counted."""
        if self._ended or self.met == self._times or self._on not in (None, pending.operation):
            return False
        if self._when and not self._matches(self._when, pending):
            return False
        self._after -= 1
        meets = self._after < 0
        self.met += meets
        self.was_ever_met |= meets
        return meets

    def _matches(
        self, when: Callable[[Mapping[str, Any]], object], pending: PendingRequest
    ) -> bool:
        try:
            return bool(when(pending.all_params))
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # also what pytest.fail() raises
            raise WhenRaised(
                f"the when= of {self} raised {error!r} at {_named(pending)}"
            ) from error

    def __enter__(self) -> Injection:
        return self

    def __exit__(self, *error: object) -> None:
        self.end()

    def save(self) -> Restore:
        """What puts back how often it was met. What has ended remains so."""
        met, after = self.met, self._after

        def restore() -> None:
            self.met, self._after = met, after

        return restore

    def end(self) -> None:
        """Let no request meet it any more."""
        self._ended = True

    def __str__(self) -> str:
        return f"{self.fault} on {self._on or 'any operation'}"

    def __repr__(self) -> str:
        return f"<{self}, met {self.met} times>"


class WhenRaised(Exception):  # noqa: N818 - an error of the test's, not of the fake's
    """What a test asks of parameters can not be answered."""


def _named(pending: PendingRequest) -> str:
    return f"#{pending.number} {pending.operation or pending.request.method}"


def faults_for(injections: Iterable[Injection], pending: PendingRequest) -> Iterator[Fault]:
    """The faults that a request meets, in the order in which they were injected."""
    for injection in injections:
        if injection.meets(pending):
            yield injection.fault
