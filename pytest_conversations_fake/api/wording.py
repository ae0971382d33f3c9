"""Wording: how all texts about a fake show sids, control characters and counts."""

from __future__ import annotations

import re
from unicodedata import category

INVISIBLE = ("Cc", "Cf", "Cs", "Zl", "Zp")
"""Unicode's categories of controls, formats, surrogates, and line and paragraph separators."""


MIN_WIDTH = 10
"""Minimum width of a cut text, so that short values stay whole and long ones readable."""


def cut(text: str, width: int) -> str:
    """*text* without its middle, if it is longer than *width* columns.

    The ends say most: a path ends with the record, and a call with its outcome.
    """
    width = max(width, MIN_WIDTH)
    if len(text) <= width:
        return text
    end = (width - 1) // 2
    return f"{text[: width - 1 - end]}…{text[-end:]}"


def shortened(text: str) -> str:
    """*text* with only the first characters of each sid."""
    return re.sub("([A-Z]{2}[0-9a-f]{4})[0-9a-f]{28}", r"\1…", text)


def visible(text: str, keep: str = "") -> str:
    """*text* with its control characters as Python writes them: `\\n`, `\\x1b`, `\\u202e`.

    A text from outside can then neither break a line, nor command a terminal, nor change the order
    of its characters. All characters of the categories in `INVISIBLE` are escaped except those in
    *keep*: a line break for a text of several lines. Backslashes stay, so that a second call
    changes nothing.
    """

    def escaped(match: re.Match[str]) -> str:
        character = match[0]
        hides = category(character) in INVISIBLE and character not in keep
        return repr(character)[1:-1] if hides else character

    return text if text.isprintable() else re.sub("[^ -~]", escaped, text)


def counted(number: int, noun: str, nouns: str = "") -> str:
    return f"{number} {noun if number == 1 else nouns or noun + 's'}"
