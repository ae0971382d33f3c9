"""Words that all texts about a fake have in common."""

from __future__ import annotations

import re


def shortened(text: str) -> str:
    """A text with each sid in it as people compare them: by how they begin."""
    return re.sub("([A-Z]{2}[0-9a-f]{4})[0-9a-f]{28}", r"\1…", text)


def counted(number: int, noun: str, nouns: str = "") -> str:
    return f"{number} {noun if number == 1 else nouns or noun + 's'}"
