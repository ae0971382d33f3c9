"""Files that seeds are read from and written to; their names say how."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from ..expectations.misuse import unknown
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
    _form(path)
    now = path.stat()
    return _read(path.absolute(), now.st_mtime_ns, now.st_size)


@lru_cache(maxsize=16)
def _read(path: Path, changed: int, size: int) -> Entry:
    """Once in a session, as long as it stays what it is."""
    read, _ = _form(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise SeedError(f"{path.name} is not in UTF-8: {error}") from None
    try:
        said = read(text, path.name)
    except RecursionError:
        raise SeedError(f"{path.name} is nested too deep") from None
    if not isinstance(said, Entry):
        raise SeedError(f"{path.name}, line 1: a seed is a mapping of nouns, not {kind_of(said)}")
    return said


def write_file(path: Path, said: Mapping[str, Any]) -> None:
    _, write = _form(path)
    path.write_text(write(said), encoding="utf-8", newline="\n")


def _form(path: Path) -> tuple[Reader, Writer]:
    if path.suffix not in FORMS:
        raise SeedError(unknown(f"{path.name}: seeds have no suffix", path.suffix, FORMS))
    return FORMS[path.suffix]
