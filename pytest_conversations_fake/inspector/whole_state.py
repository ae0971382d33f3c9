"""Calls of the control API that read and change the state as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from datetime import datetime
from typing import Any

from ..api import faults
from ..api.did_you_mean import unknown
from ..api.faults import Fault, Injection
from ..api.iso8601 import shown_moment
from ..api.operations import OPERATIONS, SERVICE_OPERATIONS
from ..seeds.dumping import dump_data
from ..state.counts import changed, counts
from ..state.snapshot import Snapshot
from .control import Control
from .schemas import Json

# The faults by name
FAULTS: dict[str, type[Fault]] = {
    each.__name__: each
    for each in (
        faults.RateLimited,
        faults.Unavailable,
        faults.ServerError,
        faults.TwilioError,
        faults.Reset,
        faults.Delay,
        faults.AnswerLost,
        faults.HalfAnswer,
        faults.MalformedJson,
    )
}

OPERATION_NAMES = [*OPERATIONS, *SERVICE_OPERATIONS]


# The seed


def get_seed(control: Control) -> Json:
    return dump_data(control.world, control.world.account)


def add_seed(control: Control, *, seed: Mapping[str, Any]) -> Json:
    before = counts(control.world, control.world.account)
    control.fake.load(seed)
    return {"added": changed(before, counts(control.world, control.world.account))}


# Snapshots


def list_snapshots(control: Control) -> Json:
    listed = control.snapshots().items()
    return {"snapshots": [_snapshot(id, snapshot) for id, snapshot in listed]}


def take_snapshot(control: Control) -> Json:
    id = control.take_snapshot()
    return _snapshot(id, control.snapshots()[id])


def restore_snapshot(control: Control, *, id: str) -> None:
    snapshots = control.snapshots()
    if id not in snapshots:
        raise LookupError(unknown("there is no snapshot", id, snapshots))
    control.fake.restore(snapshots[id])


def reset(control: Control) -> None:
    control.fake.reset()


def _snapshot(id: str, snapshot: Snapshot) -> Json:
    return {"id": id, "requests": snapshot.requests}


# Faults


def list_faults(control: Control) -> Json:
    return {
        "faults": [_injected(id, injection) for id, injection in control.faults().items()],
        "available": [_available(each) for each in FAULTS.values()],
        "operations": OPERATION_NAMES,
    }


def inject_fault(
    control: Control,
    *,
    fault: str,
    arguments: Mapping[str, Any] | None = None,
    on: str | None = None,
    times: int | None = None,
    after: int = 0,
) -> Json:
    kind, names = FAULTS[fault], [each.name for each in fields(FAULTS[fault])]
    for name in arguments or {}:
        if name not in names:
            raise ValueError(unknown(f"{fault} has no argument", name, names))
    for each in fields(kind):
        if each.default is MISSING and each.name not in (arguments or {}):
            raise ValueError(f"{fault} needs the argument {each.name!r}")
    injection = control.fake.inject(kind(**arguments or {}), on=on, times=times, after=after)
    return _injected(control.id_of(injection), injection)


def end_fault(control: Control, *, id: str) -> None:
    active = control.faults()
    if id not in active:
        raise LookupError(unknown("there is no fault", id, active))
    active[id].end()


def _injected(id: str, injection: Injection) -> Json:
    fault = injection.fault
    arguments = {each.name: getattr(fault, each.name) for each in fields(fault)}
    return {
        "id": id,
        "fault": type(fault).__name__,
        "arguments": {name: value for name, value in arguments.items() if value is not None},
        "on": injection.on,
        "times": injection.times,
        "after": injection.after,
        "met": injection.met,
    }


def _available(kind: type[Fault]) -> Json:
    description, _, _ = str(kind.__doc__).partition("\n")
    return {
        "fault": kind.__name__,
        "description": description,
        "arguments": [_argument(each) for each in fields(kind)],
    }


def _argument(field: Field[Any]) -> Json:
    type_name = {"int": "integer", "float": "number"}.get(str(field.type).split(" ")[0], "string")
    is_required = field.default is MISSING
    default = None if is_required else field.default
    return {"name": field.name, "type": type_name, "required": is_required, "default": default}


# The clock and webhooks


def get_clock(control: Control) -> Json:
    clock = control.fake.clock
    return {"now": shown_moment(clock.now()), "stopped": clock.until(clock.now()) is None}


def move_clock(
    control: Control,
    *,
    move_to: datetime | None = None,
    tick: bool = False,
    shift: float | Mapping[str, Any] | None = None,
) -> Json:
    if (move_to is None) == (shift is None):
        raise ValueError("the clock takes either move_to or shift")
    if move_to is not None:
        control.fake.clock.move_to(move_to, tick=tick)
    elif isinstance(shift, Mapping):
        control.fake.clock.shift(**shift)
    else:
        control.fake.clock.shift(seconds=shift or 0)
    return get_clock(control)


def settle(control: Control, *, within: float = 10.0) -> None:
    control.fake.settle(within=within)
