"""Suggestions for a test author who uses an unknown name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import TYPE_CHECKING


class SuggestsNames:
    """An object that suggests the nearest name for an unknown attribute."""

    if not TYPE_CHECKING:  # type checkers know the attributes

        def __getattr__(self, name: str) -> object:
            __tracebackhide__ = True
            if name.startswith("_"):  # copy and pickle read these before the object is complete
                raise AttributeError(name)
            names = [each for each in dir(self) if not each.startswith("_")]
            raise AttributeError(unknown(f"{self!r} has no", name, names))


MAX_LISTED = 25
"""Maximum number of accepted names that an error lists in full if some of them are near."""


def unknown(what: str, value: object, accepted: Iterable[str]) -> str:
    """A sentence with the unknown name, the nearest name and the accepted names.

    If more than `MAX_LISTED` names are accepted and some are near, it shows only those.
    """
    accepted = list(accepted)
    there_is = f"here is: {', '.join(accepted)}"
    near = _nearest(str(value), accepted)
    if not near:
        return f"{what} {value!r}; t{there_is}"
    if len(accepted) > MAX_LISTED:
        return f"{what} {value!r}; did you mean {' or '.join(map(repr, near))}?"
    return f"{what} {value!r}; did you mean {near[0]!r}? T{there_is}"


def _nearest(value: str, accepted: list[str]) -> list[str]:
    """At most three names: those with all words of *value*, else similar ones, else with a word."""
    words = _words(value)
    found = {name: sum(_contains(_words(name), word) for word in words) for name in accepted}
    shortest_first = sorted(accepted, key=lambda name: len(_words(name)))
    best = [name for name in shortest_first if found[name] and found[name] == max(found.values())]
    if best and found[best[0]] == len(words):
        return get_close_matches(value, best, n=3, cutoff=0)
    return get_close_matches(value, accepted, n=3) or best[:3]


def _words(name: str) -> list[str]:
    """The words of `CreateUser`, `friendly_name` or `unmet-fault`, in lower case."""
    return re.findall("[a-z0-9]+", re.sub("([A-Z])", r" \1", name).lower())


def _contains(words: list[str], word: str) -> bool:
    return bool(get_close_matches(word, words, n=1, cutoff=0.8))
