"""Entries of a seed file, and errors that name a place in it: `conversations[1].state`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..api.did_you_mean import unknown
from ..api.refusals import refusals_are_errors


class SeedError(ValueError):
    """A problem of a seed file, with its place in the file."""


@contextmanager
def in_file(path: Path) -> Iterator[None]:
    """Put the name of a file before the text of each `SeedError`."""
    try:
        yield
    except SeedError as error:
        raise SeedError(f"{path.name}: {error}") from None


@contextmanager
def at(path: str) -> Iterator[None]:
    """Turn errors and Twilio's refusals into a `SeedError`; the innermost *path* wins."""
    try:
        with refusals_are_errors():
            yield
    except SeedError:
        raise
    except OverflowError:
        raise SeedError(_located(path, "a timer would run out after the year 9999")) from None
    except (TypeError, ValueError) as error:
        raise SeedError(_located(path, str(error))) from None


def _located(path: str, problem: str) -> str:
    return f"{path}: {problem}" if path else problem


def joined(path: str, key: str) -> str:
    """The path of a *key* in the mapping at *path*."""
    return f"{path}.{key}" if path else key


@dataclass(frozen=True)
class Entry:
    """A mapping in a seed file: the values of a record, and entries for the records below it."""

    values: Mapping[str, Any]
    path: str = ""

    @property
    def recreates(self) -> bool:
        """Whether it recreates a record of a dump, whose values are not validated again."""
        return {"sid", "date_created"} <= self.values.keys()

    def check_keys(self, owner: str, accepted: Iterable[str]) -> None:
        """Refuse a key that an *owner* such as `a user` does not have."""
        accepted = list(accepted)
        for key in self.values:
            if key not in accepted:
                with at(self.path):
                    raise ValueError(unknown(f"{owner} has no", key, accepted))

    def entry(self, key: str) -> Entry:
        """The mapping at a *key*."""
        value, path = self.values[key], joined(self.path, key)
        with at(path):
            if not isinstance(value, Mapping):
                raise ValueError(f"{key} is a mapping, not {kind_of(value)}")
        return Entry(value, path)

    def entries(self, key: str) -> Iterator[Entry]:
        """The mappings in the list at a *key*."""
        values, path = self.values[key], joined(self.path, key)
        with at(path):
            if not isinstance(values, list):
                raise ValueError(f"{key} is a list of mappings, not {kind_of(values)}")
        for index, value in enumerate(values):
            with at(f"{path}[{index}]"):
                if not isinstance(value, Mapping):
                    raise ValueError(f"{key} is a list of mappings; this is {kind_of(value)}")
            yield Entry(value, f"{path}[{index}]")


def kind_of(value: object) -> str:
    """The name of a value of the wrong kind in an error message."""
    if isinstance(value, Mapping):
        return "a mapping"
    return "a list" if isinstance(value, list) else repr(value)
