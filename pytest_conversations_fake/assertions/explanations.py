"""What a failed assertion says.

The first line suffices in a summary. Below it is only what differs, of three requests at most, in
lines that fit on a terminal behind what pytest puts before them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from textwrap import fill
from typing import ClassVar, Protocol, TypeVar

from ..api.wording import counted, shortened, visible
from .differences import Difference, Remark
from .values import WIDTH

AT_MOST = 3

MEASURED = 200
"""Those, of the fewest differences, of which it is measured how far they are."""

MORE = "cut to fit; pytest -v shows all"

T = TypeVar("T")
Thing = TypeVar("Thing", contravariant=True)


class Wanted(Protocol[Thing]):
    """What a test expects of requests or of deliveries."""

    nouns: ClassVar[tuple[str, ...]]
    """What one of them is called, and several where that is not by an `s`."""

    @property
    def kind(self) -> str:
        """What all of them are: an operation, an event."""

    @property
    def count(self) -> int: ...

    def is_of_kind(self, thing: Thing, /) -> bool: ...

    def is_akin(self, thing: Thing, /) -> bool:
        """Whether something of another kind is about the same."""

    def differences(self, thing: Thing, /) -> Sequence[Difference]:
        """What keeps something of the kind from being wanted."""

    def said(self, *, cuts: bool) -> str:
        """All that is wanted, as a call."""

    def line(self, thing: Thing, /, *, cuts: bool) -> str:
        """Something in a line."""

    def reason(self, thing: Thing, /) -> str:
        """Why something was refused, if it was."""


def found(wanted: Wanted[T], things: Sequence[T]) -> list[T]:
    """Those that are wanted."""
    return [each for each in things if wanted.is_of_kind(each) and not wanted.differences(each)]


def too_often(wanted: Wanted[T], matching: Sequence[T], *, cuts: bool) -> str:
    """That what is *matching* is more than was *wanted* at most."""

    def text(cuts: bool) -> str:
        often = f"{_often(wanted.count)} at most, got it {counted(len(matching), 'time')}"
        first = f"expected {wanted.said(cuts=cuts)} {often}"
        return "\n".join([first, "", *_some(wanted, matching, cuts)])

    return cut_or_whole(text, cuts)


def explain(
    wanted: Wanted[T],
    things: Sequence[T],
    hints: Sequence[str],
    *,
    cuts: bool,
    within: float = 0,
) -> str:
    """Why *things* are not what was *wanted*, *within* so many seconds.

    The *hints* are why there is nothing of the kind.
    """

    def text(cuts: bool) -> str:
        times = counted(len(found(wanted, things)), "time")
        got = f"got it {times}{f' within {within:g} s' * (within > 0)}"
        if not wanted.count:
            first = f"expected no {wanted.said(cuts=cuts)}, {got}"
        else:
            first = f"expected {wanted.said(cuts=cuts)} {_often(wanted.count)}, {got}"
        return "\n".join([first, "", *_below(wanted, things, hints, cuts)])

    return cut_or_whole(text, cuts)


def cut_or_whole(text: Callable[[bool], str], cuts: bool) -> str:
    """A *text*, which is made with or without cuts; one that lacks more than sids says so."""
    whole = text(False)
    if not cuts:
        return whole
    cut = text(True)
    return shortened(cut) if cut == shortened(whole) else f"{cut}\n\n{MORE}"


def _below(
    wanted: Wanted[T], things: Sequence[T], hints: Sequence[str], cuts: bool
) -> Iterator[str]:
    matching = found(wanted, things)
    others = [each for each in things if wanted.is_of_kind(each) and wanted.differences(each)]
    if others and len(matching) < wanted.count:
        yield f"nearest of {len(others)} {wanted.kind}:"
        for each in nearest(others, wanted.differences):
            yield f"  {wanted.line(each, cuts=cuts)}"
            yield from indented(wanted.differences(each), cuts)
    elif matching:
        yield from _some(wanted, matching, cuts)
    else:
        yield from _nothing_of_the_kind(wanted, things, hints, cuts)


def _nothing_of_the_kind(
    wanted: Wanted[T], things: Sequence[T], hints: Sequence[str], cuts: bool
) -> Iterator[str]:
    if things:
        yield f"no {wanted.kind} among {counted(len(things), *wanted.nouns)}:"
        akin_first = sorted(things, key=lambda each: not wanted.is_akin(each))
        yield from _some(wanted, akin_first, cuts)
    for number, hint in enumerate(hints):
        if things and not number:
            yield ""
        yield fill(visible(hint), WIDTH, subsequent_indent="  ", break_on_hyphens=False)


def nearest(things: Sequence[T], differences: Callable[[T], Sequence[Difference]]) -> list[T]:
    """Those that are least different, the nearest first."""
    fewest = sorted(things, key=lambda each: len(differences(each)))[:MEASURED]
    return sorted(fewest, key=lambda each: sum(one.distance for one in differences(each)))[:AT_MOST]


def indented(differences: Sequence[Difference], cuts: bool) -> Iterator[str]:
    yield from (f"      {line}" for each in differences for line in each.lines(cuts=cuts))


def _some(wanted: Wanted[T], things: Sequence[T], cuts: bool) -> Iterator[str]:
    for each in things[:AT_MOST]:
        yield f"  {wanted.line(each, cuts=cuts)}"
        if reason := wanted.reason(each):
            yield from indented([Remark(reason)], cuts)
    if len(things) > AT_MOST:
        yield f"  and {len(things) - AT_MOST} more"


def _often(number: int) -> str:
    return "once" if number == 1 else counted(number, "time")
