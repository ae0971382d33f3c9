"""The page, and the files that it loads: its own, and those that it shares with report pages."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ..reports.assets import SHARED_FILES, source

# `mimetypes` depends on tables of the machine
MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}

_STATIC = Path(__file__).with_name("static")

PAGE = (
    (_STATIC / "index.html")
    .read_text(encoding="utf-8")
    .replace("<!-- templates -->", source("templates.html"))
)
"""The text of the page."""

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'"
)
"""The Content-Security-Policy of the page. No text can become a script, whatever it contains."""

FILES: Mapping[str, tuple[str, bytes]] = {
    **{name: (MEDIA_TYPES[Path(name).suffix], source(name).encode()) for name in SHARED_FILES},
    **{
        path.name: (MEDIA_TYPES[path.suffix], path.read_bytes())
        for path in sorted(_STATIC.iterdir())
        if path.suffix in MEDIA_TYPES
    },
}
"""The media type and the content of each file, by its name below `/_fake/static/`."""
