"""Differences: what keeps something from being what a test wants, and how far away that is."""

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
from .values import BESIDE, ROOM, around, beginning, brief, first_difference, written

COMPARED = 100
"""Characters, from the first to the last that differs, by which texts are held to be alike."""

ALIKE = 0.6
"""From where on they are; below it one is as far away as any other."""


class Difference(Protocol):
    @property
    def distance(self) -> float:
        """From 0 for nearly nothing to 1."""

    def lines(self, *, cuts: bool) -> Iterator[str]:
        """What a text says of it, each line in `ROOM` columns if it *cuts*."""


def differing(wanted: Mapping[str, object], sent: Mapping[str, object]) -> Iterator[Difference]:
    """What was sent otherwise than it was wanted."""
    for keyword, value in wanted.items():
        if keyword not in sent:
            yield Missing(keyword, value)
        elif not value == sent[keyword]:  # noqa: SIM201 - matchers know == only
            yield Other(keyword, sent[keyword], value)


@dataclass(frozen=True)
class Missing:
    """Something that was not sent at all."""

    keyword: str
    expected: object
    distance: ClassVar[float] = 1

    def lines(self, *, cuts: bool) -> Iterator[str]:
        said = f"{self.keyword}: not sent, expected "
        expected = redacted(self.keyword, self.expected)
        yield said + (brief(expected, ROOM - len(said)) if cuts else written(expected))


@dataclass(frozen=True)
class Other:
    """Another value than the expected one."""

    keyword: str
    sent: object
    expected: object

    @property
    def distance(self) -> float:
        return distance(self.sent, self.expected)

    def lines(self, *, cuts: bool) -> Iterator[str]:
        values = self.sent, self.expected
        sent, expected = (redacted(self.keyword, value) for value in values)
        if (sent, expected) != values and written(sent) == written(expected):
            yield f"{self.keyword}: differs in a secret, which is not shown"
            return
        line = f"{self.keyword}: {written(sent)}, expected {written(expected)}"
        if len(shortened(line)) <= ROOM:
            yield shortened(line) if cuts else line
            return
        yield f"{self.keyword}:{_where(sent, expected)}"
        both = around(sent, expected, BESIDE) if cuts else (written(sent), written(expected))
        yield f"  sent     {both[0]}"
        yield f"  expected {both[1]}"


def _where(sent: object, expected: object) -> str:
    """Where long texts differ."""
    if not (isinstance(sent, str) and isinstance(expected, str)):
        return ""
    if max(len(written(sent)), len(written(expected))) <= BESIDE:
        return ""
    at = first_difference(sent, expected)
    where = f" at character {at + 1}" if at else ""
    if len(sent) == len(expected):
        return (
            f" differs{where} of {len(sent)}" if where else " differs from the first character on"
        )
    return f" differs{where} ({len(sent)} characters, expected {len(expected)})"


@dataclass(frozen=True)
class Remark:
    """Something besides what was sent."""

    text: str
    distance: ClassVar[float] = 1

    def lines(self, *, cuts: bool) -> Iterator[str]:
        text = visible(without_passwords(self.text))
        if cuts:
            text = beginning(text, 4 * ROOM)
        yield from wrap(text, ROOM, subsequent_indent="  ", break_on_hyphens=False)


def distance(one: object, other: object) -> float:
    """How far two values are from each other that are not equal: 1, unless they are alike.

    Sids never are: what they have in common is chance.
    """
    if isinstance(one, list) and isinstance(other, list):
        one, other = repr(one), repr(other)
    if not (isinstance(one, str) and isinstance(other, str)) or is_sid(one) or is_sid(other):
        return 1
    start = first_difference(one, other)
    end = first_difference(one[start:][::-1], other[start:][::-1])
    left, right = (text[start : len(text) - end][:COMPARED] for text in (one, other))
    length = len(left) + len(right)
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    for ratio in (matcher.quick_ratio, matcher.ratio):  # the first says what it is at most
        alike = (ratio() * length + 2 * (start + end)) / (length + 2 * (start + end))
        if alike < ALIKE:
            return 1
    return 1 - alike
