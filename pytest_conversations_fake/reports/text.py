"""The report as text: one line for each request and webhook, cut to the width of a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from textwrap import fill, indent
from typing import TYPE_CHECKING

from ..api.actions import Action
from ..api.assumptions import Assumptions
from ..api.deliveries import Delivery
from ..api.ignored_parameters import ignored_sentence
from ..api.journal import RecordedRequest
from ..api.operations import OPERATIONS
from ..api.redaction import redacted
from ..api.secrets import without_passwords
from ..api.wording import MIN_WIDTH, counted, shortened, visible
from .conversations import Transcript
from .data import Json
from .timeline import timeline

if TYPE_CHECKING:
    from .report import Report

WIDTH = 79
"""Maximum width of a line of the report: one column less than most terminals have."""

INDENT = "    "

MAX_REQUESTS, MAX_DELIVERIES, MAX_ACTIONS = 20, 20, 20
MAX_CONVERSATIONS, MAX_MESSAGES = 3, 5
"""Maximum numbers of the last entries in the text. A page has more."""

FAILED = ("failed", "undelivered")
"""The statuses of a receipt whose message did not reach its participant."""

SHOWN_SUBJECTS = ("handset(", "chat_user(", "clock")
"""Subjects of the actions that the text shows; others only prepare a test."""

FIRST_PARAMETERS = ("body", "identity", "unique_name", "friendly_name", "messaging_binding_address")
"""Parameters that the text of a request shows first."""

EVENT_PARAMETERS = (
    *FIRST_PARAMETERS,
    "author",
    "state",
    "state_from",
    "state_to",
    "status",
    "error_code",
    "conversation_sid",
)
"""Parameters that the text of a webhook shows, in this order."""


def text(report: Report) -> str:
    """The last requests, webhooks and conversations of a report, and the errors inside the fake."""
    parts = [
        [
            *filter(None, [report.dropped]),
            *_entries(report),
            *report.unrecorded,
        ],
        [*_conversations(report.transcript)],
        [f"an error inside the fake:\n{error}" for error in report.errors],
    ]
    if not (report.requests or report.unrecorded):
        parts[0].insert(0, "no requests")
    whole = "\n\n".join("\n".join(lines) for lines in parts if lines)
    return visible(without_passwords(whole), keep="\n")


def parameters_text(request: RecordedRequest, width: int = WIDTH - len(INDENT)) -> str:
    """The parameters of a request that are not in its path, without secrets, cut to *width*."""
    path = OPERATIONS[request.operation].path if request.operation else ()
    params = {name: value for name, value in request.params.items() if name not in path}
    names = sorted(params, key=lambda name: name not in FIRST_PARAMETERS)
    return _values_text({name: params[name] for name in names}, width)


def _values_text(values: Mapping[str, object], width: int = WIDTH - len(INDENT)) -> str:
    shown = ", ".join(f"{name}={redacted(name, value)!r}" for name, value in values.items())
    return on_one_line(shortened(shown), width)


def _with_parameters(line: str, parameters: str) -> Iterator[str]:
    """The *parameters* after the *line* if both fit, else below."""
    if not parameters or len(line) + 2 + len(parameters) <= WIDTH:
        yield f"{line}  {parameters}".rstrip()
    else:
        yield line
        yield f"{INDENT}{parameters}"


def on_one_line(text: str, width: int) -> str:
    """The text on one line of at most *width* characters, with `…` at the end if it is cut.

    Ten characters are always shown.
    """
    width = max(width, MIN_WIDTH)
    line = visible(" ".join(without_passwords(text).split()))
    return line if len(line) <= width else f"{line[: width - 1].rstrip()}…"


def _entries(report: Report) -> Iterator[str]:
    """The last requests, webhooks and actions in their common order."""
    requests, deliveries = report.requests[-MAX_REQUESTS:], report.deliveries[-MAX_DELIVERIES:]
    actions = [each for each in report.actions if each.subject.startswith(SHOWN_SUBJECTS)]
    refused = sum(each.refused for each in report.requests[:-MAX_REQUESTS])
    yield from _earlier(len(report.requests) - len(requests), "request", refused, "refused")
    failed = sum(each.failed for each in report.deliveries[:-MAX_DELIVERIES])
    yield from _earlier(len(report.deliveries) - len(deliveries), "webhook", failed, "failed")
    several_accounts = len({each.account_sid for each in report.requests} - {None}) > 1
    for entry in timeline(requests, deliveries, actions[-MAX_ACTIONS:]):
        match entry:
            case RecordedRequest():
                yield from _request(entry, report.assumptions, several_accounts)
            case Delivery():
                yield from _delivery(entry)
            case Action():
                yield on_one_line(str(entry), WIDTH)


def _earlier(number: int, noun: str, bad: int, outcome: str) -> Iterator[str]:
    """The number of entries that the text leaves out."""
    if number:
        yield f"{counted(number, f'earlier {noun}')}{f', {bad} {outcome}' if bad else ''}"


def _request(
    request: RecordedRequest, assumptions: Assumptions, several_accounts: bool
) -> Iterator[str]:
    account = f" of {shortened(str(request.account_sid))}" if several_accounts else ""
    yield from _with_parameters(f"{request}{account}", parameters_text(request))
    if ignored := ignored_sentence(request):
        yield _below(ignored)
    if request.conflict:
        yield _below(conflict_text(request))
    if request.refused:
        yield _below(f"refused: {request.reason}")
        if instead := assumptions.otherwise(request.rule):
            yield _below(f"this is an assumption; {instead} overrides it")


def conflict_text(request: RecordedRequest) -> str:
    """The reason why a request created a closed conversation; empty for other requests."""
    return f"the conversation is closed (50427): {request.reason}" if request.conflict else ""


def _below(text: str) -> str:
    """An indented note on the line above."""
    line = visible(without_passwords(text))
    return fill(line, WIDTH, initial_indent=INDENT, subsequent_indent=INDENT)


def _delivery(delivery: Delivery) -> Iterator[str]:
    params = delivery.params
    shown = {name: params[name] for name in EVENT_PARAMETERS if name in params}
    yield from _with_parameters(f"webhook: {delivery}", _values_text(shown))
    if failure := failure_text(delivery):
        yield indent(failure, INDENT)


def failure_text(delivery: Delivery) -> str:
    """The traceback or answer of an application that failed, if the delivery's line lacks it."""
    if delivery.error and "\n" in delivery.error:
        error = visible(without_passwords(delivery.error.rstrip()), keep="\n")
        return f"the application raised:\n{error}"
    if delivery.status is not None and delivery.status >= 400:
        answer = f"the application answered: {without_passwords(delivery.answer)}"
        hint = f"\n{fill(delivery.hint, WIDTH - len(INDENT))}" if delivery.hint else ""
        return on_one_line(answer, 2 * WIDTH) + hint
    return ""


