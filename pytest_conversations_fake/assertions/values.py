"""Values as texts show them: whole, or cut to fit on a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from ..api.redaction import redacted
from ..api.wording import cut, shortened, visible
from ..api.world import World

WIDTH = 76
"""Width of the lines below the first: 80 columns minus the margin that pytest adds."""

LINE_WIDTH = WIDTH - 2
"""Width of the line of a request, delivery or record, without its indent."""

OUTCOME_WIDTH = 40
"""Maximum width of an outcome; the path before it is cut to the rest of the line."""

DETAIL_WIDTH = WIDTH - 6
"""Width of the line of a difference, without its indent."""

VALUE_WIDTH = DETAIL_WIDTH - len("  expected ")
"""Width of each of two values that stand one below the other."""

ARGUMENT_WIDTH = 36
"""Width of an argument in the first line, which a summary shows."""

CUT_NOTE = "cut to fit; pytest -v shows all"


def written(value: object) -> str:
    """*value* as a text on one line."""
    if isinstance(value, datetime):
        return str(value)
    return visible(repr(value).replace("\n", " "))  # a class may have its own repr


class Truncation:
    """Cuts texts and shortens sids if it is *enabled*, and remembers whether it cut a text."""

    def __init__(self, *, enabled: bool) -> None:
        self._enabled = enabled
        self._has_cut = False

    def cut(self, text: str, width: int) -> str:
        """*text* without its middle, if it is longer than *width* columns."""
        if not self._enabled:
            return text
        return self._note(shortened(text), cut(shortened(text), width))

    def cut_around(self, one: object, other: object, width: int) -> tuple[str, str]:
        """Two values as texts, each cut to the part around the first difference."""
        if not self._enabled:
            return written(one), written(other)
        first, second = shortened(written(one)), shortened(written(other))
        longest = max(len(first), len(second))
        are_alike = type(one) is type(other) and isinstance(one, (str, list, dict))
        if not are_alike or longest <= width:
            return self.cut(first, width), self.cut(second, width)
        quote = 1 if isinstance(one, str) else 0  # a text may be quoted in two ways
        start = first_difference(first[quote:], second[quote:]) - width // 3
        start = max(0, min(start, longest - width))
        end = start + width

        def part(text: str) -> str:
            left, right = "…" * (start > 0), "…" * (end < len(text))
            return self._note(text, left + text[start + len(left) : end - len(right)] + right)

        return part(first), part(second)

    def finish(self, text: str) -> str:
        """A whole *text*, with a note at its end if a part of it is cut."""
        return f"{text}\n\n{CUT_NOTE}" if self._has_cut else text

    def _note(self, whole: str, shown: str) -> str:
        self._has_cut |= shown != whole
        return shown


def arguments(values: Mapping[str, object], truncation: Truncation) -> str:
    """*values* as the arguments of a call, without secrets."""
    return ", ".join(
        f"{keyword}={truncation.cut(written(redacted(keyword, value)), ARGUMENT_WIDTH)}"
        for keyword, value in values.items()
    )


def truncation_for(world: World) -> Truncation:
    """The truncation of a failure in a *world*; each failure needs a new one."""
    return Truncation(enabled=world.outside.cuts_texts())


def first_difference(one: str, other: str) -> int:
    """The index at which two texts begin to differ."""
    for index, (left, right) in enumerate(zip(one, other)):
        if left != right:
            return index
    return min(len(one), len(other))
