"""Strictness: what no test passes with, unless it says that it may."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..api.deliveries import Delivery
from ..api.events import PRE_EVENTS
from ..api.faults import WhenRaised
from ..api.journal import Exchange
from ..api.operations import likely_path
from ..api.refusals import MethodNotAllowed, NotFound, NotImitated
from ..api.world import World
from .judgement import Judgement

REMEDY = """\
lets tests pass with that, in the marker
fake_conversations or as the ini option fake_conversations_tolerate"""


@dataclass(frozen=True)
class Finding:
    """Something that is found wrong, of one *kind*."""

    kind: str
    what: str
    thing: object
    """What it was found in, which is found only once."""


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


def judgement(found: Sequence[Finding]) -> Judgement:
    """What to raise for what is *found*; it has the traceback of an error inside."""
    often = Counter(each.what for each in found)
    lines = [what if times == 1 else f"{what} ({times} times)" for what, times in often.items()]
    kinds = [*dict.fromkeys(each.kind for each in found)]
    judged = Judgement("\n".join([*lines, f"tolerate={kinds!r} {REMEDY}"]))
    causes = (each.thing for each in found if isinstance(each.thing, Exception))
    judged.__cause__ = next(causes, None)
    return judged


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
    if delivery.event in PRE_EVENTS and delivery.status is None:
        what += (
            "; so what it asked about happened unchanged. An application on the test's own event "
            "loop can not answer while a blocking call holds that"
        )
    return what
