"""Fields: the types of parameters.

A field reads the text of a request into the value that the journal shows and the store keeps, or
raises Twilio's refusal. `write` is the reverse, for seeds. Texts that Twilio returns unchanged
(JSON, durations) stay strings.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from .iso8601 import duration, moment, shown_moment, span
from .json_text import read_json
from .refusals import InvalidParameter, MissingParameter, NotAnInteger, Refused


@dataclass(frozen=True)
class Field(ABC):
    """A parameter with Twilio's spelling of its *name*.

    A *required* parameter must be in a request that creates. *only* names the one verb that has the
    parameter, if not all have it; `"Seed"` stands for seeds, if no request has it. *invalid* is the
    refusal of an invalid value, and *empty* that of an empty text, if it is another one. No answer
    and no text of ours shows a *secret* value.
    """

    name: str
    required: bool = False
    only: str | None = None
    invalid: type[Refused] = InvalidParameter
    empty: type[Refused] | None = None
    secret: bool = False

    @abstractmethod
    def read(self, text: str) -> Any:
        """The value of *text*. Raises a refusal for an invalid text."""

    def read_all(self, texts: Sequence[str]) -> Any:
        """The value of a parameter that was sent several times. A guess: the last one counts."""
        if self.empty and not texts[-1]:
            raise self.empty(name=self.name)
        return self.read(texts[-1])

    def write(self, value: Any, keyword: str = "") -> list[str]:
        """*value* as texts. Raises `TypeError`, with the *keyword*, for a value of a wrong type."""
        __tracebackhide__ = True
        if not isinstance(value, str):
            raise self.type_error("a str", value, keyword)
        return [value]

    def example(self, name: str) -> Any:
        """A valid value, for a record with this *name*."""
        return name

    def refusal(self, text: str, accepted: str = "") -> Refused:
        """The refusal of *text*; its hint says what is *accepted*."""
        hint = f"{self.name} is {accepted}, not {text[:100]!r}" if accepted else ""
        return self.invalid(name=self.name, value=text, hint=hint)

    def type_error(self, kind: str, value: object, keyword: str) -> TypeError:
        shown = type(value).__name__ if self.secret else repr(value)
        return TypeError(f"{keyword or self.name} takes {kind}, not {shown}")


@dataclass(frozen=True)
class Text(Field):
    """Any text of at most *max* characters."""

    max: int | None = None
    too_long: type[Refused] = InvalidParameter

    def read(self, text: str) -> str:
        if not text and self.required:
            raise MissingParameter(name=self.name)
        if self.max is not None and len(text) > self.max:
            raise self.too_long(name=self.name)
        return text


@dataclass(frozen=True)
class Json(Field):
    """JSON text of at most *max* bytes, kept unchanged."""

    max: int | None = None
    too_long: type[Refused] = InvalidParameter

    def read(self, text: str) -> str:
        if self.max is not None and len(text.encode()) > self.max:
            raise self.too_long(name=self.name)
        try:
            read_json(text)
        except ValueError:
            raise self.refusal(text) from None
        return text

    def write(self, value: Any, keyword: str = "") -> list[str]:
        __tracebackhide__ = True
        if isinstance(value, (dict, list)):
            raise self.type_error("a str, as json.dumps() returns it", value, keyword)
        return super().write(value, keyword)


@dataclass(frozen=True)
class Sid(Field):
    """A sid with this *prefix*."""

    prefix: str = ""

    def read(self, text: str) -> str:
        if not is_sid(text, self.prefix):
            raise self.refusal(text)
        return text

    def example(self, name: str) -> str:
        return self.prefix + name.encode().hex()[-32:].zfill(32)


def is_sid(text: str, prefix: str = "[A-Z]{2}") -> bool:
    return re.fullmatch(prefix + "[0-9a-fA-F]{32}", text) is not None


@dataclass(frozen=True)
class Choice(Field):
    """One of the words in *of*, in upper or lower case."""

    of: tuple[str, ...] = ()

    def read(self, text: str) -> str:
        for word in self.of:
            if word.lower() == text.lower():
                return word
        raise self.refusal(text, f"one of {', '.join(self.of)}")

    def example(self, name: str) -> str:
        return self.of[0]


@dataclass(frozen=True)
class Many(Field):
    """A list, sent as several values of the field *each*. A single empty value is an empty list."""

    each: Field = Text("")

    def read(self, text: str) -> Any:
        return self.each.read(text)

    def read_all(self, texts: Sequence[str]) -> list[Any]:
        return [] if list(texts) == [""] else [self.read(text) for text in texts]

    def example(self, name: str) -> list[Any]:
        return [self.each.example(name)]

    def write(self, value: Any, keyword: str = "") -> list[str]:
        __tracebackhide__ = True
        if isinstance(value, str) or not isinstance(value, Sequence):
            raise self.type_error("a list", value, keyword)
        return [text for one in value for text in self.each.write(one, keyword)] or [""]


@dataclass(frozen=True)
class Int(Field):
    """A whole number from *min* to *max*."""

    min: int = 0
    max: int | None = None

    def read(self, text: str) -> int:
        # `int` also accepts digits of other scripts, "1_0" and " 1"
        if not re.fullmatch(r"[+-]?[0-9]{1,18}", text):
            if self.invalid is InvalidParameter:
                raise NotAnInteger(value=text[:100])
            raise self.refusal(text)
        number = int(text)
        if number < self.min or (self.max is not None and number > self.max):
            raise self.refusal(text)
        return number

    def write(self, value: Any, keyword: str = "") -> list[str]:
        __tracebackhide__ = True
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.type_error("an int", value, keyword)
        return [str(value)]


class Flag(Field):
    """True or false, in upper or lower case."""

    def read(self, text: str) -> bool:
        if text.lower() not in ("true", "false"):
            raise self.refusal(text)
        return text.lower() == "true"

    def write(self, value: Any, keyword: str = "") -> list[str]:
        __tracebackhide__ = True
        if not isinstance(value, bool):
            raise self.type_error("a bool", value, keyword)
        return [str(value).lower()]


class Moment(Field):
    """An instant in ISO 8601. Without a time zone it is in UTC."""

    def read(self, text: str) -> datetime:
        try:
            return moment(text)
        except (ValueError, OverflowError):
            raise self.refusal(text, "a date in ISO 8601, 2030-01-31T12:00:00Z") from None

    def write(self, value: Any, keyword: str = "") -> list[str]:
        __tracebackhide__ = True
        if isinstance(value, datetime):
            return [shown_moment(value if value.tzinfo else value.replace(tzinfo=timezone.utc))]
        return super().write(value, keyword)


class Day(Field):
    """A day or an instant in ISO 8601, kept as text. Filters of lists have it."""

    def read(self, text: str) -> str:
        try:
            span(text)
        except (ValueError, OverflowError):
            raise self.refusal(text) from None
        return text


MAX_DURATION = timedelta(days=36_500)
"""A longer duration is refused, since dates of Python have a maximum; a guess."""


@dataclass(frozen=True)
class Duration(Field):
    """An ISO 8601 duration of at least *min*, or of zero (`PT0S`); kept as text."""

    min: timedelta = timedelta()
    too_short: type[Refused] = InvalidParameter

    def read(self, text: str) -> str:
        try:
            length = duration(text)
        except (ValueError, OverflowError):
            raise self.refusal(text) from None
        if length > MAX_DURATION:
            raise self.refusal(text)
        if timedelta() < length < self.min:
            raise self.too_short(name=self.name)
        return text
