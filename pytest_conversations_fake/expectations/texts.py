"""What a failed assertion says.

The first line suffices in a summary. Below it is only what differs, of three requests at most.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol, TypeVar

AT_MOST = 3

T = TypeVar("T")
Thing = TypeVar("Thing", contravariant=True)


class Wanted(Protocol[Thing]):
    """What a test expects of requests or of deliveries."""

    @property
    def kind(self) -> str:
        """What all of them are: an operation, an event."""

    @property
    def count(self) -> int: ...

    def is_of_kind(self, thing: Thing, /) -> bool: ...

    def differences(self, thing: Thing, /) -> Sequence[str]:
        """What keeps something of the kind from being wanted."""


def found(wanted: Wanted[T], things: Sequence[T]) -> list[T]:
    """Those that are wanted."""
    return [each for each in things if wanted.is_of_kind(each) and not wanted.differences(each)]


def too_often(wanted: Wanted[T], matching: Sequence[T]) -> str:
    """That what is *matching* is more than was *wanted* at most."""
    got = f"got it {_times(len(matching))}"
    first = f"expected {wanted} {_often(wanted.count)} at most, {got}"
    return "\n".join([first, "", *_some(matching)])


def explain(wanted: Wanted[T], things: Sequence[T], noun: str, why_nothing: str) -> str:
    """Why *things*, each a *noun*, are not what was *wanted*."""
    got = f"got it {_times(len(found(wanted, things)))}"
    if not wanted.count:
        first = f"expected no {wanted}, {got}"
    else:
        first = f"expected {wanted} {_often(wanted.count)}, {got}"
    return "\n".join([first, "", *_below(wanted, things, noun, why_nothing)])


def _below(wanted: Wanted[T], things: Sequence[T], noun: str, why_nothing: str) -> Iterator[str]:
    matching = found(wanted, things)
    others = [each for each in things if wanted.is_of_kind(each) and wanted.differences(each)]
    if not things:
        yield why_nothing
    elif len(matching) > wanted.count:
        yield from _some(matching)
    elif others:
        yield f"nearest of {len(others)} {wanted.kind}:"
        nearest = sorted(others, key=lambda each: len(wanted.differences(each)))[:AT_MOST]
        for each in (each for each in others if each in nearest):
            yield f"  {each}"
            yield from (f"      {line}" for line in wanted.differences(each))
    elif matching:
        yield from _some(matching)
    else:
        yield f"no {wanted.kind} among {_counted(things, noun)}:"
        yield from _some(things)


def differing(wanted: Mapping[str, object], sent: Mapping[str, object]) -> Iterator[str]:
    """What was sent otherwise than it was wanted, a line each."""
    for keyword, value in wanted.items():
        if keyword not in sent:
            yield f"{keyword}: not sent, expected {value!r}"
        elif not value == sent[keyword]:  # noqa: SIM201 - matchers know == only
            yield f"{keyword}: {sent[keyword]!r}, expected {value!r}"


def _some(things: Sequence[object]) -> Iterator[str]:
    yield from (f"  {each}" for each in things[:AT_MOST])
    if len(things) > AT_MOST:
        yield f"  and {len(things) - AT_MOST} more"


def _counted(things: Sequence[object], noun: str) -> str:
    return f"{len(things)} {noun}{'' if len(things) == 1 else 's'}"


def _times(number: int) -> str:
    return "1 time" if number == 1 else f"{number} times"


def _often(number: int) -> str:
    return "once" if number == 1 else _times(number)
