"""How values are written in texts: whole, or cut to so many columns."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from ..api.redaction import redacted
from ..api.wording import shortened, visible

WIDTH = 76
"""Columns of a line below the first: 80 without what pytest puts before it."""

LINE = WIDTH - 2
"""Columns for a request, a delivery or a record, which is indented."""

ROOM = WIDTH - 6
"""Columns for a line of a difference, which is indented more."""

BESIDE = ROOM - len("  expected ")
"""Columns for each of two values, one below the other."""

OUTCOME = 40
"""Columns for what came of something."""

ARGUMENT = 36
"""Columns for an argument in the first line, which is to be read in a summary."""


def written(value: object) -> str:
    """*value* as texts show it, on one line."""
    if isinstance(value, datetime):
        return str(value)
    return visible(repr(value).replace("\n", " "))  # a class may have its own repr


def arguments(values: Mapping[str, object], *, cuts: bool) -> str:
    """*values* as those of a call, without secrets."""
    shown = {keyword: redacted(keyword, value) for keyword, value in values.items()}
    return ", ".join(
        f"{keyword}={brief(value, ARGUMENT) if cuts else written(value)}"
        for keyword, value in shown.items()
    )


def brief(value: object, width: int) -> str:
    """*value* as it begins, its sids shortened."""
    text = shortened(written(value))
    if len(text) <= width:
        return text
    quote = text[0] if isinstance(value, str) else ""
    return f"{text[: width - 1 - len(quote)]}…{quote}"


def around(one: object, other: object, width: int) -> tuple[str, str]:
    """Two values, cut in the same way around the first difference; unlike ones as they begin."""
    texts = shortened(written(one)), shortened(written(other))
    if max(map(len, texts)) <= width:
        return texts
    if type(one) is not type(other) or not isinstance(one, (str, list, dict)):
        return brief(one, width), brief(other, width)
    edge = 1 if isinstance(one, str) else 0  # quotes stay where they are
    insides = [text[edge : len(text) - edge] for text in texts]
    room = width - 2 * edge
    start = first_difference(*insides) - room // 3
    start = max(0, min(start, max(map(len, insides)) - room))
    first, second = (
        text[:edge] + _window(inside, start, room) + text[:edge]
        for text, inside in zip(texts, insides)
    )
    return first, second


def first_difference(one: str, other: str) -> int:
    """Where two texts begin to differ."""
    for at, (left, right) in enumerate(zip(one, other)):
        if left != right:
            return at
    return min(len(one), len(other))


def beginning(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"


def ends(text: str, width: int) -> str:
    """*text* without its middle, if it is too long."""
    if len(text) <= width:
        return text
    last = width // 2
    return f"{text[: width - 1 - last]}…{text[-last:]}"


def _window(text: str, start: int, width: int) -> str:
    end = start + width
    left, right = "…" * (start > 0), "…" * (end < len(text))
    return f"{left}{text[start + len(left) : end - len(right)]}{right}"
