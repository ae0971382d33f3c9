"""Strictness: what no test passes with, unless it says that it may."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from ..api.faults import Injection
from ..api.wording import visible
from ..api.world import World
from .errors import Judgement
from .violations import Finding, findings

REMEDY = """\
lets tests pass with that, in the marker
fake_conversations or as the ini option fake_conversations_tolerate"""


class Strictness:
    """What is found wrong in a *world*, except for kinds that a test is to *tolerate*."""

    def __init__(self, world: World, tolerate: Sequence[str]) -> None:
        self._world = world
        self._tolerate = tolerate
        self._remembered: list[Finding] = []
        """What was wrong in a world that was put back."""
        self._forgiven: list[object] = []

    def remember(self, kind: type[object] = object) -> None:
        """Remember what is wrong with things of a *kind*, as the world is put back."""
        found = findings(self._world)
        self._remembered += [each for each in found if isinstance(each.thing, kind)]

    def forgive(self, things: Iterable[object]) -> None:
        """Find nothing wrong with *things*: a test says itself how they are, or was told."""
        self._forgiven += things

    def is_forgiven(self, thing: object) -> bool:
        is_met_by_now = isinstance(thing, Injection) and thing.was_ever_met
        return is_met_by_now or any(each is thing for each in self._forgiven)

    def judge(self, others: Iterable[Finding]) -> None:
        """Raises a `Judgement` for what is wrong, here or found by *others*; for each only once."""
        __tracebackhide__ = True
        every = (*self._remembered, *findings(self._world), *others)
        found = [
            each
            for each in {id(each.thing): each for each in every}.values()
            if each.kind not in self._tolerate and not self.is_forgiven(each.thing)
        ]
        self.forgive(each.thing for each in found)
        if found:
            raise judgement(found)


def judgement(found: Sequence[Finding]) -> Judgement:
    """What to raise for what is *found*; it has the traceback of an error inside."""
    often = Counter(visible(each.what, keep="\n") for each in found)
    lines = [what if times == 1 else f"{what} ({times} times)" for what, times in often.items()]
    kinds = [*dict.fromkeys(each.kind for each in found)]
    judged = Judgement("\n".join([*lines, f"tolerate={kinds!r} {REMEDY}"]))
    causes = (each.thing for each in found if isinstance(each.thing, Exception))
    judged.__cause__ = next(causes, None)
    return judged
