"""Assertions on deliveries of webhooks."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from ..api.checks import check_flag, check_number
from ..api.deliveries import COMMON_PARAMS, SCOPED_WEBHOOK_PARAMS, Delivery
from ..api.did_you_mean import unknown
from ..api.events import ACCOUNT_EVENTS, SCOPED_EVENTS
from ..api.resources import RESOURCES
from ..api.resources.conversations import STATE_UPDATED
from ..api.sid_kinds import check_sids
from ..api.world import World
from .differences import Difference, Remark, differences
from .explanations import compare, explain
from .hints import hints_for_event
from .values import Truncation, arguments, truncation_for


def keywords_of(event: str) -> list[str]:
    """The parameters that an event may carry. Raises `ValueError` for an unknown event."""
    __tracebackhide__ = True
    if event not in ACCOUNT_EVENTS:
        raise ValueError(unknown("there is no event", event, ACCOUNT_EVENTS))
    common = [*COMMON_PARAMS, *(SCOPED_WEBHOOK_PARAMS if event in SCOPED_EVENTS else ())]
    if event == "onConversationStateUpdated":
        return [*STATE_UPDATED, "messaging_service_sid", *common]
    [payload] = [
        each.payload
        for each in RESOURCES
        if each.payload and event.startswith(f"on{each.payload.noun}")
    ]
    action = event.removeprefix(f"on{payload.noun}")
    own = [*payload.names(action), *payload.event_params.get(action, ()), *common]
    if payload.noun != "User":
        own.append("messaging_service_sid")
    if action == "Removed":
        own.append("date_removed")
    return [*dict.fromkeys(own)]


@dataclass(frozen=True)
class DeliveryExpectation:
    """The deliveries that a test expects: their event, number and parameters."""

    nouns: ClassVar[tuple[str, ...]] = ("delivery", "deliveries")
    is_limit: ClassVar[bool] = False

    kind: str
    count: int
    params: Mapping[str, object]
    failed: bool | None
    """Whether the deliveries failed; None accepts both."""

    def call(self, truncation: Truncation) -> str:
        failed = " failed" if self.failed else ""
        return f"{self.kind}({arguments(self.params, truncation)}){failed}"

    def refusal(self, delivery: Delivery) -> str:
        return ""  # the line of a delivery shows it

    def is_of_kind(self, delivery: Delivery) -> bool:
        return delivery.event == self.kind

    def is_related(self, delivery: Delivery) -> bool:
        """Whether it is about the same noun, which stands between `on` and the next capital."""
        nouns = [re.findall("^on[A-Z][a-z]+", event) for event in (self.kind, delivery.event)]
        return nouns[0] == nouns[1]

    def differences(self, delivery: Delivery) -> list[Difference]:
        found = [*differences(self.params, delivery.params)]
        if self.failed is False and delivery.failed:
            answered = "" if delivery.error else "answered with "
            hint = f"; {delivery.hint}" if delivery.hint else ""
            found.append(Remark(f"failed: {answered}{delivery.outcome}{hint}"))
        if self.failed and not delivery.failed:
            found.append(Remark("answered, expected a failure"))
        return found


def expect(
    world: World,
    deliveries: Sequence[Delivery],
    event: str,
    count: int,
    params: Mapping[str, object],
    failed: bool | None,
) -> list[Delivery]:
    """The *count* deliveries of an *event* with these *params*.

    Raises `AssertionError` if there are more or fewer, `ValueError` for an unknown event, and
    `TypeError` for a keyword that the event does not have.
    """
    __tracebackhide__ = True
    known = keywords_of(event)
    check_number("count", count)
    if failed is not None:
        check_flag("failed", failed)
    for keyword in params:
        if keyword not in known:
            raise TypeError(unknown(f"{event} has no parameter", keyword, known))
    check_sids(None, params)
    comparison = compare(DeliveryExpectation(event, count, params, failed), deliveries)
    dropped = world.dropped_deliveries.note(event)
    if not comparison.holds:
        explanation = explain(comparison, hints_for_event(world, event), truncation_for(world))
        raise AssertionError("\n\n".join(filter(None, [explanation, dropped])))
    if dropped and not count:
        raise AssertionError(f"cannot tell how often {event} was delivered: {dropped}")
    return comparison.matching
