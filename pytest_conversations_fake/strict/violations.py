"""Findings: what is wrong behind the back of a test."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..api.deliveries import Delivery
from ..api.events import PRE_EVENTS
from ..api.faults import WhenRaised
from ..api.journal import RecordedRequest
from ..api.operations import likely_path
from ..api.refusals import MethodNotAllowed, NotFound, NotImitated
from ..api.world import World


@dataclass(frozen=True)
class Violation:
    """Something that is found wrong, of one *kind*."""

    kind: str
    what: str
    thing: object
    """What it was found in."""


def violations(world: World) -> Iterator[Violation]:
    """What is wrong in a *world*, the gravest first."""
    with world.lock:
        errors, requests = [*world.errors], [*world.journal]
        injections, deliveries = [*world.injections], [*world.deliveries]
    for error in errors:
        is_the_tests = isinstance(error, WhenRaised)
        what = str(error) if is_the_tests else f"an error inside the fake: {error!r}"
        yield Violation("inner-error", what, error)
    for request in requests:
        yield from _of_request(request)
    for injection in injections:
        if not injection.was_ever_met:
            yield Violation("unmet-fault", f"no request met the fault {injection}", injection)
    for delivery in deliveries:
        if delivery.failed and not _refuses(delivery):
            yield Violation("failed-webhook", _of_delivery(delivery), delivery)


def _of_request(request: RecordedRequest) -> Iterator[Violation]:
    asked = f"{request.method} {request.path}"
    match request.refusal:
        case NotImitated() as refusal:
            yield Violation("not-imitated", f"{asked}: {refusal}", request)
        case NotFound() if not request.operation:
            likely = likely_path(request.path)
            meant = f"; did you mean {likely}?" if likely else ""
            yield Violation("unknown-route", f"{asked} is no route of Twilio's{meant}", request)
        case MethodNotAllowed():
            what = f"{asked}: Twilio has this path, but no {request.method} there"
            yield Violation("unknown-route", what, request)


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
