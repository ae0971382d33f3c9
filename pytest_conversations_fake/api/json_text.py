"""JSON that is the text of a parameter."""

from __future__ import annotations

import json
import re
from itertools import accumulate
from typing import Any

DEEPEST = 500
"""Levels. Python's parser goes as deep as its stack, which differs; how deep Twilio's goes is not
known."""


def read_json(text: str) -> Any:
    """What *text* says; of numbers only that they are some, as Python minds how long they are.

    Raises `ValueError` for what is not JSON or too deep.
    """
    if _depth(text) > DEEPEST:
        raise ValueError("too deep")
    return json.loads(
        text, parse_constant=_refuse_constant, parse_int=lambda digits: int(digits[:9])
    )


def _depth(text: str) -> int:
    """How deep arrays and objects are nested."""
    without_strings = re.sub(r'"(?:[^"\\]|\\[\s\S]?)*(?:"|\Z)', "", text)
    steps = ((char in "[{") - (char in "]}") for char in without_strings)
    return max(accumulate(steps), default=0)


def _refuse_constant(constant: str) -> None:
    """`NaN` and `Infinity` are Python's own."""
    raise ValueError(constant)
