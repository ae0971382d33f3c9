"""JSON in the text of a parameter."""

from __future__ import annotations

import json
import re
from itertools import accumulate
from typing import Any

MAX_DEPTH = 500
"""Maximum number of levels. Python's own limit depends on its stack; Twilio's is not known."""


def read_json(text: str) -> Any:
    """The value of a JSON *text*, with integers cut to 9 digits, as Python limits their length.

    Raises `ValueError` for text that is not JSON or is too deep.
    """
    if text.count("[") + text.count("{") > MAX_DEPTH and _depth(text) > MAX_DEPTH:
        raise ValueError("too deep")
    return _DECODER.decode(text)


def _depth(text: str) -> int:
    """The number of nested arrays and objects."""
    without_strings = re.sub(r'"(?:[^"\\]|\\[\s\S]?)*(?:"|\Z)', "", text)
    steps = ((char in "[{") - (char in "]}") for char in without_strings)
    return max(accumulate(steps), default=0)


def _refuse_constant(constant: str) -> None:
    """Refuse `NaN` and `Infinity`, which only Python accepts."""
    raise ValueError(constant)


_DECODER = json.JSONDecoder(
    parse_constant=_refuse_constant, parse_int=lambda digits: int(digits[:9])
)
