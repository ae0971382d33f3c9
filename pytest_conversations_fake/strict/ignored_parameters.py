"""Parameters that operations do not have. Twilio ignores them silently."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from ..api.journal import RecordedRequest
from ..api.operations import OPERATIONS, Operation
from ..api.wording import visible
from ..api.world import World


def ignored_parameters(world: World) -> Iterator[str]:
    """Yield a sentence for each operation and the ignored parameters of a request for it."""
    with world.lock:
        requests = [*world.journal.dropped_problems, *world.journal]
    combinations = dict.fromkeys(
        (request.operation, request.ignored) for request in requests if _is_silent(request)
    )
    for operation, names in combinations:
        yield visible(_sentence(OPERATIONS[str(operation)], names))


def _is_silent(request: RecordedRequest) -> bool:
    """Whether the client had no hint: a refused request had one in its answer."""
    return bool(request.operation and request.ignored) and not request.refused


def _sentence(operation: Operation, names: Sequence[str]) -> str:
    noun, pronoun = ("parameter", "it") if len(names) == 1 else ("parameters", "them")
    text = f"{operation.name} has no {noun} {', '.join(names)}, so Twilio ignores {pronoun}"
    close = {name: match for name in names for match in _close_matches(name, operation)}
    meant = [match if len(names) == 1 else f"{match} for {name}" for name, match in close.items()]
    others = [name for name in names if name not in close]
    meant += [
        f"{other.name} ({other.verb.method} …/{other.resource.path}), which has {', '.join(others)}"
        for other in OPERATIONS.values()
        if others and {*others} <= _names(other)
    ][:1]
    return f"{text}; did you mean {', and '.join(meant)}?" if meant else text


def _close_matches(name: str, operation: Operation) -> list[str]:
    by_case = {known.lower(): known for known in _names(operation)}
    return [by_case[each] for each in get_close_matches(name.lower(), by_case, n=1, cutoff=0.8)]


def _names(operation: Operation) -> set[str]:
    return {field.name for field in (operation.form | operation.query).values()}
