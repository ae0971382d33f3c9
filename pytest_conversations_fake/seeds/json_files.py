"""JSON with the lines of what it says."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from json.decoder import JSONArray, JSONObject  # type: ignore[attr-defined]
from json.scanner import py_make_scanner  # type: ignore[attr-defined]
from typing import Any

from .entries import Entries, Entry, SeedError, whole_number


def read_json(text: str, file: str) -> Any:
    try:
        return _Decoder(text, file).decode(text).value
    except json.JSONDecodeError as error:
        raise SeedError(f"{file}, line {error.lineno}: {error.msg}") from None


def write_json(said: Mapping[str, Any]) -> str:
    text = json.dumps(said, ensure_ascii=False, indent=2)
    return re.sub("[\ud800-\udfff]", lambda half: f"\\u{ord(half[0]):04x}", text) + "\n"


@dataclass(frozen=True)
class _Found:
    """A value on its *line*."""

    value: Any
    line: int


class _Decoder(json.JSONDecoder):
    """Python's own, the one that is written in Python, with each value found on its line."""

    def __init__(self, text: str, file: str) -> None:
        super().__init__(object_pairs_hook=self._entry, parse_int=whole_number)
        self._file = file
        self._ends = [index for index, char in enumerate(text) if char == "\n"]
        self.parse_object = lambda start, strict, _, *hooks: JSONObject(
            start, strict, self._found, *hooks
        )
        self.parse_array = lambda start, _: JSONArray(start, self._found)
        self._scan = py_make_scanner(self)
        self.scan_once = self._found

    def _found(self, string: str, index: int) -> tuple[_Found, int]:
        line = 1 + bisect_right(self._ends, index)
        try:
            value, end = self._scan(string, index)
        except (json.JSONDecodeError, SeedError):  # which know their lines
            raise
        except ValueError as error:
            raise SeedError(f"{self._file}, line {line}: {error}") from None
        if isinstance(value, Entry):
            value.line = line
        elif isinstance(value, list):
            value = Entries([each.value for each in value], [each.line for each in value])
        return _Found(value, line), end

    def _entry(self, pairs: list[tuple[str, _Found]]) -> Entry:
        said: dict[str, _Found] = {}
        for key, found in pairs:
            if key in said:
                raise SeedError(
                    f"{self._file}, line {found.line}: {key!r} is there twice, "
                    f"first on line {said[key].line}"
                )
            said[key] = found
        values = {key: found.value for key, found in said.items()}
        return Entry(values, 1, {key: found.line for key, found in said.items()})
