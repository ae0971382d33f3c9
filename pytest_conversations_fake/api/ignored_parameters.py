"""Parameters that operations do not have. Twilio ignores them silently."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from .journal import IGNORED_BODY, RecordedRequest
from .operations import OPERATIONS, Operation
from .wording import counted, cut, visible

SHOWN, WIDTH = 10, 60
"""Ignored names that a sentence shows, and columns of each. A request may have thousands."""

HINTS = {"MediaUrl": ("MediaSid", "upload the file and send its MediaSid in place of MediaUrl")}
"""Parameters of Programmable Messaging, with the one of Conversations in their place and a hint."""


def ignored_sentence(request: RecordedRequest) -> str:
    """A sentence with the parameters that Twilio ignores and the nearest names; else empty."""
    if not request.operation or not request.ignored:
        return ""
    operation = OPERATIONS[request.operation]
    bodies = [each for each in request.ignored if each.startswith(IGNORED_BODY)]
    names = [each for each in request.ignored if each not in bodies]
    clauses = [
        f"{operation.name} got {body}, which Twilio ignores; "
        "send a form (application/x-www-form-urlencoded)"
        for body in bodies
    ]
    if names:
        clauses.append(_of_names(operation, names))
    return visible("; ".join(clauses))


def _of_names(operation: Operation, names: Sequence[str]) -> str:
    noun, pronoun = ("parameter", "it") if len(names) == 1 else ("parameters", "them")
    more = f" and {counted(len(names) - SHOWN, 'more', 'more')}" if len(names) > SHOWN else ""
    names = [cut(name, WIDTH) for name in names[:SHOWN]]
    text = f"{operation.name} has no {noun} {', '.join(names)}{more}, so Twilio ignores {pronoun}"
    hints = {name: hint for name in names for hint in _hints(name, operation)}
    text = "; ".join([text, *hints.values()])
    close = {name: match for name in names for match in _close_matches(name, operation)}
    meant = [match if len(names) == 1 else f"{match} for {name}" for name, match in close.items()]
    others = [name for name in names if name not in close and name not in hints]
    meant += [
        f"{other.name} ({other.verb.method} …/{other.resource.path}), which has {', '.join(others)}"
        for other in OPERATIONS.values()
        if others and {*others} <= _names(other)
    ][:1]
    return f"{text}; did you mean {', and '.join(meant)}?" if meant else text


def _hints(name: str, operation: Operation) -> Iterator[str]:
    if name in HINTS and HINTS[name][0] in _names(operation):
        yield HINTS[name][1]


def _close_matches(name: str, operation: Operation) -> list[str]:
    by_case = {known.lower(): known for known in _names(operation)}
    return [by_case[each] for each in get_close_matches(name.lower(), by_case, n=1, cutoff=0.8)]


def _names(operation: Operation) -> set[str]:
    return {field.name for field in (operation.form | operation.query).values()}
