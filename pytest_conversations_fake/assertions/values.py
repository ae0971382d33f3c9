"""Values as texts show them: whole, or cut to fit on a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from ..api.redaction import redacted
from ..api.wording import cut, shortened, visible
from ..api.world import World

WIDTH = 76
"""Columns of a line below the first: 80 without what pytest puts before it."""

LINE = WIDTH - 2
"""Columns for a request, a delivery or a record, which is indented."""

OUTCOME = 40
"""Columns of a line for the outcome of a request or a delivery, so that no path displaces it."""

DETAIL = WIDTH - 6
"""Columns for a line of a difference, which is indented more."""

VALUE = DETAIL - len("  expected ")
"""Columns for each of two values, one below the other."""

ARGUMENT = 36
"""Columns for an argument in the first line, which a summary shows."""

MORE = "cut to fit; pytest -v shows all"


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
        """Two values as texts, of which the part around the first difference is left."""
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
        return f"{text}\n\n{MORE}" if self._has_cut else text

    def _note(self, whole: str, shown: str) -> str:
        self._has_cut |= shown != whole
        return shown


def arguments(values: Mapping[str, object], truncation: Truncation) -> str:
    """*values* as the arguments of a call, without secrets."""
    return ", ".join(
        f"{keyword}={truncation.cut(written(redacted(keyword, value)), ARGUMENT)}"
        for keyword, value in values.items()
    )


def truncation_for(world: World) -> Truncation:
    """How a failure in a *world* is cut; a new one for each failure."""
    return Truncation(enabled=world.outside.cuts_texts())


def first_difference(one: str, other: str) -> int:
    """The index at which two texts begin to differ."""
    for index, (left, right) in enumerate(zip(one, other)):
        if left != right:
            return index
    return min(len(one), len(other))
