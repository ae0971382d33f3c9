"""HTML elements and documents. Elements escape the texts that they contain."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from pathlib import Path

from ..api.secrets import without_passwords
from ..api.wording import visible

# Read at import: a test may replace the file system before a page is written
_STYLE = Path(__file__).with_name("page.css").read_text(encoding="utf-8")


class Html(str):
    """Markup that needs no escape."""

    __slots__ = ()


def element(name: str, /, *content: str | None, css: str = "", **attributes: str) -> Html:
    """An element with the *content* in order. None is left out."""
    if css:
        attributes["class"] = css
    rendered = "".join(f' {key}="{escape(visible(value))}"' for key, value in attributes.items())
    return Html(f"<{name}{rendered}>{_join(content)}</{name}>")


def breakable(path: str) -> Html:
    """A path that can wrap after each slash."""
    return Html(escape(visible(path)).replace("/", "/<wbr>"))


def document(title: str, *content: str | None) -> str:
    """A complete page. Its policy allows no scripts and no external resources."""
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        f"{element('title', title)}\n<style>\n{_STYLE}</style>\n</head>\n"
        f"<body>\n{_join(content)}\n</body>\n</html>\n"
    )


def _join(content: Iterable[str | None]) -> str:
    return "".join(
        each if isinstance(each, Html) else escape(visible(without_passwords(each), keep="\n"))
        for each in content
        if each
    )
