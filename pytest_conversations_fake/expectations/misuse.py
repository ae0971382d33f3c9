"""What to tell a test author who asks for something that is not there."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def unknown(what: str, given: str, accepted: Iterable[str]) -> str:
    """What was given, the likely typo and what is accepted, as one sentence."""
    accepted = list(accepted)
    close = get_close_matches(given, accepted, n=1)
    guess = f"did you mean {close[0]!r}? " if close else ""
    return f"{what} {given!r}; {guess}There is: {', '.join(accepted) or 'none'}"
