"""The runs of a sweep: one without faults, then one for each pair of a call and a fault."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Generator, Mapping, Sequence
from contextlib import closing
from inspect import iscoroutinefunction

from ..api.checks import require
from ..api.faults import AnswerLost, Fault, RateLimited, ServerError
from ..api.journal import RecordedRequest
from ..api.wording import visible
from ..api.world import World
from ..state.counts import changed, counts
from ..strict.strictness import Strictness
from .calls import CallRecorder, SingleCallFault, labels
from .execution import (
    SETTLE_TIMEOUT,
    Execution,
    Sweepable,
    execute,
    execute_async,
    is_asynchronous,
    name_of,
)
from .results import Sweep, SweepRun

FAULTS: Sequence[Fault] = (RateLimited(retry_after=0), ServerError(), AnswerLost())

Runs = Generator[None, Execution, Sweep]


def sweep(
    fake: Sweepable,
    scenario: Callable[[], object],
    *,
    invariant: Callable[[], object] | None,
    faults: Sequence[Fault],
    strictness: Strictness,
    catch_up: Callable[[], None],
) -> Sweep:
    """Sweep a function. *catch_up* waits until the server has read all requests that were sent."""
    __tracebackhide__ = True
    _check(scenario, invariant, faults)
    if iscoroutinefunction(scenario):
        raise is_asynchronous(scenario)
    with closing(_runs(fake, strictness, name_of(scenario), invariant, faults)) as runs:
        next(runs)
        while (swept := _resume(runs, execute(fake, scenario, catch_up))) is None:
            pass
        return swept


async def sweep_async(
    fake: Sweepable,
    scenario: Callable[[], Awaitable[object]],
    *,
    invariant: Callable[[], object] | None,
    faults: Sequence[Fault],
    strictness: Strictness,
    catch_up: Callable[[], None],
) -> Sweep:
    """Sweep a coroutine function on the running event loop."""
    __tracebackhide__ = True
    _check(scenario, invariant, faults)
    await fake.settle_async(within=SETTLE_TIMEOUT)
    with closing(_runs(fake, strictness, name_of(scenario), invariant, faults)) as runs:
        next(runs)
        while (swept := _resume(runs, await execute_async(fake, scenario, catch_up))) is None:
            pass
        return swept


def _check(scenario: object, invariant: object, faults: Sequence[Fault]) -> None:
    __tracebackhide__ = True
    require(callable(scenario), "scenario must be a function without arguments", scenario)
    is_valid = invariant is None or (callable(invariant) and not iscoroutinefunction(invariant))
    require(is_valid, "invariant must be a function that is not asynchronous", invariant)
    is_valid = isinstance(faults, Sequence) and all(isinstance(each, Fault) for each in faults)
    require(is_valid and bool(faults), "faults must be a list of values like RateLimited()", faults)


def _resume(runs: Runs, execution: Execution) -> Sweep | None:
    """Report an execution. Returns the results after the last one."""
    __tracebackhide__ = True
    try:
        runs.send(execution)
    except StopIteration as end:
        swept: Sweep = end.value
        return swept
    return None


def _runs(
    fake: Sweepable,
    strictness: Strictness,
    name: str,
    invariant: Callable[[], object] | None,
    faults: Sequence[Fault],
) -> Runs:
    """Prepare each execution and yield; the first execution has no fault."""
    __tracebackhide__ = True
    before = fake.snapshot()
    world = before.world
    recorder = CallRecorder(world, faults[0])
    recorder.start()
    try:
        execution = yield
    finally:
        calls = recorder.stop()
    if execution.raised:
        raise execution.raised
    if execution.not_settled:
        raise AssertionError(f"{name} does not settle without a fault: {execution.not_settled}")
    clean, clean_counts = fake.snapshot(), _counts(world)
    if broken := _broken(invariant):
        raise AssertionError(f"{name} breaks the invariant without a fault: {broken}")
    if not calls:
        raise AssertionError(f"{name} makes no call that could fail")
    runs = []
    try:
        for number, call in enumerate(labels(calls)):
            for fault in faults:
                before.restore_world()
                injection = SingleCallFault(world, fault, calls, number)
                injection.start()
                execution = yield
                if injection.met or execution.not_settled:
                    outcome, reason = _outcome(world, execution, clean_counts, invariant)
                else:
                    outcome, reason = "not called", "because this run took another path"
                runs.append(SweepRun(call, fault, outcome, reason))
                # Only of requests: the fault may have caused the other violations
                strictness.remember(RecordedRequest)
    finally:
        clean.restore_world()
    return Sweep(name, faults, runs)


def _counts(world: World) -> Mapping[str, int]:
    """The number of records by collection, over all accounts."""
    total: Counter[str] = Counter()
    for account in world.authenticator.accounts:
        total.update(counts(world, account))
    return total


def _outcome(
    world: World,
    execution: Execution,
    clean_counts: Mapping[str, int],
    invariant: Callable[[], object] | None,
) -> tuple[str, str]:
    """The most serious outcome that applies to a run, and the reason for it."""
    if execution.not_settled:
        return "not settled", execution.not_settled
    difference = changed(clean_counts, _counts(world))
    differences = ", ".join(f"{noun} {count:+}" for noun, count in difference.items())
    if broken := _broken(invariant):
        return "invariant broken", broken
    if any(count > 0 for count in difference.values()):
        return "duplicated", differences
    if execution.raised:
        return "raised", _first_line(execution.raised)
    return "survived", differences


def _broken(invariant: Callable[[], object] | None) -> str:
    """Why the invariant is broken: it returned False or raised. Empty if it holds."""
    try:
        return "it is False" if invariant and invariant() is False else ""
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # pytest.fail() does not raise an Exception
        return _first_line(error)


def _first_line(error: BaseException) -> str:
    first = visible(str(error).partition("\n")[0])
    return f"{type(error).__name__}: {first}" if first else type(error).__name__
