"""Strictness: what no test passes with, unless it says that it may."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from ..api.faults import Injection
from ..api.wording import visible
from ..api.world import World
from .errors import StrictnessError
from .violations import Violation, violations

REMEDY = """\
lets tests pass with that, in the marker
fake_conversations or as the ini option fake_conversations_tolerate"""


class Strictness:
    """What is found wrong in a *world*, except for kinds that a test is to *tolerate*."""

    def __init__(self, world: World, tolerate: Sequence[str]) -> None:
        self._world = world
        self._tolerate = tolerate
        self._remembered: list[Violation] = []
        """What was wrong in a world that was put back."""
        self._excused: list[object] = []

    def remember(self, kind: type[object] = object) -> None:
        """Remember what is wrong with things of a *kind*, as the world is put back."""
        found = violations(self._world)
        self._remembered += [each for each in found if isinstance(each.thing, kind)]

    def excuse(self, things: Iterable[object]) -> None:
        """Find nothing wrong with *things*: a test says itself how they are, or was told."""
        self._excused += things

    def is_excused(self, thing: object) -> bool:
        is_met_by_now = isinstance(thing, Injection) and thing.was_ever_met
        return is_met_by_now or any(each is thing for each in self._excused)

    def check_strict(self, others: Iterable[Violation]) -> None:
        """Raise a `StrictnessError` for each violation, here or in *others*, that is new."""
        __tracebackhide__ = True
        every = (*self._remembered, *violations(self._world), *others)
        found = [
            each
            for each in {id(each.thing): each for each in every}.values()
            if each.kind not in self._tolerate and not self.is_excused(each.thing)
        ]
        self.excuse(each.thing for each in found)
        if found:
            raise strictness_error(found)


def strictness_error(found: Sequence[Violation]) -> StrictnessError:
    """What to raise for what is *found*; it has the traceback of an error inside."""
    often = Counter(visible(each.what, keep="\n") for each in found)
    lines = [what if times == 1 else f"{what} ({times} times)" for what, times in often.items()]
    kinds = [*dict.fromkeys(each.kind for each in found)]
    judged = StrictnessError("\n".join([*lines, f"tolerate={kinds!r} {REMEDY}"]))
    causes = (each.thing for each in found if isinstance(each.thing, Exception))
    judged.__cause__ = next(causes, None)
    return judged
