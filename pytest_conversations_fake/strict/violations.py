"""Violations: problems that the assertions of a test do not notice."""

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
    """A problem of one *kind*, see `VIOLATION_KINDS`."""

    kind: str
    message: str
    subject: object
    """The request, injection, delivery, error or refusal that is the problem."""


def violations(world: World) -> Iterator[Violation]:
    """Yield the violations in a *world*, the most serious kind first."""
    with world.lock:
        errors, requests = [*world.errors], [*world.journal.dropped.problems, *world.journal]
        injections, deliveries = (
            [*world.injections],
            [*world.dropped_deliveries.problems, *world.deliveries],
        )
    for error in errors:
        is_from_test = isinstance(error, WhenRaised)
        message = str(error) if is_from_test else f"an error inside the fake: {error!r}"
        yield Violation("inner-error", message, error)
    for request in requests:
        yield from _of_request(request)
    for injection in injections:
        if not injection.was_ever_met:
            yield Violation("unmet-fault", f"no request met the fault {injection}", injection)
    for delivery in deliveries:
        if delivery.failed and not _refuses(delivery):
            yield Violation("failed-webhook", _of_delivery(delivery), delivery)


def _of_request(request: RecordedRequest) -> Iterator[Violation]:
    request_line = f"{request.method} {request.path}"
    match request.refusal:
        case NotImitated() as refusal:
            yield Violation("not-imitated", f"{request_line}: {refusal}", request)
        case NotFound() if not request.operation:
            likely = likely_path(request.path)
            meant = f"; did you mean {likely}?" if likely else ""
            message = f"{request_line}: Twilio has no such route{meant}"
            yield Violation("unknown-route", message, request)
        case MethodNotAllowed():
            message = f"{request_line}: Twilio has this route, but does not accept {request.method}"
            yield Violation("unknown-route", message, request)


def _refuses(delivery: Delivery) -> bool:
    """Whether the application answered a pre-event with a refusal, which is no failure."""
    return delivery.event in PRE_EVENTS and 400 <= (delivery.status or 0) < 500


def _of_delivery(delivery: Delivery) -> str:
    message = f"a webhook failed: {delivery}"
    if delivery.hint:
        message += f"; {delivery.hint}"
    if delivery.event in PRE_EVENTS and delivery.status is None:
        message += (
            "; the request was carried out unchanged. An application on the test's event loop "
            "cannot answer while a blocking call holds the loop"
        )
    return message
