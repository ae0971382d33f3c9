"""The files of `static/`: the rendering that report pages and the live page share.

Modules import each other by name. An import map leads a name to a URL: of the server in the live
page, and of the module's text in a report, which is one file.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

# Read at import: a test may replace the file system before a page is written
_SOURCES = {
    path.name: path.read_text(encoding="utf-8")
    for path in sorted(Path(__file__).with_name("static").iterdir())
}

SHARED_MODULES = ("dom", "timeline", "conversations")
"""The modules of both kinds of pages."""


def source(name: str) -> str:
    """The text of a file."""
    return _SOURCES[name]


@dataclass(frozen=True)
class ImportMap:
    """The URLs of modules, by name."""

    urls: Mapping[str, str]

    @property
    def text(self) -> str:
        return json.dumps({"imports": dict(self.urls)})


def inlined(*names: str) -> ImportMap:
    """The import map of modules that are in the page."""
    return ImportMap(
        {
            name: "data:text/javascript;base64," + b64encode(source(f"{name}.js").encode()).decode()
            for name in names
        }
    )


def inline_hash(text: str) -> str:
    """The source expression of a Content-Security-Policy that allows an inline script or style."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
