"""A real browser, Debian's Chromium, and a checker of accessibility."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--host-resolver-rules=MAP *.example 127.0.0.1",
)

TIMEOUT = 10_000
"""Milliseconds until a missing element fails a test."""


@contextmanager
def chromium() -> Iterator[Browser]:
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=TIMEOUT)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=which("chromium"), args=[*ARGUMENTS], timeout=60_000
        )
        yield browser
        browser.close()


@contextmanager
def watched_page(browser: Browser, **options: Any) -> Iterator[Page]:
    """A page that fails the test if a script fails, or if the page loads what its policy forbids.

    A refused call of the control API is no problem, since the page shows its reason.
    """
    problems: list[str] = []
    with browser.new_context(**options) as context:
        context.set_default_timeout(TIMEOUT)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("dialog", lambda dialog: problems.append(f"a dialog: {dialog.message}"))
        page.on(
            "console",
            lambda message: (
                problems.append(message.text)
                if message.type == "error" and "the server responded with" not in message.text
                else None
            ),
        )
        yield page
    assert not problems, "\n".join(problems)


def install_axe(directory: Path) -> str:
    """The text of the script `axe-core`."""
    install = ["npm", "install", "--no-audit", "--no-fund", "--silent", "axe-core"]
    subprocess.run(install, cwd=directory, check=True)
    return (directory / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def accessibility_problems(page: Page, axe: str, rules: list[str] | None = None) -> list[str]:
    """The serious and critical findings of axe-core's *rules* (default: all), with an element."""
    page.evaluate(axe)
    options = {"runOnly": {"type": "rule", "values": rules}} if rules else {}
    found = page.evaluate("options => axe.run(options)", options)["violations"]
    return [
        f"{each['id']}: {each['nodes'][0]['html'][:200]} {each['nodes'][0]['failureSummary']}"
        for each in found
        if each["impact"] in ("serious", "critical")
    ]
