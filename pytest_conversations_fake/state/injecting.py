"""Injection of faults."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..api.checks import check_number, check_text, require
from ..api.did_you_mean import unknown
from ..api.faults import Fault, Injection
from ..api.operation_names import OperationName, ServiceOperationName
from ..api.operations import OPERATIONS, SERVICE_OPERATIONS
from ..api.world import World


def inject(
    world: World,
    fault: Fault,
    on: OperationName | ServiceOperationName | None,
    times: int | None,
    after: int,
    when: Callable[[Mapping[str, object]], object] | None,
) -> Injection:
    """Inject *fault*. Raises `TypeError` and `ValueError` for invalid arguments."""
    __tracebackhide__ = True
    if not isinstance(fault, Fault):
        raise TypeError(f"a fault is a value like RateLimited(), not {fault!r}")
    if on is not None:
        check_text("an operation", on)
        if on not in (names := OPERATIONS | SERVICE_OPERATIONS):
            raise ValueError(unknown("there is no operation", on, names))
    if times is not None:
        check_number("times", times, least=1, otherwise=", or None for all requests")
    check_number("after", after)
    require(when is None or callable(when), "when is a function of a request's parameters", when)
    world.require_running()
    with world.lock:
        recorder = world.recorder(f"inject({fault!r})")
        injection = Injection(fault, on, times, after, when, recorder)
        world.injections.append(injection)
    return injection
