"""Seed files as data: JSON, or YAML where PyYAML is installed, by the suffix of the name."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from .entries import SeedError, joined
from .yaml_files import read_yaml, whole_number, write_yaml

Reader = Callable[[str], Any]
Writer = Callable[[Mapping[str, Any]], str]


def read_file(path: Path) -> Any:
    """The data of a file. Raises `SeedError` or `OSError`."""
    read, _ = _format(path)
    try:
        return _parsed(read, path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise SeedError(f"the file is not in UTF-8: {error}") from None


@lru_cache(maxsize=16)
def _parsed(read: Reader, text: str) -> Any:
    """The data of a *text*, parsed once per session, as each test may load the same seed."""
    try:
        return read(text)
    except RecursionError:
        raise SeedError("the data is nested too deep") from None


def write_file(path: Path, data: Mapping[str, Any]) -> None:
    _, write = _format(path)
    path.write_bytes(write(data).encode())  # a text that cannot be encoded leaves the file alone


class _Pairs(list[tuple[str, Any]]):
    """An object of JSON with every key that the text has, repeated ones too."""


def read_json(text: str) -> Any:
    try:
        return _without_pairs(
            json.loads(text, object_pairs_hook=_Pairs, parse_int=whole_number), ""
        )
    except json.JSONDecodeError as error:
        raise SeedError(f"line {error.lineno}: {error.msg}") from None


def _without_pairs(value: Any, path: str) -> Any:
    if isinstance(value, _Pairs):
        mapping: dict[str, Any] = {}
        for key, each in value:
            if key in mapping:
                raise SeedError(f"{joined(path, key)}: the key {key!r} is used twice")
            mapping[key] = _without_pairs(each, joined(path, key))
        return mapping
    if isinstance(value, list):
        return [_without_pairs(each, f"{path}[{index}]") for index, each in enumerate(value)]
    return value


def write_json(data: Mapping[str, Any]) -> str:
    text = json.dumps(data, ensure_ascii=False, indent=2)
    return re.sub("[\ud800-\udfff]", lambda half: f"\\u{ord(half[0]):04x}", text) + "\n"


FORMATS: dict[str, tuple[Reader, Writer]] = {
    ".json": (read_json, write_json),
    ".yaml": (read_yaml, write_yaml),
    ".yml": (read_yaml, write_yaml),
}


def _format(path: Path) -> tuple[Reader, Writer]:
    if path.suffix not in FORMATS:
        raise SeedError(
            f"a seed file cannot have the suffix {path.suffix!r}; accepted are {', '.join(FORMATS)}"
        )
    return FORMATS[path.suffix]
