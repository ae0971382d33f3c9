"""What to tell a test author who asks for something that is not there."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import TYPE_CHECKING


class SuggestsNames:
    """What says of a name that it does not have which one is near."""

    if not TYPE_CHECKING:  # which know what there is

        def __getattr__(self, name: str) -> object:
            __tracebackhide__ = True
            if name.startswith("_"):  # what copy and pickle ask for before there is anything
                raise AttributeError(name)
            names = [each for each in dir(self) if not each.startswith("_")]
            raise AttributeError(unknown(f"{self!r} has no", name, names))


MANY = 25
"""Names, more than which nobody reads."""


def unknown(what: str, given: object, accepted: Iterable[str]) -> str:
    """What was given, the likely typo and what is accepted, as one sentence.

    Where much is accepted, it is only what is near, if anything is.
    """
    accepted = list(accepted)
    there_is = f"here is: {', '.join(accepted)}"
    near = get_close_matches(str(given), accepted, n=3)
    if not near:
        return f"{what} {given!r}; t{there_is}"
    if len(accepted) > MANY:
        return f"{what} {given!r}; did you mean {' or '.join(map(repr, near))}?"
    return f"{what} {given!r}; did you mean {near[0]!r}? T{there_is}"
