"""Differences: why something is not what a test expects, and how far it is from that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from textwrap import wrap
from typing import ClassVar, Protocol

from ..api.fields import is_sid
from ..api.redaction import redacted
from ..api.secrets import without_passwords
from ..api.wording import shortened, visible
from .values import DETAIL_WIDTH, VALUE_WIDTH, Truncation, first_difference, written

MAX_COMPARED = 100
"""Maximum number of characters from the first difference on that a distance depends on."""

MIN_SIMILARITY = 0.6
"""The minimum similarity that shortens a distance; below it the distance is 1."""


class Difference(Protocol):
    @property
    def distance(self) -> float:
        """From 0, almost equal, to 1."""

    def lines(self, truncation: Truncation) -> Iterator[str]:
        """The difference as text, in lines of `DETAIL_WIDTH` columns where values are cut."""


def differences(expected: Mapping[str, object], sent: Mapping[str, object]) -> Iterator[Difference]:
    """A difference for each *expected* keyword that was *sent* with another value or not at all."""
    for keyword, value in expected.items():
        if keyword not in sent:
            yield MissingValue(keyword, value)
        elif not value == sent[keyword]:  # noqa: SIM201 - matchers know == only
            yield OtherValue(keyword, sent[keyword], value)


@dataclass(frozen=True)
class MissingValue:
    """A parameter that was not sent at all."""

    keyword: str
    expected: object
    distance: ClassVar[float] = 1

    def lines(self, truncation: Truncation) -> Iterator[str]:
        expected = written(redacted(self.keyword, self.expected))
        line = f"{self.keyword}: not sent, expected {expected}"
        if len(shortened(line)) <= DETAIL_WIDTH:
            yield truncation.cut(line, DETAIL_WIDTH)
        else:
            yield f"{self.keyword}: not sent"
            yield f"  expected {truncation.cut(expected, VALUE_WIDTH)}"


@dataclass(frozen=True)
class OtherValue:
    """A parameter with another value than the expected one."""

    keyword: str
    sent: object
    expected: object

    @property
    def distance(self) -> float:
        return distance(self.sent, self.expected)

    def lines(self, truncation: Truncation) -> Iterator[str]:
        values = self.sent, self.expected
        sent, expected = (redacted(self.keyword, value) for value in values)
        if (sent, expected) != values and written(sent) == written(expected):
            yield f"{self.keyword}: differs in a secret, which is not shown"
            return
        line = f"{self.keyword}: {written(sent)}, expected {written(expected)}"
        if len(shortened(line)) <= DETAIL_WIDTH:
            yield truncation.cut(line, DETAIL_WIDTH)
            return
        sent_text, expected_text = truncation.cut_around(sent, expected, VALUE_WIDTH)
        yield f"{self.keyword}:{_position(sent, expected)}"
        yield f"  sent     {sent_text}"
        yield f"  expected {expected_text}"


def _position(sent: object, expected: object) -> str:
    """Where long texts begin to differ; empty for other values."""
    if not (isinstance(sent, str) and isinstance(expected, str)):
        return ""
    if max(len(written(sent)), len(written(expected))) <= VALUE_WIDTH:
        return ""
    index = first_difference(sent, expected)
    where = f" at character {index + 1}" if index else ""
    if len(sent) != len(expected):
        return f" differs{where} ({len(sent)} characters, expected {len(expected)})"
    return f" differs{where} of {len(sent)}" if where else " differs from the first character on"


@dataclass(frozen=True)
class Remark:
    """A difference that no parameter shows, such as a refusal."""

    text: str
    distance: ClassVar[float] = 1

    def lines(self, truncation: Truncation) -> Iterator[str]:
        text = truncation.cut(visible(without_passwords(self.text)), 4 * DETAIL_WIDTH)
        yield from wrap(text, DETAIL_WIDTH, subsequent_indent="  ", break_on_hyphens=False)


def distance(one: object, other: object) -> float:
    """The distance of two unequal values: 1, or less for similar texts.

    Sids are never similar: equal characters in them are chance.
    """
    if isinstance(one, list) and isinstance(other, list):
        one, other = repr(one), repr(other)
    if not (isinstance(one, str) and isinstance(other, str)) or is_sid(one) or is_sid(other):
        return 1
    start = first_difference(one, other)
    end = first_difference(one[start:][::-1], other[start:][::-1])
    left, right = (text[start : len(text) - end][:MAX_COMPARED] for text in (one, other))
    length = len(left) + len(right)
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    for ratio in (matcher.quick_ratio, matcher.ratio):  # the first one is an upper bound
        similarity = (ratio() * length + 2 * (start + end)) / (length + 2 * (start + end))
        if similarity < MIN_SIMILARITY:
            return 1
    return 1 - similarity
