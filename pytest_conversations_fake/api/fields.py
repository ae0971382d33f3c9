"""What a parameter may hold.

A field reads the text that came over the wire into the value that the journal shows and the store
keeps, or raises Twilio's refusal. `write` goes the other way, for seeds. Texts that Twilio gives
back as they came (JSON, durations) stay texts.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any

from .json_text import read_json
from .refusals import InvalidParameter, MissingParameter, NotAnInteger, Refused


@dataclass(frozen=True)
class Field(ABC):
    """A parameter *name*, as Twilio spells it.

    *required* is what creating can not do without. *only* names the verb that has the parameter,
    where it is but one; `"Seed"` is for what no request can say. *invalid* is raised for what it
    may not hold, and *empty* for an empty text if that is something else. What is *secret* never
    comes back, and no text shows it.
    """

    name: str
    required: bool = False
    only: str | None = None
    invalid: type[Refused] = InvalidParameter
    empty: type[Refused] | None = None
    secret: bool = False

    @abstractmethod
    def read(self, text: str) -> Any:
        """The value of *text*. Raises a refusal."""

    def read_all(self, texts: Sequence[str]) -> Any:
        """The value of what was sent several times; which one Twilio takes is not known."""
        if self.empty and not texts[-1]:
            raise self.empty(name=self.name)
        return self.read(texts[-1])

    def write(self, value: Any, keyword: str = "") -> list[str]:
        """*value* as texts. Raises `TypeError`, by the *keyword*, for what it never holds."""
        if not isinstance(value, str):
            raise self.type_error("a str", value, keyword)
        return [value]

    def example(self, name: str) -> Any:
        """Something that it may hold, for what calls itself *name*."""
        return name

    def refusal(self, text: str) -> Refused:
        return self.invalid(name=self.name, value=text)

    def type_error(self, kind: str, value: object, keyword: str) -> TypeError:
        given = type(value).__name__ if self.secret else repr(value)
        return TypeError(f"{keyword or self.name} takes {kind}, not {given}")


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
    """JSON text of at most *max* bytes, kept to the letter."""

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


@dataclass(frozen=True)
class Sid(Field):
    """A sid of the kind that begins with *prefix*."""

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
    """One of the words in *of*, which may come in upper or lower case."""

    of: tuple[str, ...] = ()

    def read(self, text: str) -> str:
        for word in self.of:
            if word.lower() == text.lower():
                return word
        raise self.refusal(text)

    def example(self, name: str) -> str:
        return self.of[0]


@dataclass(frozen=True)
class Many(Field):
    """What may be sent several times, each time as *each* says. A single empty one is none."""

    each: Field = Text("")

    def read(self, text: str) -> Any:
        return self.each.read(text)

    def read_all(self, texts: Sequence[str]) -> list[Any]:
        return [] if list(texts) == [""] else [self.read(text) for text in texts]

    def example(self, name: str) -> list[Any]:
        return [self.each.example(name)]

    def write(self, value: Any, keyword: str = "") -> list[str]:
        if isinstance(value, str) or not isinstance(value, Sequence):
            raise self.type_error("a list", value, keyword)
        return [text for one in value for text in self.each.write(one, keyword)] or [""]


@dataclass(frozen=True)
class Int(Field):
    """A whole number from *min* to *max*."""

    min: int = 0
    max: int | None = None

    def read(self, text: str) -> int:
        # `int` would take other scripts' digits, "1_0" and " 1", too
        if not re.fullmatch(r"[+-]?[0-9]{1,18}", text):
            if self.invalid is InvalidParameter:
                raise NotAnInteger(value=text[:100])
            raise self.refusal(text)
        number = int(text)
        if number < self.min or (self.max is not None and number > self.max):
            raise self.refusal(text)
        return number

    def write(self, value: Any, keyword: str = "") -> list[str]:
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.type_error("an int", value, keyword)
        return [str(value)]


@dataclass(frozen=True)
class Flag(Field):
    """True or false, in upper or lower case."""

    def read(self, text: str) -> bool:
        if text.lower() not in ("true", "false"):
            raise self.refusal(text)
        return text.lower() == "true"

    def write(self, value: Any, keyword: str = "") -> list[str]:
        if not isinstance(value, bool):
            raise self.type_error("a bool", value, keyword)
        return [str(value).lower()]


@dataclass(frozen=True)
class Moment(Field):
    """An instant in ISO 8601; without a zone it is in UTC."""

    def read(self, text: str) -> datetime:
        try:
            return moment(text)
        except (ValueError, OverflowError):
            raise self.refusal(text) from None

    def write(self, value: Any, keyword: str = "") -> list[str]:
        if isinstance(value, datetime):
            return [shown_moment(value if value.tzinfo else value.replace(tzinfo=timezone.utc))]
        return super().write(value, keyword)


# Which forms Twilio reads is not known; these are what clients send. `fromisoformat` reads others
# on each version of Python
_MOMENT = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d(?::\d\d)?)(?:\.\d+)?(?:([+-]\d\d):?(\d\d)|[Zz])?)?",
    re.ASCII,
)


def moment(text: str) -> datetime:
    """The instant that *text* names, in whole seconds. Raises `ValueError` or `OverflowError`."""
    found = _MOMENT.fullmatch(text)
    if not found:
        raise ValueError(text)
    day, time, hours, minutes = found.groups()
    zone = f"{hours or '+00'}:{minutes or '00'}"
    return datetime.fromisoformat(f"{day}T{time or '00:00'}{zone}").astimezone(timezone.utc)


def shown_moment(value: datetime) -> str:
    """*value* as the API shows it: UTC, in whole seconds."""
    return f"{value.astimezone(timezone.utc):%Y-%m-%dT%H:%M:%S}Z".rjust(20, "0")


@dataclass(frozen=True)
class Day(Field):
    """A day or an instant in ISO 8601, kept as text: the filters of lists."""

    def read(self, text: str) -> str:
        try:
            span(text)
        except (ValueError, OverflowError):
            raise self.refusal(text) from None
        return text


def span(text: str) -> tuple[datetime, datetime]:
    """The first and the last instant that *text* names: a bare date is its whole day in UTC."""
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        first = datetime.combine(date.fromisoformat(text), datetime.min.time(), timezone.utc)
        return first, first + timedelta(days=1, microseconds=-1)
    return moment(text), moment(text)


CENTURY = timedelta(days=36_500)
"""What ends after it is refused; a guess. Calendars end, and something has to give before."""


@dataclass(frozen=True)
class Duration(Field):
    """An ISO 8601 duration of at least *min*, or of nothing (`PT0S`); kept as text."""

    min: timedelta = timedelta()
    too_short: type[Refused] = InvalidParameter

    def read(self, text: str) -> str:
        try:
            length = duration(text)
        except (ValueError, OverflowError):
            raise self.refusal(text) from None
        if length > CENTURY:
            raise self.refusal(text)
        if timedelta() < length < self.min:
            raise self.too_short(name=self.name)
        return text


_DURATION = re.compile(
    r"P(?=.)(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?=.)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?",
    re.ASCII,
)


def duration(text: str) -> timedelta:
    """The length that *text* names. Raises `ValueError` or `OverflowError`."""
    found = _DURATION.fullmatch(text)
    if not found:
        raise ValueError(text)
    return timedelta(**{unit: int(count) for unit, count in found.groupdict("0").items()})
