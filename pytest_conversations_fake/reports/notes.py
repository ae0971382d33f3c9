"""Notes on requests that one other request would have saved.

They are no judgement: code that waits for something asks again, too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from math import ceil
from typing import Any

from ..api.journal import RecordedRequest
from ..api.operations import OPERATIONS, Operation
from ..api.request_context import LIST
from ..api.wording import shortened
from ..api.world import World

OFTEN = 3
"""From how many requests on it is worth a note."""

# What one request says of all that a list was asked for, one parent after the other
INSTEAD = {
    "ListConversationParticipant": (
        "one ListParticipantConversation(identity=…) says where somebody takes part"
    ),
    "ListConversationMessageReceipt": (
        "`delivery` of each message in ListConversationMessage sums them up"
    ),
}

Group = Sequence[RecordedRequest]


def notes(world: World) -> list[str]:
    """A sentence for each habit, by the order in which operations were first requested."""
    groups: dict[tuple[str, str | None], list[RecordedRequest]] = defaultdict(list)
    for request in world.journal:
        if request.operation and request.method == "GET" and _was_answered(request):
            groups[request.operation, request.account_sid].append(request)
    return [
        note
        for (name, _), group in groups.items()
        if len(group) >= OFTEN
        for note in _notes(world, OPERATIONS[name], group)
    ]


def _was_answered(request: RecordedRequest) -> bool:
    """What met a fault is asked again for a reason."""
    return not request.refused and not request.faults


def _notes(world: World, operation: Operation, group: Group) -> Iterator[str]:
    if operation.verb is not LIST:
        yield from _worst(_again(operation, group))
        yield from _worst(_one_by_one(world, operation, group))
        return
    first_pages = [each for each in group if "page_token" not in each.all_params]
    yield from _worst(_again(operation, first_pages))
    yield from _worst(_small_pages(operation, group))
    yield from _parent_by_parent(operation, first_pages)


def _worst(cases: Iterable[tuple[int, str]]) -> Iterator[str]:
    """What is to be said of the case of most requests, and that there are others."""
    if found := sorted(cases, key=lambda case: -case[0]):
        (_, worst), *others = found
        yield f"{worst} (and {len(others)} more like it)" if others else worst


def _again(operation: Operation, group: Group) -> Iterator[tuple[int, str]]:
    """The same question with the same answer."""
    for same in _by(group, lambda each: (each.path, _sorted(each.all_params))):
        runs = [[*run] for _, run in groupby(same, key=lambda each: each.response)]
        longest = max(runs, key=len)
        if len(longest) >= OFTEN:
            yield (
                len(longest),
                f"{_asked(operation, longest[0])} was requested {len(longest)} times with the same "
                "answer; once would have done",
            )


def _one_by_one(world: World, operation: Operation, group: Group) -> Iterator[tuple[int, str]]:
    """Records of one parent, each fetched by itself, though fewer pages have them all."""
    every = OPERATIONS.get(f"List{operation.resource.noun}")
    if not every or not operation.names_one:
        return
    [account] = [each for each in world.authenticator.accounts if each.sid == group[0].account_sid]
    key, resource = operation.resource.name_keyword, operation.resource
    for siblings in _by(group, lambda each: _above(operation, each)):
        fetched = len({each.all_params[key] for each in siblings})
        above = siblings[0].all_params[operation.path[-2]] if operation.path[1:] else None
        there_are = len(account.store.of(resource.stored, above))  # none of what is but a view
        usual, most = resource.page_size
        if fetched >= OFTEN and 0 < ceil(there_are / most) < fetched:
            size = {"page_size": min(there_are, most)} if there_are > usual else {}
            yield (
                fetched,
                f"{operation.name} was requested for {fetched} of {max(fetched, there_are)} "
                f"{resource.collection.replace('_', ' ')} one by one; "
                f"{_call(every, siblings[0], size)} has {_all(there_are, most)}",
            )


def _small_pages(operation: Operation, group: Group) -> Iterator[tuple[int, str]]:
    """A list that was read to its end, or nearly so, in more pages than it takes."""
    most = operation.resource.page_size[1]
    for same in _by(group, lambda each: (each.path, _sorted(_filters(each)))):
        pages = max(_readings(same), key=len)
        there_are = sum(len((each.response or {})[operation.resource.key]) for each in pages)
        if len(pages) >= OFTEN and ceil(there_are / most) < len(pages) - 1:
            size = {"page_size": min(max(there_are, 1), most)}
            yield (
                len(pages),
                f"{_asked(operation, pages[0])} was read in {len(pages)} pages; "
                f"{_call(operation, pages[0], size)} has {_all(there_are, most)}",
            )


def _parent_by_parent(operation: Operation, group: Group) -> Iterator[str]:
    if operation.name in INSTEAD:
        parents = {each.all_params[operation.path[-1]] for each in group}
        if len(parents) >= OFTEN:
            above = operation.resource.ancestors[-1].collection
            yield (
                f"{operation.name} was requested for {len(parents)} {above}, one after the other; "
                f"{INSTEAD[operation.name]}"
            )


def _readings(pages: Group) -> Iterator[Group]:
    """The pages of a list, as often as somebody began to read it."""
    began = [number for number, each in enumerate(pages) if "page_token" not in each.all_params]
    for first, end in zip([0, *began[1:]], [*began[1:], len(pages)]):
        yield pages[first:end]


def _by(group: Group, key: Any) -> Iterator[Group]:
    parts: dict[Any, list[RecordedRequest]] = defaultdict(list)
    for each in group:
        parts[key(each)].append(each)
    yield from parts.values()


def _above(operation: Operation, request: RecordedRequest) -> tuple[object, ...]:
    """The records above what is fetched."""
    return tuple(request.all_params.get(keyword) for keyword in operation.path[:-1])


def _filters(request: RecordedRequest) -> Mapping[str, object]:
    paging = ("page", "page_size", "page_token")
    return {name: value for name, value in request.all_params.items() if name not in paging}


def _sorted(params: Mapping[str, object]) -> str:
    return repr(sorted(params.items()))


def _asked(operation: Operation, request: RecordedRequest) -> str:
    """An operation, of what it names last but for the service."""
    named = [keyword for keyword in operation.path if keyword != "chat_service_sid"]
    if not named:
        return operation.name
    return f"{operation.name} of {shortened(str(request.all_params[named[-1]]))}"


def _call(operation: Operation, like: RecordedRequest, more: Mapping[str, object]) -> str:
    """*operation* as the SDK's user would ask for it, below what is above *like*."""
    above = {
        keyword: like.all_params[keyword]
        for keyword in operation.path
        if keyword != "chat_service_sid" or f"/Services/{like.all_params[keyword]}" in like.path
    }
    filters = {
        name: like.all_params[name]
        for name in operation.resource.filters
        if name in like.all_params
    }
    said = ", ".join(f"{name}={value!r}" for name, value in {**above, **filters, **more}.items())
    return shortened(f"{operation.name}({said})")


def _all(count: int, most: int) -> str:
    return "them all" if count <= most else f"{most} at a time"
