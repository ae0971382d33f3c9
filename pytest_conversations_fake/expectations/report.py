"""What a failed test's report says of its fake."""

from __future__ import annotations

from collections.abc import Iterator
from traceback import format_exception

from ..api.assumptions import Assumptions
from ..api.deliveries import Delivery
from ..api.journal import Exchange
from ..api.world import World

LAST = 20
"""Deliveries that are shown."""


def report(world: World) -> str:
    """Every exchange on a line, what was refused with its reason, and errors inside the fake."""
    lines = [line for exchange in world.journal for line in _lines(exchange, world.assumptions)]
    told = [line for delivery in world.deliveries[-LAST:] for line in _told(delivery)]
    if len(world.deliveries) > LAST:
        told.insert(0, f"webhooks: {len(world.deliveries) - LAST} before these")
    return "\n".join([*(lines or ["nothing was requested"]), *told, *map(_traceback, world.errors)])


def _lines(exchange: Exchange, assumptions: Assumptions) -> Iterator[str]:
    yield str(exchange)
    if exchange.refused:
        yield f"    refused: {exchange.reason}"
        if instead := assumptions.otherwise(exchange.rule):
            yield f"    which is an assumption; {instead} has it otherwise"


def _told(delivery: Delivery) -> Iterator[str]:
    yield f"webhook: {delivery}"
    if delivery.error and "\n" in delivery.error:
        yield f"the application raised:\n{delivery.error.rstrip()}"
    elif delivery.status is not None and delivery.status >= 400:
        yield f"the application answered: {delivery.answer[:200]!r}"


def _traceback(error: Exception) -> str:
    return "\nan error inside the fake:\n" + "".join(
        format_exception(type(error), error, error.__traceback__)
    )
