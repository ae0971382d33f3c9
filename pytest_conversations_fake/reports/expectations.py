"""Assertions of a generated test: on requests, webhooks and received messages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from ..api.actions import Action
from ..api.deliveries import Delivery
from ..api.journal import RecordedRequest
from ..api.operations import OPERATIONS, Operation
from ..api.outside import Entry
from ..api.redaction import redacted
from ..api.resources.conversations import Conversation
from ..api.resources.services import Service
from ..api.world import World
from ..assertions.deliveries import DeliveryExpectation
from ..assertions.requests import PARTICIPLES, RequestExpectation
from .python_text import Node, call, flat, prefixed, quoted
from .sid_names import FAKE, SID
from .source import Source

REDUNDANT_PARAMETERS = (
    "attributes",
    "client_identity",
    "event_type",
    "index",
    "media",
    "retry_count",
)
"""Parameters of webhooks that repeat others or depend on the run."""


class Expectations:
    """Writes the assertions on the effects of steps."""

    def __init__(self, world: World, source: Source, entries: Sequence[Entry]) -> None:
        self._world = world
        self._source = source
        self._similar: dict[tuple[str, str], list[RecordedRequest | Delivery]] = defaultdict(list)
        """The entries by operation or event: all, and those with each value of a parameter."""
        for each in entries:
            if isinstance(each, Action):
                continue
            kind, params = _kind_and_params(each)
            for key in ("", *(f"{name}={value!r}" for name, value in params.items())):
                self._similar[kind, key].append(each)
        store = world.account.store
        self._has_services = len(store.all(Service)) + len(store.removed(Service)) > 1
        count = len(store.all(Conversation)) + len(store.removed(Conversation))
        self._has_conversations = count > 1

    def write(self, effects: Iterable[RecordedRequest | Delivery]) -> None:
        """The assertions on *effects*, in their order, each once."""
        written: set[str] = set()
        for effect in effects:
            node = self._assertion(effect)
            if node and flat(node) not in written:
                written.add(flat(node))
                self._source.write(node)

    def define_records(self, requests: Sequence[RecordedRequest]) -> None:
        """Define variables for the records that *requests* name and that existed before them."""
        for request in requests:
            for value in self._stable(request.all_params).values():
                is_sid = isinstance(value, str) and SID.fullmatch(value)
                if is_sid and self._source.names.created_before(str(value), requests[0].order):
                    self._source.sid(str(value))

    def _assertion(self, effect: RecordedRequest | Delivery) -> Node | None:
        return self._delivery(effect) if isinstance(effect, Delivery) else self._request(effect)

    def _request(self, request: RecordedRequest) -> Node | None:
        operation = OPERATIONS.get(request.operation or "")
        if not operation:
            return None
        params, arguments = self._arguments(self._stable(request.all_params))
        refused: bool | int = request.refused
        if request.refused:
            refused = (request.response or {}).get("code") or True
            arguments.append(f"refused={refused}")
        expectation = RequestExpectation(operation, 1, False, refused, params)
        count = self._count(request, params, expectation.differences)
        assertion = f"{self._records(request, operation)}.assert_{PARTICIPLES[operation.verb]}"
        return call(assertion, [*arguments, *count])

    def _records(self, request: RecordedRequest, operation: Operation) -> str:
        is_first = request.account_sid in (self._world.account.sid, None)
        account = "" if is_first else f".account({quoted(str(request.account_sid))})"
        return f"{FAKE}{account}.{operation.resource.collection}"

    def _delivery(self, delivery: Delivery) -> Node:
        stable = {
            name: value
            for name, value in self._stable(delivery.params).items()
            if name == "conversation_sid"
            or not (name.endswith("_sid") or name in REDUNDANT_PARAMETERS)
        }
        params, arguments = self._arguments(stable)
        expectation = DeliveryExpectation(delivery.event, 1, params, delivery.failed)
        count = self._count(delivery, params, expectation.differences)
        arguments += ["failed=True"] * delivery.failed
        event = quoted(delivery.event)
        return call(f"{FAKE}.webhooks.assert_delivered", [event, *arguments, *count])

    def _stable(self, params: Mapping[str, object]) -> dict[str, object]:
        """The parameters that are the same in each run, except for sids."""
        return {
            name: value
            for name, value in params.items()
            if not isinstance(value, datetime)
            and name != "page_token"
            and redacted(name, value) == value
            and (name != "chat_service_sid" or self._has_services)
            and (name != "conversation_sid" or self._has_conversations)
        }

    def _arguments(self, params: Mapping[str, object]) -> tuple[dict[str, object], list[Node]]:
        """The *params* that a test can name, and the arguments that name them."""
        known: dict[str, object] = {}
        arguments: list[Node] = []
        for name, value in params.items():
            if (node := self._source.value(value)) is not None:
                known[name] = value
                arguments.append(prefixed(f"{name}=", node))
        return known, arguments

    def _count(
        self,
        entry: RecordedRequest | Delivery,
        params: Mapping[str, object],
        differences: Callable[[Any], object],
    ) -> list[Node]:
        """The argument `count` unless it is 1: the number of entries so far with *params*."""
        kind, _ = _kind_and_params(entry)
        keys = ("", *(f"{name}={value!r}" for name, value in params.items()))
        fewest = min((self._similar[kind, key] for key in keys), key=len)
        count = sum(
            each.order <= self._source.names.now
            and each.account_sid in (entry.account_sid, None)
            and not differences(each)
            for each in fewest
        )
        return [f"count={count}"] * (count != 1)


def _kind_and_params(entry: RecordedRequest | Delivery) -> tuple[str, Mapping[str, object]]:
    if isinstance(entry, Delivery):
        return entry.event, entry.params
    return entry.operation or "", entry.all_params
