"""What there is to tell of a fake when a test has failed, and the text that tells it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import fill, indent
from traceback import format_exception

from ..api.assumptions import Assumptions
from ..api.deliveries import Delivery
from ..api.journal import RecordedRequest
from ..api.operations import OPERATIONS
from ..api.secrets import redacted, without_passwords
from ..api.wording import counted, shortened, visible
from ..api.world import World
from .notes import notes
from .transcript import Said, Talk, Transcript, transcript

WIDTH = 79
"""Characters of a line, as far as it is up to us: one less than most terminals have."""

INDENT = "    "

LAST_REQUESTS, LAST_DELIVERIES, LAST_TALKS, LAST_MESSAGES = 20, 20, 3, 5
"""That the text shows; a page has room for more."""

TELLING = ("body", "identity", "unique_name", "friendly_name", "messaging_binding_address")
"""What to tell first of a request."""


@dataclass(frozen=True)
class Report:
    """What a fake was asked, what it told and what it holds."""

    name: str
    assumptions: Assumptions
    requests: Sequence[RecordedRequest]
    deliveries: Sequence[Delivery]
    transcript: Transcript
    notes: Sequence[str]
    errors: Sequence[str]
    """Tracebacks of what went wrong inside."""
    hosts: Sequence[str]
    """What the guard said to those who asked for other hosts."""

    def __str__(self) -> str:
        parts = [
            [
                *_requests(self.requests, self.assumptions),
                *_deliveries(self.deliveries),
                *self.hosts,
            ],
            [*_talks(self.transcript)],
            [
                fill(f"note: {visible(note)}", WIDTH, subsequent_indent=INDENT)
                for note in self.notes
            ],
            [f"an error inside the fake:\n{error}" for error in self.errors],
        ]
        text = "\n\n".join("\n".join(lines) for lines in parts if lines)
        return visible(without_passwords(text), keep="\n")


def report(world: World, hosts: Sequence[str]) -> Report:
    with world.lock:
        return Report(
            name=world.name,
            assumptions=world.assumptions,
            requests=[*world.journal],
            deliveries=[*world.deliveries],
            transcript=transcript(world),
            notes=notes(world),
            errors=[_traceback(error) for error in world.errors],
            hosts=hosts,
        )


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


def _traceback(error: Exception) -> str:
    return "".join(format_exception(type(error), error, error.__traceback__)).rstrip()
