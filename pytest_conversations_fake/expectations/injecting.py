"""Faults as a test injects them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..api.faults import Fault, Injection
from ..api.world import World
from .expectation import operation_named


def inject(
    world: World,
    fault: Fault,
    on: str | None,
    times: int | None,
    after: int,
    when: Callable[[Mapping[str, object]], object] | None,
) -> Injection:
    """Raises `TypeError` and `ValueError` for what is no fault, no operation or no number."""
    __tracebackhide__ = True
    if not isinstance(fault, Fault):
        raise TypeError(f"a fault is a value like RateLimited(), not {fault!r}")
    if on is not None:
        operation_named(on)
    for what, number in (("times", times), ("after", after)):
        if number is not None and (not isinstance(number, int) or number < 0):
            raise TypeError(f"{what} is a number from 0 on, not {number!r}")
    with world.lock:
        injection = Injection(fault, on, times, after, when)
        world.injections.append(injection)
    return injection
