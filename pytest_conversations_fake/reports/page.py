"""The report as an HTML page, with details that open."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from ..api.deliveries import Delivery
from ..api.ignored_parameters import ignored_sentence
from ..api.journal import RecordedRequest
from ..api.redaction import redacted
from ..api.secrets import without_passwords
from ..api.wording import counted, shortened
from .markup import Html, breakable, document, element
from .text import conflict_text, cut, failure_text, parameters_text
from .transcript import ConversationEntry, MessageEntry

if TYPE_CHECKING:
    from .report import Report

MAX_ANSWER_LENGTH = 8_000
"""Maximum number of characters of an answer that the page shows."""

MAX_OPEN_MESSAGES = 20
"""Number of messages, the last ones of a conversation, that are visible before a click."""

MAX_SUMMARY_LENGTH = 300
"""Maximum number of characters of a text that are visible before a click."""


def page(report: Report, outcome: str, failure: str) -> str:
    """The page of a test. *outcome* and *failure* may be empty."""
    return document(
        f"{report.name}: {outcome}" if outcome else report.name,
        element(
            "header",
            badge(outcome),
            element("h1", report.name),
            element("p", " · ".join(_counts(report))),
        ),
        _section("Failure", _pre(failure)),
        _section("Requests not recorded", _pre("\n".join(report.unrecorded))),
        _section("Errors inside the fake", _pre("\n\n".join(report.errors))),
        _section("Conversations", _conversations(report)),
        _section("Requests", _lines(_request(each, report) for each in report.requests)),
        _section("Webhooks", _lines(map(_delivery, report.deliveries))),
        element("footer", "pytest-conversations-fake"),
    )


def index(pages: Mapping[str, tuple[str, str]]) -> str:
    """A page with links to *pages*: by test, the outcome and the file name."""
    ordered = sorted(pages.items(), key=lambda page: not is_bad(page[1][0]))
    bad = sum(is_bad(outcome) for outcome, _ in pages.values())
    lines = (
        element("a", element("span", test, css="title"), badge(outcome), href=file)
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
    if report.dropped:
        yield report.dropped
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


# Requests and webhooks


def _request(request: RecordedRequest, report: Report) -> Html:
    reason = conflict_text(request) or request.reason
    outcome = ", ".join(filter(None, [str(request.status or ""), *map(str, request.faults)]))
    return _disclosure(
        f"#{request.number}",
        f"{request.method} {shortened(request.path)}",
        parameters_text(request, MAX_SUMMARY_LENGTH),
        reason,
        outcome or "no answer",
        _facts(dict(_request_facts(request, report))),
        _facts(
            {
                keyword: _shown(keyword, value)
                for keyword, value in {**request.params, **request.path_params}.items()
            }
        ),
        element("pre", _answer(request)) if request.response is not None else None,
        bad=request.refused,
    )


def _request_facts(request: RecordedRequest, report: Report) -> Iterator[tuple[str, str]]:
    yield "operation", request.operation or "unknown"
    yield "account", request.account_sid or "unknown"
    yield "duration", f"{request.duration * 1000:.1f} ms"
    if request.rule:
        yield "rule", request.rule
    if instead := report.assumptions.otherwise(request.rule):
        yield "assumed", f"{instead} overrides it"
    if ignored := ignored_sentence(request):
        yield "ignored", ignored


def _answer(request: RecordedRequest) -> str:
    text = json.dumps(redacted("", request.response), indent=2, ensure_ascii=False)
    more = len(text) - MAX_ANSWER_LENGTH
    return (
        f"{text[:MAX_ANSWER_LENGTH]}\n… and {counted(more, 'character')} more" if more > 0 else text
    )


def _delivery(delivery: Delivery) -> Html:
    failure = failure_text(delivery)
    return _disclosure(
        "",
        delivery.heading,
        cut(str(delivery.params.get("body") or ""), MAX_SUMMARY_LENGTH),
        "" if "\n" in failure else failure,
        without_passwords(delivery.outcome),
        _facts({name: without_passwords(value) for name, value in delivery.form.items()}),
        element("pre", failure or without_passwords(delivery.answer)[:MAX_ANSWER_LENGTH])
        if failure or delivery.answer
        else None,
        bad=delivery.failed,
    )


def _disclosure(
    number: str, title: str, text: str, reason: str, outcome: str, *more: Html | None, bad: bool
) -> Html:
    """A line that shows *more* after a click."""
    summary = element(
        "summary",
        element("span", number, css="number") if number else None,
        element(
            "span",
            element("code", breakable(title)),
            element("span", text, css="soft mono") if text else None,
            element("span", reason, css="reason") if reason else None,
            css="title",
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


# Conversations


def _conversations(report: Report) -> Html | None:
    """The last active one first; conversations without messages follow, a line each."""
    transcript = report.transcript
    entries = [*reversed(transcript.conversations)]
    with_messages = [_conversation(each) for each in entries if each.messages]
    silent = [
        element("p", _name(each), element("span", _about(each), css="soft"))
        for each in entries
        if not each.messages
    ]
    if not with_messages and not silent:
        return None
    omitted = counted(transcript.omitted, "other conversation")
    return element(
        "div",
        *with_messages,
        element("div", *silent, css="silent box") if silent else None,
        element("p", omitted, css="before") if transcript.omitted else None,
    )


def _conversation(conversation: ConversationEntry) -> Html:
    left_authors = conversation.addresses or {conversation.messages[0].author}
    earlier, last = (
        [_message(message, left=message.author in left_authors) for message in part]
        for part in (
            conversation.messages[:-MAX_OPEN_MESSAGES],
            conversation.messages[-MAX_OPEN_MESSAGES:],
        )
    )
    omitted = f"{counted(conversation.omitted, 'message')} before these, not shown"
    return element(
        "article",
        element("h3", _name(conversation)),
        element("p", _about(conversation), css="soft"),
        element("p", omitted, css="before") if conversation.omitted else None,
        element(
            "details",
            element("summary", f"{counted(len(earlier), 'earlier message')}"),
            *earlier,
            css="earlier",
        )
        if earlier
        else None,
        *last,
        css="conversation box",
    )


def _name(conversation: ConversationEntry) -> Html:
    return element("b", conversation.name)


def _about(conversation: ConversationEntry) -> str:
    texts = [conversation.state, conversation.context, *conversation.participants]
    return ", ".join(filter(None, texts))


def _message(message: MessageEntry, *, left: bool) -> Html:
    files = [element("span", each, css="file") for each in message.media]
    return element(
        "div",
        element("span", message.author, css="author"),
        element("div", message.body, *files, css="bubble"),
        *(element("span", failure, css="author reason") for failure in message.failures),
        css="message" if left else "message right",
    )
