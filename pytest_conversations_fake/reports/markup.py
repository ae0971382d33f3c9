"""HTML: one file that loads nothing. Texts are escaped as they are put into an element."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from pathlib import Path

from ..api.secrets import without_passwords
from ..api.wording import visible

# Read at once: a test may have another file system by the time that a page is written
_STYLE = Path(__file__).with_name("page.css").read_text(encoding="utf-8")


class Html(str):
    """Markup, as opposed to a text that is still to be escaped."""

    __slots__ = ()


def element(name: str, /, *inside: str | None, css: str = "", **attributes: str) -> Html:
    """An element with what is *inside*, one after the other; None is nothing."""
    if css:
        attributes["class"] = css
    said = "".join(f' {key}="{escape(visible(value))}"' for key, value in attributes.items())
    return Html(f"<{name}{said}>{_joined(inside)}</{name}>")


def breakable(path: str) -> Html:
    """A path that a narrow screen breaks at its slashes."""
    return Html(escape(visible(path)).replace("/", "/<wbr>"))


def document(title: str, *inside: str | None) -> str:
    """A whole page. Its policy allows no script, and nothing from elsewhere."""
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        f"{element('title', title)}\n<style>\n{_STYLE}</style>\n</head>\n"
        f"<body>\n{_joined(inside)}\n</body>\n</html>\n"
    )


def _joined(inside: Iterable[str | None]) -> str:
    return "".join(
        each if isinstance(each, Html) else escape(visible(without_passwords(each), keep="\n"))
        for each in inside
        if each
    )
