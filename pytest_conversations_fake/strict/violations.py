"""Findings: what is wrong behind the back of a test."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..api.deliveries import Delivery
from ..api.events import PRE_EVENTS
from ..api.faults import WhenRaised
from ..api.journal import Exchange
from ..api.operations import likely_path
from ..api.refusals import MethodNotAllowed, NotFound, NotImitated
from ..api.world import World


@dataclass(frozen=True)
class Finding:
    """Something that is found wrong, of one *kind*."""

    kind: str
    what: str
    thing: object
    """What it was found in."""


def findings(world: World) -> Iterator[Finding]:
    """What is wrong in a *world*, the gravest first."""
    with world.lock:
        errors, exchanges = [*world.errors], [*world.journal]
        injections, deliveries = [*world.injections], [*world.deliveries]
    for error in errors:
        is_the_tests = isinstance(error, WhenRaised)
        what = str(error) if is_the_tests else f"an error inside the fake: {error!r}"
        yield Finding("inner-error", what, error)
    for exchange in exchanges:
        yield from _of_exchange(exchange)
    for injection in injections:
        if not injection.was_ever_met:
            yield Finding("unmet-fault", f"no request met the fault {injection}", injection)
    for delivery in deliveries:
        if delivery.failed and not _refuses(delivery):
            yield Finding("failed-webhook", _of_delivery(delivery), delivery)


def _of_exchange(exchange: Exchange) -> Iterator[Finding]:
    asked = f"{exchange.method} {exchange.path}"
    match exchange.refusal:
        case NotImitated() as refusal:
            yield Finding("not-imitated", f"{asked}: {refusal}", exchange)
        case NotFound() if not exchange.operation:
            likely = likely_path(exchange.path)
            meant = f"; did you mean {likely}?" if likely else ""
            yield Finding("unknown-route", f"{asked} is no route of Twilio's{meant}", exchange)
        case MethodNotAllowed():
            what = f"{asked}: Twilio has this path, but no {exchange.method} there"
            yield Finding("unknown-route", what, exchange)


def _refuses(delivery: Delivery) -> bool:
    """Whether an application that is asked refuses, as it may, other than by an error."""
    return delivery.event in PRE_EVENTS and 400 <= (delivery.status or 0) < 500


def _of_delivery(delivery: Delivery) -> str:
    what = f"a webhook failed: {delivery}"
    if delivery.hint:
        what += f"; {delivery.hint}"
    if delivery.event in PRE_EVENTS and delivery.status is None:
        what += (
            "; so what it asked about happened unchanged. An application on the test's own event "
            "loop can not answer while a blocking call holds that"
        )
    return what