def _conversations(transcript: Transcript) -> Iterator[str]:
    omitted = transcript.omitted + len(transcript.conversations[:-MAX_CONVERSATIONS])
    if omitted:
        yield counted(omitted, "other conversation")
    several_accounts = len({each["account_sid"] for each in transcript.conversations}) > 1
    for conversation in transcript.conversations[-MAX_CONVERSATIONS:]:
        yield _heading(conversation, several_accounts)
        messages = conversation["messages"]
        earlier = conversation["omitted_messages"] + len(messages[:-MAX_MESSAGES])
        if earlier:
            yield f"  ({counted(earlier, 'earlier message')})"
        for message in messages[-MAX_MESSAGES:]:
            yield f"  {_message(message)}"
            yield from (
                f"    ({visible(_failure(receipt))})"
                for receipt in message["receipts"]
                if receipt["status"] in FAILED
            )


def _heading(conversation: Json, several_accounts: bool) -> str:
    name = _name(conversation, conversation["unique_name"] or conversation["friendly_name"])
    context = []
    if not conversation["in_default_service"]:
        service = {"sid": conversation["service_sid"]}
        context.append(f"service {_name(service, conversation['service_name'])}")
    if several_accounts:
        context.append(f"account {shortened(conversation['account_sid'])}")
    where = f" ({', '.join(context)})" if context else ""
    participants = ", ".join(map(_participant, conversation["participants"])) or "nobody"
    return on_one_line(
        f"conversation {name}{where}, {conversation['state']}: {participants}", WIDTH
    )


def _name(record: Json, name: str | None) -> str:
    return f"{name!r} {shortened(record['sid'])}" if name else shortened(record["sid"])


def _participant(participant: Json) -> str:
    name, projected = participant["name"], participant["projected_address"]
    if participant["proxy_address"]:
        return f"{name} (via {participant['proxy_address']})"
    return f"{name} (as {projected})" if projected and projected != name else str(name)


def _message(message: Json) -> str:
    author = f"{on_one_line(message['author'], WIDTH // 3)}:"
    template = [f"template {shortened(message['content_sid'])}"] if message["content_sid"] else []
    files = [each["filename"] or shortened(each["sid"]) for each in message["media"]]
    media = "".join(f" [{visible(each)}]" for each in [*template, *files])
    body = on_one_line(message["body"] or "", WIDTH - len(f"  {author} {media}"))
    return f"{author} {body}{media}" if body else f"{author}{media}"


def _failure(receipt: Json) -> str:
    to = f" to {receipt['participant']}" if receipt["participant"] else ""
    code = f", {receipt['error_code']}" if receipt["error_code"] else ""
    return f"{receipt['status']}{to}{code}"
