"""The report as text: one line for each request and webhook, cut to the width of a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from textwrap import fill, indent
from typing import TYPE_CHECKING

from ..api.assumptions import Assumptions
from ..api.deliveries import Delivery
from ..api.ignored_parameters import ignored_sentence
from ..api.journal import RecordedRequest
from ..api.operations import OPERATIONS
from ..api.redaction import redacted
from ..api.secrets import without_passwords
from ..api.wording import MIN_WIDTH, counted, shortened, visible
from .transcript import ConversationEntry, MessageEntry, Transcript

if TYPE_CHECKING:
    from .report import Report

WIDTH = 79
"""Maximum width of a line of the report: one column less than most terminals have."""

INDENT = "    "

MAX_REQUESTS, MAX_DELIVERIES, MAX_CONVERSATIONS, MAX_MESSAGES = 20, 20, 3, 5
"""The text shows at most so many of each, the last ones. A page shows more."""

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
            *_requests(report.requests, report.assumptions),
            *_deliveries(report.deliveries),
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
    sent = {name: value for name, value in request.params.items() if name not in path}
    names = sorted(sent, key=lambda name: name not in FIRST_PARAMETERS)
    return _values_text({name: sent[name] for name in names}, width)


def _values_text(values: Mapping[str, object], width: int = WIDTH - len(INDENT)) -> str:
    shown = ", ".join(f"{name}={redacted(name, value)!r}" for name, value in values.items())
    return cut(shortened(shown), width)


def _with_parameters(line: str, parameters: str) -> Iterator[str]:
    """The *parameters* after the *line* if both fit, else below."""
    if not parameters or len(line) + 2 + len(parameters) <= WIDTH:
        yield f"{line}  {parameters}".rstrip()
    else:
        yield line
        yield f"{INDENT}{parameters}"


def cut(text: str, width: int) -> str:
    """The text on one line of at most *width* characters, with `…` at the end if it is cut.

    Ten characters are always shown.
    """
    width = max(width, MIN_WIDTH)
    line = visible(" ".join(without_passwords(text).split()))
    return line if len(line) <= width else f"{line[: width - 1].rstrip()}…"


def _requests(requests: Sequence[RecordedRequest], assumptions: Assumptions) -> Iterator[str]:
    earlier = requests[:-MAX_REQUESTS]
    if earlier:
        refused = sum(each.refused for each in earlier)
        count = counted(len(earlier), "earlier request")
        yield f"{count}{f', {refused} refused' if refused else ''}"
    several_accounts = len({each.account_sid for each in requests} - {None}) > 1
    for request in requests[-MAX_REQUESTS:]:
        line = (
            f"{request} of {shortened(str(request.account_sid))}"
            if several_accounts
            else str(request)
        )
        yield from _with_parameters(line, parameters_text(request))
        if ignored := ignored_sentence(request):
            yield _below(ignored)
        if request.conflict:
            yield _below(conflict_text(request))
        if request.refused:
            yield _below(f"refused: {request.reason}")
            if instead := assumptions.otherwise(request.rule):
                yield _below(f"this is an assumption; {instead} overrides it")


def conflict_text(request: RecordedRequest) -> str:
    """Why a request created a closed conversation; empty for other requests."""
    return f"the conversation is closed (50427): {request.reason}" if request.conflict else ""


def _below(text: str) -> str:
    """An indented note on the line above."""
    line = visible(without_passwords(text))
    return fill(line, WIDTH, initial_indent=INDENT, subsequent_indent=INDENT)


def _deliveries(deliveries: Sequence[Delivery]) -> Iterator[str]:
    earlier = deliveries[:-MAX_DELIVERIES]
    if earlier:
        failed = sum(each.failed for each in earlier)
        count = counted(len(earlier), "earlier webhook")
        yield f"{count}{f', {failed} failed' if failed else ''}"
    for delivery in deliveries[-MAX_DELIVERIES:]:
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
        return cut(answer, 2 * WIDTH) + hint
    return ""


def _conversations(transcript: Transcript) -> Iterator[str]:
    omitted = transcript.omitted + len(transcript.conversations[:-MAX_CONVERSATIONS])
    if omitted:
        yield counted(omitted, "other conversation")
    for conversation in transcript.conversations[-MAX_CONVERSATIONS:]:
        yield _heading(conversation)
        earlier = conversation.omitted + len(conversation.messages[:-MAX_MESSAGES])
        if earlier:
            yield f"  ({counted(earlier, 'earlier message')})"
        for message in conversation.messages[-MAX_MESSAGES:]:
            yield f"  {_message(message)}"
            yield from (f"    ({visible(failure)})" for failure in message.failures)


def _heading(conversation: ConversationEntry) -> str:
    context = f" ({conversation.context})" if conversation.context else ""
    participants = ", ".join(conversation.participants) or "nobody"
    text = f"conversation {conversation.name}{context}, {conversation.state}: {participants}"
    return cut(text, WIDTH)


def _message(message: MessageEntry) -> str:
    author = f"{cut(message.author, WIDTH // 3)}:"
    media = "".join(f" [{visible(each)}]" for each in message.media)
    body = cut(message.body, WIDTH - len(f"  {author} {media}"))
    return f"{author} {body}{media}" if body else f"{author}{media}"
