"""Assertions on what webhooks were told."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from ..api.checks import check_flag, check_number
from ..api.deliveries import COMMON, OF_SCOPED_WEBHOOKS, Delivery
from ..api.did_you_mean import unknown
from ..api.events import ACCOUNT_EVENTS, SCOPED_EVENTS
from ..api.resources import RESOURCES
from ..api.resources.conversations import STATE_UPDATED
from ..api.world import World
from .differences import Difference, Remark, differing
from .explanations import explain, found
from .hints import why_not_told
from .sids import check_sids
from .values import LINE, OUTCOME, arguments, beginning, ends


def keywords_of(event: str) -> list[str]:
    """What an event may tell. Raises `ValueError` for one that there is not."""
    __tracebackhide__ = True
    if event not in ACCOUNT_EVENTS:
        raise ValueError(unknown("there is no event", event, ACCOUNT_EVENTS))
    common = [*COMMON, *(OF_SCOPED_WEBHOOKS if event in SCOPED_EVENTS else ())]
    if event == "onConversationStateUpdated":
        return [*STATE_UPDATED, "messaging_service_sid", *common]
    [payload] = [
        each.payload
        for each in RESOURCES
        if each.payload and event.startswith(f"on{each.payload.noun}")
    ]
    done = event.removeprefix(f"on{payload.noun}")
    own = [*payload.names(done), *payload.event_params.get(done, ()), *common]
    if payload.noun != "User":
        own.append("messaging_service_sid")
    if done == "Removed":
        own.append("date_removed")
    return [*dict.fromkeys(own)]


@dataclass(frozen=True)
class WantedDelivery:
    """Deliveries that a test expects: of which event, how many, with what."""

    nouns: ClassVar[tuple[str, ...]] = ("delivery", "deliveries")

    kind: str
    count: int
    params: Mapping[str, object]
    failed: bool | None
    """None for either."""

    def said(self, *, cuts: bool) -> str:
        return f"{self.kind}({arguments(self.params, cuts=cuts)}){' failed' if self.failed else ''}"

    def line(self, delivery: Delivery, *, cuts: bool) -> str:
        if not cuts:
            return str(delivery)
        outcome = beginning(str(delivery).removeprefix(delivery.heading), OUTCOME)
        return ends(delivery.heading, LINE - len(outcome)) + outcome

    def reason(self, delivery: Delivery) -> str:
        return ""  # its line has all

    def is_of_kind(self, delivery: Delivery) -> bool:
        return delivery.event == self.kind

    def is_akin(self, delivery: Delivery) -> bool:
        """Whether it is about the same noun, which stands between `on` and the next capital."""
        nouns = [re.findall("^on[A-Z][a-z]+", event) for event in (self.kind, delivery.event)]
        return nouns[0] == nouns[1]

    def differences(self, delivery: Delivery) -> list[Difference]:
        differences = [*differing(self.params, delivery.params)]
        if self.failed is False and delivery.failed:
            answered = "" if delivery.error else "answered with "
            hint = f"; {delivery.hint}" if delivery.hint else ""
            differences.append(Remark(f"failed: {answered}{delivery.outcome}{hint}"))
        if self.failed and not delivery.failed:
            differences.append(Remark("answered, expected a failure"))
        return differences


def expect(
    world: World,
    deliveries: Sequence[Delivery],
    event: str,
    count: int,
    params: Mapping[str, object],
    failed: bool | None,
) -> list[Delivery]:
    """The *count* deliveries of an *event* with these *params*.

    Raises `AssertionError` if they are not so many, `ValueError` for an event that there is not,
    and `TypeError` for a keyword that it does not have.
    """
    __tracebackhide__ = True
    known = keywords_of(event)
    check_number("count", count)
    if failed is not None:
        check_flag("failed", failed)
    for keyword in params:
        if keyword not in known:
            raise TypeError(unknown(f"{event} tells no", keyword, known))
    check_sids(None, params)
    wanted = WantedDelivery(event, count, params, failed)
    matching = found(wanted, deliveries)
    if len(matching) != count:
        hints = why_not_told(world, event)
        raise AssertionError(explain(wanted, deliveries, hints, cuts=world.outside.cuts_texts()))
    return matching
