"""The files of `static/`: the rendering that report pages and the live page share.

A server serves them as they are. A report is one file, in which an import map leads the name of a
module to a URL that contains its text.
"""

from __future__ import annotations

import json
import re
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

SHARED_FILES = (*(f"{name}.js" for name in SHARED_MODULES), "look.css")
"""The files of both kinds of pages."""


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
    texts = {name: _named_imports(source(f"{name}.js")) for name in names}
    return ImportMap(
        {name: f"data:text/javascript;base64,{_base64(text)}" for name, text in texts.items()}
    )


def _named_imports(text: str) -> str:
    """The text of a module, with the names of others in place of their files.

    Nothing is next to a module at a URL that contains its text.
    """
    return re.sub(r'from "\./(\w+)\.js"', r'from "\1"', text)


def _base64(text: str) -> str:
    return b64encode(text.encode()).decode()


def inline_hash(text: str) -> str:
    """The source expression of a Content-Security-Policy that allows an inline script or style."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
