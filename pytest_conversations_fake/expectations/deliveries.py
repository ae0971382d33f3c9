"""Assertions on what webhooks were told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..api.checks import check_flag, check_number
from ..api.deliveries import COMMON, Delivery
from ..api.events import ACCOUNT_EVENTS
from ..api.resources import RESOURCES
from ..api.resources.states import STATE_UPDATED
from .kinds import check_sids
from .misuse import unknown
from .texts import differing, explain, found

NOTHING = (
    "no webhook was told anything; is its URL configured, with the event among its filters, and "
    "did the request send X-Twilio-Webhook-Enabled: true?"
)


def keywords_of(event: str) -> list[str]:
    """What an event may tell. Raises `ValueError` for one that there is not."""
    if event not in ACCOUNT_EVENTS:
        raise ValueError(unknown("there is no event", event, ACCOUNT_EVENTS))
    if event == "onConversationStateUpdated":
        return [*STATE_UPDATED, "messaging_service_sid", *COMMON]
    [told] = [
        each.told for each in RESOURCES if each.told and event.startswith(f"on{each.told.noun}")
    ]
    done = event.removeprefix(f"on{told.noun}")
    own = [*told.seen(done), *told.besides.get(done, ()), *COMMON]
    if told.noun != "User":
        own.append("messaging_service_sid")
    if done == "Removed":
        own.append("date_removed")
    return [*dict.fromkeys(own)]


@dataclass(frozen=True)
class WantedDelivery:
    """Deliveries that a test expects: of which event, how many, with what."""

    kind: str
    count: int
    params: Mapping[str, object]
    failed: bool | None
    """None for either."""

    def __str__(self) -> str:
        sent = ", ".join(f"{keyword}={value!r}" for keyword, value in self.params.items())
        return f"{self.kind}({sent}){' failed' if self.failed else ''}"

    def is_of_kind(self, delivery: Delivery) -> bool:
        return delivery.event == self.kind

    def differences(self, delivery: Delivery) -> list[str]:
        lines = [*differing(self.params, delivery.params)]
        if self.failed is False and delivery.failed:
            lines.append(f"failed: {delivery.outcome}")
        if self.failed and not delivery.failed:
            lines.append("answered, expected a failure")
        return lines


def expect(
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
        raise AssertionError(explain(wanted, deliveries, "delivery", NOTHING))
    return matching
