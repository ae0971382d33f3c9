"""The page, and the files that it loads."""

from __future__ import annotations

from collections.abc import Mapping

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>conversations-fake</title>
<h1>conversations-fake</h1>
<p>The control API is at <a href="v1/state">/_fake/v1/</a>.</p>
</html>
"""
"""The text of the page."""

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""The Content-Security-Policy of the page."""

FILES: Mapping[str, tuple[str, bytes]] = {}
"""The media type and the content of each file, by its name below `/_fake/static/`."""
