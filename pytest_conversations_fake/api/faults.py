"""Faults: failures between an application and Twilio that a test injects."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from .actions import Recorder, action
from .checks import check_number, check_seconds, check_text, is_integer, require
from .errors import ERRORS
from .journal import PendingRequest
from .refusals import Refused
from .snapshots import Restore

NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Fault:
    """A failure of a request.

    Some faults reject the request, which then changes nothing. With other faults Twilio carries out
    the request, and assertions count it.
    """


class RejectingFault(Fault, ABC):
    """A fault that rejects the request before it changes anything."""

    @abstractmethod
    def refusal(self) -> Injected:
        """The answer to the request."""


@dataclass(frozen=True)
class RateLimited(RejectingFault):
    """429/20429 with `Retry-After` of *retry_after* seconds. The request changes nothing."""

    retry_after: int = 1

    def __post_init__(self) -> None:
        check_number("retry_after", self.retry_after)

    def refusal(self) -> Injected:
        return error_answer(20429, headers={"Retry-After": str(self.retry_after)})


class Unavailable(RejectingFault):
    """503/20503. The request changes nothing."""

    def refusal(self) -> Injected:
        return error_answer(20503)


class ServerError(RejectingFault):
    """Twilio's 500 without a code. The request changes nothing."""

    def refusal(self) -> Injected:
        return Injected(500, None, "An error occurred")


@dataclass(frozen=True, repr=False)
class TwilioError(RejectingFault):
    """The refusal with this *code* for any request. The request changes nothing.

    *status*, from 400 to 599, and *message* default to Twilio's own for the code. Raises
    `ValueError` for an unknown code, unless both are passed.
    """

    code: int
    status: int | None = None
    message: str | None = None

    def __post_init__(self) -> None:
        check_number("code", self.code)
        if self.status is not None:
            accepted = "status must be an integer from 400 to 599"
            require(is_integer(self.status), accepted, self.status)
            require(400 <= self.status < 600, accepted, self.status, ValueError)
        if self.message is not None:
            check_text("message", self.message)
        if self.code not in ERRORS and (self.status is None or self.message is None):
            raise ValueError(
                f"{self!r} needs status= and message=, because the fake does not know "
                f"code {self.code}"
            )

    def __repr__(self) -> str:
        optional = {"status": self.status, "message": self.message}
        more = [f", {name}={value!r}" for name, value in optional.items() if value is not None]
        return f"TwilioError({self.code}{''.join(more)})"

    def refusal(self) -> Injected:
        return error_answer(self.code, self.status, self.message)


class Reset(RejectingFault):
    """The connection is reset. The request changes nothing."""

    def refusal(self) -> Injected:
        return Injected(0, None, "the connection was reset")


@dataclass(frozen=True)
class Delay(Fault):
    """The answer is delayed by *seconds*. Other requests are not."""

    seconds: float

    def __post_init__(self) -> None:
        check_seconds("seconds", self.seconds)


class AnswerLost(Fault):
    """The request is carried out, but the connection breaks before the answer."""


class HalfAnswer(Fault):
    """The request is carried out, but the connection breaks in the middle of the answer."""


class MalformedJson(Fault):
    """The request is carried out, but the answer is not JSON."""


# Faults that lose or damage the answer
ANSWER_FAULTS = (Reset, AnswerLost, HalfAnswer, MalformedJson)


class Injected(Refused):
    """The answer of a fault: a *status*, 0 for no answer, and a *code*, if there is one."""

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


# Examples of values for the braces
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
    """Twilio's answer with a *code*; *status* and *message* override its own."""
    if status is None or message is None:
        usual_status, usual_text = ERRORS[code]
        status = usual_status if status is None else status
        message = usual_text.format(**EXAMPLES) if message is None else message
    return Injected(status, code, message, headers)


class Injection:
    """A fault and the requests that meet it. A `with` statement ends it.

    A request can meet the fault if it is for the operation *on* (None: any operation) and *when*
    returns true for its parameters. The first *after* such requests do not meet it, and at most
    *times* requests do.
    """

    def __init__(
        self,
        fault: Fault,
        on: str | None,
        times: int | None,
        after: int,
        when: Callable[[Mapping[str, Any]], object] | None,
        recorder: Recorder,
    ) -> None:
        self.fault = fault
        self.met = 0
        """The number of requests that met it."""
        self.was_ever_met = False
        """Whether any request met it, including requests before a restore."""
        self.on = on
        """The operation whose requests can meet it; None for any."""
        self.times = times
        """The number of requests that can meet it; None for all."""
        self._after = after
        self._when = when
        self._ended = False
        self._recorder = recorder

    @property
    def is_active(self) -> bool:
        """Whether a further request can meet it."""
        return not self._ended and self.met != self.times

    @property
    def after(self) -> int:
        """The number of matching requests that still do not meet it."""
        return max(self._after, 0)

    def meets(self, pending: PendingRequest) -> bool:
        """Whether a request meets it. Counts the request."""
        names = (None, pending.operation, pending.service_operation)
        if not self.is_active or self.on not in names:
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
        """Return a function that restores the counters. An ended injection stays ended."""
        met, after = self.met, self._after

        def restore() -> None:
            self.met, self._after = met, after

        return restore

    @action
    def end(self) -> None:
        """End it: no further request meets it."""
        self._ended = True

    def __str__(self) -> str:
        return f"{self.fault} on {self.on or 'any operation'}"

    def __repr__(self) -> str:
        return f"<{self}, met {self.met} times>"


class WhenRaised(Exception):  # noqa: N818 - an error of the test, not of the fake
    """The function `when=` of a test raised an exception."""


def _named(pending: PendingRequest) -> str:
    return f"#{pending.number} {pending.operation or pending.request.method}"


def faults_for(injections: Iterable[Injection], pending: PendingRequest) -> Iterator[Fault]:
    """The faults that a request meets, in the order in which they were injected."""
    for injection in injections:
        if injection.meets(pending):
            yield injection.fault
