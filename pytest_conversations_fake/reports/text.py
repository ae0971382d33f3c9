"""The report as a text: one line for each request and each webhook, cut to a terminal's width."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import fill, indent
from typing import TYPE_CHECKING

from ..api.assumptions import Assumptions
from ..api.deliveries import Delivery
from ..api.journal import RecordedRequest
from ..api.operations import OPERATIONS
from ..api.redaction import redacted
from ..api.secrets import without_passwords
from ..api.wording import counted, shortened, visible
from .transcript import Said, Talk, Transcript

if TYPE_CHECKING:
    from .report import Report

WIDTH = 79
"""Characters of a line, as far as it is up to us: one less than most terminals have."""

INDENT = "    "

LAST_REQUESTS, LAST_DELIVERIES, LAST_TALKS, LAST_MESSAGES = 20, 20, 3, 5
"""That the text shows; a page has room for more."""

TELLING = ("body", "identity", "unique_name", "friendly_name", "messaging_binding_address")
"""What to tell first of a request."""


def text(report: Report) -> str:
    """The last requests, webhooks and conversations of a report, and the errors inside the fake."""
    parts = [
        [
            *_requests(report.requests, report.assumptions),
            *_deliveries(report.deliveries),
            *report.hosts,
        ],
        [*_talks(report.transcript)],
        [f"an error inside the fake:\n{error}" for error in report.errors],
    ]
    whole = "\n\n".join("\n".join(lines) for lines in parts if lines)
    return visible(without_passwords(whole), keep="\n")


def said(request: RecordedRequest, width: int) -> str:
    """What a request said besides its path, without secrets; cut, as `…` says, to a *width*."""
    path = OPERATIONS[request.operation].path if request.operation else ()
    sent = {name: value for name, value in request.params.items() if name not in path}
    telling = sorted(sent, key=lambda name: name not in TELLING)
    shown = ", ".join(f"{name}={redacted(name, sent[name])!r}" for name in telling)
    return cut(shortened(shown), width)


def cut(text: str, width: int) -> str:
    """A text on one line of at most *width* characters."""
    line = visible(" ".join(without_passwords(text).split()))
    return line if len(line) <= max(width, 0) else f"{line[: width - 1].rstrip()}…"


def _requests(requests: Sequence[RecordedRequest], assumptions: Assumptions) -> Iterator[str]:
    if not requests:
        yield "nothing was requested"
    before = requests[:-LAST_REQUESTS]
    if before:
        refused = sum(each.refused for each in before)
        yield f"requests: {len(before)} before these{f', {refused} refused' if refused else ''}"
    several = len({each.account_sid for each in requests} - {None}) > 1
    for request in requests[-LAST_REQUESTS:]:
        line = f"{request} of {shortened(str(request.account_sid))}" if several else str(request)
        beside = said(request, WIDTH - len(line) - 2)
        if beside.endswith("…"):  # all of it would not fit
            yield line
            yield f"{INDENT}{said(request, WIDTH - len(INDENT))}"
        else:
            yield f"{line}  {beside}".rstrip()
        if request.operation and request.ignored:
            yield _below(f"ignored, as no parameters: {', '.join(request.ignored)}")
        if request.conflict:
            yield _below(closed_for(request))
        if request.refused:
            yield _below(f"refused: {request.reason}")
            if instead := assumptions.otherwise(request.rule):
                yield _below(f"which is an assumption; {instead} has it otherwise")


def closed_for(request: RecordedRequest) -> str:
    """Why a conversation with participants is closed; nothing for other requests."""
    return f"the conversation is closed (50427): {request.reason}" if request.conflict else ""


def _below(text: str) -> str:
    """What there is to say of something on the line above."""
    line = visible(without_passwords(text))
    return fill(line, WIDTH, initial_indent=INDENT, subsequent_indent=INDENT)


def _deliveries(deliveries: Sequence[Delivery]) -> Iterator[str]:
    before = deliveries[:-LAST_DELIVERIES]
    if before:
        failed = sum(each.failed for each in before)
        yield f"webhooks: {len(before)} before these{f', {failed} failed' if failed else ''}"
    for delivery in deliveries[-LAST_DELIVERIES:]:
        yield f"webhook: {delivery}"
        if why := trouble(delivery):
            yield indent(why, INDENT)


def trouble(delivery: Delivery) -> str:
    """What an application said when it failed, where the line of a delivery does not."""
    if delivery.error and "\n" in delivery.error:
        error = visible(without_passwords(delivery.error.rstrip()), keep="\n")
        return f"the application raised:\n{error}"
    if delivery.status is not None and delivery.status >= 400:
        answer = f"the application answered: {without_passwords(delivery.answer)}"
        hint = f"\n{fill(delivery.hint, WIDTH - len(INDENT))}" if delivery.hint else ""
        return cut(answer, 2 * WIDTH) + hint
    return ""


def _talks(transcript: Transcript) -> Iterator[str]:
    before = transcript.before + len(transcript.talks[:-LAST_TALKS])
    if before:
        yield f"conversations: {before} besides these"
    for talk in transcript.talks[-LAST_TALKS:]:
        yield _heading(talk)
        unshown = talk.before + len(talk.said[:-LAST_MESSAGES])
        if unshown:
            yield f"  ({counted(unshown, 'message')} before these)"
        for each in talk.said[-LAST_MESSAGES:]:
            yield f"  {_spoken(each)}"
            yield from (f"    ({visible(failure)})" for failure in each.failures)


def _heading(talk: Talk) -> str:
    where = f" ({talk.where})" if talk.where else ""
    people = ", ".join(talk.people) or "nobody"
    return cut(f"conversation {talk.name}{where}, {talk.state}: {people}", WIDTH)


def _spoken(message: Said) -> str:
    author = f"{cut(message.author, WIDTH // 3)}:"
    media = "".join(f" [{visible(each)}]" for each in message.media)
    body = cut(message.body, WIDTH - len(f"  {author} {media}"))
    return f"{author} {body}{media}" if body else f"{author}{media}"
