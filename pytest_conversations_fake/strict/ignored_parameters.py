"""What was sent and ignored, as Twilio ignores it: silently."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from ..api.journal import RecordedRequest
from ..api.operations import OPERATIONS, Operation
from ..api.wording import visible
from ..api.world import World


def ignored(world: World) -> Iterator[str]:
    """A sentence for each operation that was sent what it has no parameter for."""
    with world.lock:
        requests = list(world.journal)
    names = dict.fromkeys(
        (request.operation, request.ignored) for request in requests if _tells(request)
    )
    for operation, sent in names:
        yield visible(_sentence(OPERATIONS[str(operation)], sent))


def _tells(request: RecordedRequest) -> bool:
    """A refused request was told as much already."""
    return bool(request.operation and request.ignored) and not request.refused


def _sentence(operation: Operation, sent: Sequence[str]) -> str:
    are = "is no parameter" if len(sent) == 1 else "are no parameters"
    what = f"{', '.join(sent)} {are} of {operation.name}, and Twilio ignores that"
    near = {name: close for name in sent for close in _close(name, operation)}
    meant = [close if len(sent) == 1 else f"{close} for {name}" for name, close in near.items()]
    others = [name for name in sent if name not in near]
    meant += [
        f"{other.name} ({other.verb.method} …/{other.resource.path}), which has {', '.join(others)}"
        for other in OPERATIONS.values()
        if others and {*others} <= _names(other)
    ][:1]
    return f"{what}; did you mean {', and '.join(meant)}?" if meant else what


def _close(name: str, operation: Operation) -> list[str]:
    by_case = {known.lower(): known for known in _names(operation)}
    return [by_case[close] for close in get_close_matches(name.lower(), by_case, n=1, cutoff=0.8)]


def _names(operation: Operation) -> set[str]:
    return {field.name for field in (operation.form | operation.query).values()}
