"""What to tell a test author who asks for something that is not there."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def unknown(what: str, given: object, accepted: Iterable[str]) -> str:
    """What was given, the likely typo and what is accepted, as one sentence."""
    accepted = list(accepted)
    there_is = f"here is: {', '.join(accepted)}"
    for close in get_close_matches(str(given), accepted, n=1):
        return f"{what} {given!r}; did you mean {close!r}? T{there_is}"
    return f"{what} {given!r}; t{there_is}"
