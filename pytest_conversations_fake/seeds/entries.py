"""What a file says, with the lines on which it says it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from ..api.refusals import refusals_are_errors


class Entry(dict[str, Any]):
    """A mapping that begins on a *line*, with the *lines* of its keys."""

    def __init__(self, said: dict[str, Any], line: int, lines: dict[str, int]) -> None:
        super().__init__(said)
        self.line = line
        self.lines = lines


class Entries(list[Any]):
    """A list with the *lines* of its items."""

    def __init__(self, items: list[Any], lines: list[int]) -> None:
        super().__init__(items)
        self.lines = lines


class SeedError(ValueError):
    """What is wrong with a file, with its line."""


class Located:
    """Says of what is wrong in a file on which line it is; the innermost one knows best."""

    def __init__(self, file: str) -> None:
        self._file = file

    @contextmanager
    def at(self, line: int) -> Iterator[None]:
        try:
            with refusals_are_errors():
                yield
        except SeedError:
            raise
        except OverflowError:
            self._refuse(line, "something of it would happen after the year 9999")
        except (TypeError, ValueError) as error:
            self._refuse(line, error)

    def _refuse(self, line: int, why: object) -> NoReturn:
        raise SeedError(f"{self._file}, line {line}: {why}") from None


def whole_number(digits: str) -> int:
    """Raises `ValueError` for more digits than Python reads."""
    try:
        return int(digits)
    except ValueError:
        raise ValueError(f"a number of {len(digits.lstrip('-'))} digits is too long") from None


def kind_of(value: object) -> str:
    """How a message calls what is not what it should be."""
    if isinstance(value, dict):
        return "a mapping"
    return "a list" if isinstance(value, list) else repr(value)
