"""The files of the page, read once and served from memory.

Only files that are in the package at the first request exist; a path cannot lead anywhere else.
"""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

PACKAGE = Path(__file__).parents[1]

# The paths below which the files of a directory are served
DIRECTORIES = {
    "/_fake/": PACKAGE / "inspector" / "static",
    "/_fake/report/": PACKAGE / "reports" / "static",
}

# Never guessed: the tables of the machine may say anything
MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
}


class StaticFile(NamedTuple):
    """A file with its media type, and its tag for caches."""

    content: bytes
    media_type: str
    tag: str


@cache
def static_files() -> dict[str, StaticFile]:
    """The files by path."""
    files = {
        f"{prefix}{path.relative_to(directory).as_posix()}": _read(path)
        for prefix, directory in DIRECTORIES.items()
        for path in sorted(directory.rglob("*"))
        if path.suffix in MEDIA_TYPES
    }
    return files | {"/_fake/": files["/_fake/index.html"]}


def _read(path: Path) -> StaticFile:
    content = path.read_bytes()
    return StaticFile(content, MEDIA_TYPES[path.suffix], f'"{sha256(content).hexdigest()[:32]}"')
