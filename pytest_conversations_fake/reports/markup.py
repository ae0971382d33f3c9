"""HTML elements and documents. Elements escape the texts that they contain."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from html import escape

from ..api.secrets import without_passwords
from ..api.wording import visible
from .assets import ImportMap, inline_hash, source

STYLE = source("look.css") + source("report.css")


class Html(str):
    """Markup that needs no escape."""

    __slots__ = ()


def element(name: str, /, *content: str | None, css: str = "", **attributes: str) -> Html:
    """An element with the *content* in order. None is left out."""
    if css:
        attributes["class"] = css
    rendered = "".join(f' {key}="{escape(visible(value))}"' for key, value in attributes.items())
    return Html(f"<{name}{rendered}>{_join(content)}</{name}>")


def document(title: str, *content: str | None, modules: ImportMap | None = None) -> str:
    """A complete page that loads nothing else. With *modules* it runs the module `report`.

    Its policy allows the style and the scripts of this function only.
    """
    body = _join(content)
    # No text in the page can contain its own hash. Modules of the map inherit the nonce
    nonce = sha256(body.encode(errors="surrogatepass")).hexdigest()
    script_policy = f" script-src 'nonce-{nonce}';" if modules else ""
    policy = (
        f"default-src 'none';{script_policy} style-src {inline_hash(STYLE)}; "
        "base-uri 'none'; form-action 'none'"
    )
    scripts = (
        f'<script type="importmap" nonce="{nonce}">{modules.text}</script>\n'
        f'<script type="module" nonce="{nonce}">import "report";</script>\n'
        if modules
        else ""
    )
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        f"{element('title', title)}\n<style>{STYLE}</style>\n{scripts}</head>\n"
        f"<body>\n{body}\n</body>\n</html>\n"
    )


def _join(content: Iterable[str | None]) -> str:
    return "".join(
        each if isinstance(each, Html) else escape(visible(without_passwords(each), keep="\n"))
        for each in content
        if each
    )
