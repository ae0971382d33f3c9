"""The report as an HTML page, which opens without a server.

Python writes the parts that need no script; the modules of `static/` render the time line and
the conversations, as in the live page. Where scripts may not run, the page shows the report's text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ..api.wording import counted
from .assets import SHARED_MODULES, inlined, source
from .data import Json, entry_data
from .markup import Html, document, element
from .timeline import timeline

if TYPE_CHECKING:
    from .report import Report

MAX_ANSWER_LENGTH = 8_000
"""Maximum number of characters of an answer that the page shows."""

_MODULES = inlined(*SHARED_MODULES, "report")


def page(report: Report, outcome: str, failure: str, *, index: str = "") -> str:
    """The page of a test. *outcome*, *failure* and the URL of the *index* may be empty."""
    return document(
        f"{report.name}: {outcome}" if outcome else report.name,
        element(
            "header",
            element("a", "← All tests", href=index, css="back") if index else None,
            badge(outcome),
            element("h1", report.name),
            element("p", " · ".join(_counts(report))),
        ),
        element(
            "main",
            _section("Failure", _pre(failure)),
            _section("Requests not recorded", _pre("\n".join(report.unrecorded))),
            _section("Errors inside the fake", _pre("\n\n".join(report.errors))),
            element("noscript", element("pre", str(report), css="box")),
            Html('<section id="conversations" hidden><h2>Conversations</h2><div></div></section>'),
            Html(
                '<section id="timeline" hidden><h2>Time line</h2>'
                '<div class="lines box"></div></section>'
            ),
        ),
        element("footer", "pytest-conversations-fake"),
        Html(source("templates.html")),
        Html(f'<script type="application/json" id="report">{_data(report)}</script>'),
        modules=_MODULES,
    )


def index(pages: Mapping[str, tuple[str, str]]) -> str:
    """A page with links to *pages*: by test, the outcome and the file name."""
    ordered = sorted(pages.items(), key=lambda page: not is_bad(page[1][0]))
    bad = sum(is_bad(outcome) for outcome, _ in pages.values())
    lines = [
        element("a", element("span", test), badge(outcome), href=file)
        for test, (outcome, file) in ordered
    ]
    return document(
        "fake_conversations",
        element(
            "header",
            element("h1", "fake_conversations"),
            element("p", f"{counted(len(pages), 'test')}, {bad} failed"),
        ),
        element("main", element("div", *lines, css="lines box") if lines else None),
    )


def badge(outcome: str) -> Html | None:
    if not outcome:
        return None
    return element("span", outcome, css=f"badge {'bad' if is_bad(outcome) else 'good'}")


def is_bad(outcome: str) -> bool:
    return outcome in ("failed", "error")


def _counts(report: Report) -> Iterator[str]:
    refused = sum(each.refused for each in report.requests)
    yield counted(len(report.requests), "request") + (f", {refused} refused" if refused else "")
    if report.dropped:
        yield report.dropped
    if report.deliveries:
        failed = sum(each.failed for each in report.deliveries)
        yield counted(len(report.deliveries), "webhook") + (f", {failed} failed" if failed else "")


def _section(title: str, inside: Html | None) -> Html | None:
    return element("section", element("h2", title), inside) if inside else None


def _pre(text: str) -> Html | None:
    return element("pre", text, css="box failure") if text else None


def _data(report: Report) -> str:
    """The data of the page as JSON that cannot end the element in which it stands."""
    data: Json = {
        "timeline": [
            entry_data(each, report.assumptions, max_response=MAX_ANSWER_LENGTH)
            for each in timeline(report.requests, report.deliveries, report.actions)
        ],
        "conversations": [*reversed(report.transcript.conversations)],
        "omitted_conversations": report.transcript.omitted,
    }
    return json.dumps(data).replace("<", "\\u003c")
