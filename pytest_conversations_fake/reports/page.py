"""The report as a page that tells more, where one looks closer."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from ..api.deliveries import Delivery
from ..api.journal import RecordedRequest
from ..api.redaction import redacted
from ..api.secrets import without_passwords
from ..api.wording import counted, shortened
from .markup import Html, breakable, document, element
from .text import closed_for, cut, said, trouble
from .transcript import Said, Talk

if TYPE_CHECKING:
    from .report import Report

LONGEST = 8_000
"""Characters of an answer that are shown."""

OPEN = 20
"""Messages of a conversation that are shown before it is opened."""

PROSE = 300
"""Characters of a line before it is opened."""


def page(report: Report, outcome: str, failure: str) -> str:
    """The page of a test, with its *outcome* and what it failed with, as far as there is that."""
    return document(
        f"{report.name}: {outcome}" if outcome else report.name,
        element(
            "header",
            badge(outcome),
            element("h1", report.name),
            element("p", " · ".join(_counts(report))),
        ),
        _section("What failed", _pre(failure)),
        _section("Other hosts", _pre("\n".join(report.hosts))),
        _section("Errors inside the fake", _pre("\n\n".join(report.errors))),
        _section("What was said", _talks(report)),
        _section("Requests", _lines(_request(each, report) for each in report.requests)),
        _section("Webhooks", _lines(map(_delivery, report.deliveries))),
        element("footer", "pytest-conversations-fake"),
    )


def index(pages: Mapping[str, tuple[str, str]]) -> str:
    """A page that leads to others: by test, the outcome and the name of the file."""
    ordered = sorted(pages.items(), key=lambda page: not is_bad(page[1][0]))
    bad = sum(is_bad(outcome) for outcome, _ in pages.values())
    lines = (
        element("a", element("span", test, css="what"), badge(outcome), href=file)
        for test, (outcome, file) in ordered
    )
    return document(
        "fake_conversations",
        element(
            "header",
            element("h1", "fake_conversations"),
            element("p", f"{counted(len(pages), 'test')}, {bad} failed"),
        ),
        _lines(lines),
    )


def badge(outcome: str) -> Html | None:
    if not outcome:
        return None
    return element("span", outcome, css=f"outcome {'bad' if is_bad(outcome) else 'good'}")


def is_bad(outcome: str) -> bool:
    return outcome in ("failed", "error")


def _counts(report: Report) -> Iterator[str]:
    refused = sum(each.refused for each in report.requests)
    yield counted(len(report.requests), "request") + (f", {refused} refused" if refused else "")
    if report.deliveries:
        failed = sum(each.failed for each in report.deliveries)
        yield counted(len(report.deliveries), "webhook") + (f", {failed} failed" if failed else "")


def _section(title: str, inside: Html | None) -> Html | None:
    return element("section", element("h2", title), inside) if inside else None


def _pre(text: str) -> Html | None:
    return element("pre", text, css="box failure") if text else None


def _lines(lines: Iterable[Html]) -> Html | None:
    inside = [*lines]
    return element("div", *inside, css="lines box") if inside else None


# What was asked and told


def _request(request: RecordedRequest, report: Report) -> Html:
    why = closed_for(request) or request.reason
    outcome = ", ".join(filter(None, [str(request.status or ""), *map(str, request.faults)]))
    return _opening(
        f"#{request.number}",
        f"{request.method} {shortened(request.path)}",
        said(request, PROSE),
        why,
        outcome or "no answer",
        _facts(dict(_facts_of(request, report))),
        _facts(
            {
                keyword: _shown(keyword, value)
                for keyword, value in {**request.params, **request.path_params}.items()
            }
        ),
        element("pre", _answer(request)) if request.response is not None else None,
        bad=request.refused,
    )


def _facts_of(request: RecordedRequest, report: Report) -> Iterator[tuple[str, str]]:
    yield "operation", request.operation or "none of Twilio's"
    yield "account", request.account_sid or "credentials of nobody's"
    yield "took", f"{request.duration * 1000:.1f} ms"
    if request.rule:
        yield "rule", request.rule
    if instead := report.assumptions.otherwise(request.rule):
        yield "assumed", f"{instead} has it otherwise"
    if request.ignored:
        yield "ignored", ", ".join(request.ignored)


def _answer(request: RecordedRequest) -> str:
    text = json.dumps(redacted("", request.response), indent=2, ensure_ascii=False)
    more = len(text) - LONGEST
    return f"{text[:LONGEST]}\n… and {counted(more, 'character')} more" if more > 0 else text


def _delivery(delivery: Delivery) -> Html:
    why = trouble(delivery)
    return _opening(
        "",
        delivery.heading,
        cut(str(delivery.params.get("body") or ""), PROSE),
        "" if "\n" in why else why,
        without_passwords(delivery.outcome),
        _facts({name: without_passwords(value) for name, value in delivery.form.items()}),
        element("pre", why or without_passwords(delivery.answer)[:LONGEST])
        if why or delivery.answer
        else None,
        bad=delivery.failed,
    )


def _opening(
    number: str, what: str, told: str, why: str, outcome: str, *more: Html | None, bad: bool
) -> Html:
    """A line that opens."""
    summary = element(
        "summary",
        element("span", number, css="number") if number else None,
        element(
            "span",
            element("code", breakable(what)),
            element("span", told, css="soft mono") if told else None,
            element("span", why, css="why") if why else None,
            css="what",
        ),
        element("span", outcome, css="status"),
    )
    return element("details", summary, element("div", *more, css="more"), css="bad" if bad else "")


def _facts(facts: Mapping[str, str]) -> Html | None:
    rows = [
        part
        for name, value in facts.items()
        for part in (element("dt", name), element("dd", value))
    ]
    return element("dl", *rows) if rows else None


def _shown(keyword: str, value: object) -> str:
    value = redacted(keyword, value)
    return value if isinstance(value, str) else repr(value)


# What was said


def _talks(report: Report) -> Html | None:
    """The last one first, the silent ones at the end, a line each."""
    transcript = report.transcript
    spoken = [_talk(talk) for talk in reversed(transcript.talks) if talk.said]
    silent = [
        element("p", _name(talk), element("span", _about(talk), css="soft"))
        for talk in reversed(transcript.talks)
        if not talk.said
    ]
    if not spoken and not silent:
        return None
    besides = f"{counted(transcript.before, 'conversation')} besides these"
    return element(
        "div",
        *spoken,
        element("div", *silent, css="silent box") if silent else None,
        element("p", besides, css="before") if transcript.before else None,
    )


def _talk(talk: Talk) -> Html:
    theirs = talk.texting or {talk.said[0].author}
    earlier, last = (
        [_message(message, message.author in theirs) for message in part]
        for part in (talk.said[:-OPEN], talk.said[-OPEN:])
    )
    before = f"{counted(talk.before, 'message')} before these"
    return element(
        "article",
        element("h3", _name(talk)),
        element("p", _about(talk), css="soft"),
        element("p", before, css="before") if talk.before else None,
        element(
            "details",
            element("summary", f"{counted(len(earlier), 'earlier message')}"),
            *earlier,
            css="earlier",
        )
        if earlier
        else None,
        *last,
        css="talk box",
    )


def _name(talk: Talk) -> Html:
    return element("b", talk.name)


def _about(talk: Talk) -> str:
    return ", ".join(filter(None, [talk.state, talk.where, *talk.people]))


def _message(message: Said, theirs: bool) -> Html:
    files = [element("span", each, css="file") for each in message.media]
    return element(
        "div",
        element("span", message.author, css="who"),
        element("div", message.body, *files, css="bubble"),
        *(element("span", failure, css="who why") for failure in message.failures),
        css="said" if theirs else "said ours",
    )
