"""Strictness: violations fail a test, unless it tolerates them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from ..api.faults import Injection
from ..api.wording import visible
from ..api.world import World
from .errors import StrictnessError
from .violations import Violation, violations

REMEDY = "To accept this, use FakeConversations(tolerate={kinds})."

PYTEST_REMEDY = """\
To accept this, set tolerate={kinds} in the marker
fake_conversations or in the ini option fake_conversations_tolerate."""
"""The remedy for a fake that the fixture of the plugin has built."""


class Strictness:
    """Collects the violations in a *world*. The kinds in *tolerate* raise no error."""

    def __init__(self, world: World, tolerate: Sequence[str]) -> None:
        self._world = world
        self._tolerate = tolerate
        self._remembered: list[Violation] = []
        """Violations from before the last restore."""
        self._excused: list[object] = []

    def remember(self, subject_type: type[object] = object) -> None:
        """Keep the violations whose subject is of this type, because the world is restored now."""
        found = violations(self._world)
        self._remembered += [each for each in found if isinstance(each.subject, subject_type)]

    def excuse(self, subjects: Iterable[object]) -> None:
        """Report no violation of these *subjects*: the test asserted on them, or got the error."""
        self._excused += subjects

    def is_excused(self, subject: object) -> bool:
        is_met_by_now = isinstance(subject, Injection) and subject.was_ever_met
        return is_met_by_now or any(each is subject for each in self._excused)

    def check_strict(self, others: Iterable[Violation], remedy: str) -> None:
        """Raise one `StrictnessError` for all violations, with *others*, that are new.

        The *remedy* says how to tolerate them; `{kinds}` stands for their kinds.
        """
        __tracebackhide__ = True
        every = (*self._remembered, *violations(self._world), *others)
        new = [
            each
            for each in {id(each.subject): each for each in every}.values()
            if each.kind not in self._tolerate and not self.is_excused(each.subject)
        ]
        self.excuse(each.subject for each in new)
        if new:
            raise strictness_error(new, remedy)


def strictness_error(found: Sequence[Violation], remedy: str) -> StrictnessError:
    """An error that lists the violations. Its cause is the first error inside the fake."""
    repeats = Counter(visible(each.message, keep="\n") for each in found)
    lines = [line if times == 1 else f"{line} ({times} times)" for line, times in repeats.items()]
    kinds = [*dict.fromkeys(each.kind for each in found)]
    error = StrictnessError("\n".join([*lines, remedy.format(kinds=kinds)]))
    causes = (each.subject for each in found if isinstance(each.subject, Exception))
    error.__cause__ = next(causes, None)
    return error
