"""Files that seeds are read from and written to; their names say how."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from .entries import Entry, SeedError, kind_of
from .json_files import read_json, write_json
from .yaml_files import read_yaml, write_yaml

Reader = Callable[[str, str], Any]
Writer = Callable[[Mapping[str, Any]], str]

FORMS: dict[str, tuple[Reader, Writer]] = {
    ".json": (read_json, write_json),
    ".yaml": (read_yaml, write_yaml),
    ".yml": (read_yaml, write_yaml),
}


def read_file(path: Path) -> Entry:
    """What a file says. Raises `ValueError` with its line, or `OSError`."""
    read, _ = _form(path)
    try:
        return _understood(read, path.read_text(encoding="utf-8-sig"), path.name)
    except UnicodeDecodeError as error:
        raise SeedError(f"{path.name} is not in UTF-8: {error}") from None


@lru_cache(maxsize=16)
def _understood(read: Reader, text: str, file: str) -> Entry:
    """Once in a session for the same text: parsing takes long, reading does not."""
    try:
        said = read(text, file)
    except RecursionError:
        raise SeedError(f"{file} is nested too deep") from None
    if not isinstance(said, Entry):
        raise SeedError(f"{file}, line 1: a seed is a mapping of nouns, not {kind_of(said)}")
    return said


def write_file(path: Path, said: Mapping[str, Any]) -> None:
    _, write = _form(path)
    path.write_bytes(write(said).encode())  # a text that fails leaves the file as it was


def _form(path: Path) -> tuple[Reader, Writer]:
    if path.suffix not in FORMS:
        raise SeedError(
            f"{path.name}: seeds have no suffix {path.suffix!r}; there is: {', '.join(FORMS)}"
        )
    return FORMS[path.suffix]
