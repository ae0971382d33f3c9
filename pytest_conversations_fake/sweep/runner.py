"""Sweeps: a piece of code, run once for each way in which one of its calls can fail."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Generator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from inspect import isawaitable, iscoroutine, iscoroutinefunction
from threading import enumerate as threads
from typing import TYPE_CHECKING

from ..api.checks import check, check_seconds
from ..api.faults import AnswerLost, Fault, RateLimited, ServerError
from ..api.journal import RecordedRequest
from ..api.wording import visible
from ..api.world import World
from ..state.counts import changed, counts
from ..strict.strictness import Strictness
from .calls import Aim, Watch, labels
from .left_behind import (
    Deadline,
    own_tasks,
    started_threads,
    tasks_end,
    threads_end,
    wait_until_done,
)
from .limit import AGAIN, ends_within
from .results import Run, Sweep

if TYPE_CHECKING:
    from ..fake import FakeConversations

FAULTS: Sequence[Fault] = (RateLimited(retry_after=0), ServerError(), AnswerLost())

UNSETTLED = (AssertionError, TimeoutError)
"""What settling raises."""


@dataclass(frozen=True)
class Ran:
    """How a scenario ended."""

    raised: BaseException | None = None
    hung: str = ""
    """Why nobody waited for its end."""


Sweeping = Generator[None, Ran, Sweep]


def sweep(
    fake: FakeConversations,
    strictness: Strictness,
    scenario: Callable[[], object],
    invariant: Callable[[], object] | None,
    faults: Sequence[Fault],
    within: float,
) -> Sweep:
    _check(scenario, invariant, faults, within)
    if iscoroutinefunction(scenario):
        raise TypeError(f"{_named(scenario)} is asynchronous; it is for sweep_async()")
    with closing(_sweeping(fake, strictness, _named(scenario), invariant, faults)) as sweeping:
        next(sweeping)
        ran = _run(fake, scenario, within)
        if ran.raised:
            raise ran.raised
        while not (swept := _next(sweeping, ran)):
            ran = _run(fake, scenario, within)
        return swept


async def sweep_async(
    fake: FakeConversations,
    strictness: Strictness,
    scenario: Callable[[], Awaitable[object]],
    invariant: Callable[[], object] | None,
    faults: Sequence[Fault],
    within: float,
) -> Sweep:
    _check(scenario, invariant, faults, within)
    await fake.settle_async()
    with closing(_sweeping(fake, strictness, _named(scenario), invariant, faults)) as sweeping:
        next(sweeping)
        ran = await _run_async(fake, scenario, within)
        if ran.raised:
            raise ran.raised
        while not (swept := _next(sweeping, ran)):
            ran = await _run_async(fake, scenario, within)
        return swept


def _next(sweeping: Sweeping, ran: Ran) -> Sweep | None:
    """What came of it all, if that was the last run."""
    try:
        sweeping.send(ran)
    except StopIteration as done:
        swept: Sweep = done.value
        return swept
    return None


def _check(scenario: object, invariant: object, faults: Sequence[Fault], within: float) -> None:
    __tracebackhide__ = True
    check(callable(scenario), "a scenario is a function without arguments", scenario)
    is_right = invariant is None or (callable(invariant) and not iscoroutinefunction(invariant))
    check(is_right, "an invariant is a function that is not asynchronous", invariant)
    is_right = isinstance(faults, Sequence) and all(isinstance(each, Fault) for each in faults)
    check(is_right and bool(faults), "faults is a list of values like RateLimited()", faults)
    check_seconds("within", within)


def _sweeping(
    fake: FakeConversations,
    strictness: Strictness,
    name: str,
    invariant: Callable[[], object] | None,
    faults: Sequence[Fault],
) -> Sweeping:
    """Yields whenever the scenario is to be run, first without any failure."""
    before = fake.snapshot()
    world = before.world
    watch = Watch(world, faults[0])
    watch.start()
    try:
        ran = yield
    finally:
        calls = watch.stop()
    clean, counted = fake.snapshot(), _counts(world)
    if wrong := ran.hung or _broken(invariant):
        raise AssertionError(f"{name} fails although no call of it does: {wrong}")
    if not calls:
        raise AssertionError(f"{name} makes no call that could fail")
    runs = []
    try:
        for number, call in enumerate(labels(calls)):
            for fault in faults:
                before.put_back()
                aim = Aim(world, fault, calls, number)
                aim.start()
                ran = yield
                if not (ran.hung or aim.met):
                    outcome, why = "not called", "as it went another way this time"
                else:
                    outcome, why = _outcome(world, ran, counted, invariant)
                runs.append(Run(call, fault, outcome, why))
                strictness.remember(
                    RecordedRequest
                )  # what else is wrong, the fault may have caused
    finally:
        clean.put_back()
    return Sweep(name, faults, runs)


def _counts(world: World) -> Mapping[str, int]:
    """How many there are of each noun, of all accounts."""
    total: Counter[str] = Counter()
    for account in world.authenticator.accounts:
        total.update(counts(world, account))
    return total


def _outcome(
    world: World, ran: Ran, counted: Mapping[str, int], invariant: Callable[[], object] | None
) -> tuple[str, str]:
    """What became of a run, and how so, the gravest first."""
    difference = changed(counted, _counts(world))
    told = ", ".join(f"{noun} {count:+}" for noun, count in difference.items())
    if ran.hung:
        return "hung", ran.hung
    if broken := _broken(invariant):
        return "invariant broken", broken
    if any(count > 0 for count in difference.values()):
        return "duplicated", told
    if ran.raised:
        return "raised", _said(ran.raised)
    return "survived", told


def _broken(invariant: Callable[[], object] | None) -> str:
    """How an invariant is broken, which is a function that returns False or raises."""
    try:
        return "it is False" if invariant and invariant() is False else ""
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # also what pytest.fail() raises
        return _said(error)


def _run(fake: FakeConversations, scenario: Callable[[], object], within: float) -> Ran:
    ended: BaseException | None = None
    returned: list[object] = []
    deadline, before = Deadline(within), {*threads()}
    try:
        in_time = ends_within(within, lambda: returned.append(scenario()))
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # also what pytest.fail() raises
        in_time, ended = True, error
    for each in filter(isawaitable, returned):
        if iscoroutine(each):
            each.close()  # else Python would complain that nobody awaits it
        raise TypeError(f"{_named(scenario)} is asynchronous; it is for sweep_async()")
    leaves_nothing = threads_end(started_threads(before), deadline)
    fake._lifecycle.catch_up()
    try:
        fake.settle()
    except UNSETTLED as error:
        return Ran(hung=_said(error))
    return _ran(ended, in_time, leaves_nothing, within)


async def _run_async(
    fake: FakeConversations, scenario: Callable[[], Awaitable[object]], within: float
) -> Ran:
    async def run() -> BaseException | None:
        try:
            await awaited
        except asyncio.CancelledError:
            raise
        except BaseException as error:  # which would end the loop, if it is SystemExit
            return error
        return None

    awaited = scenario()
    if not isawaitable(awaited):
        raise TypeError(f"{_named(scenario)} is not asynchronous; it is for sweep()")
    deadline, before = Deadline(within), {*threads()}
    with own_tasks() as (tasks, create_task):
        running = create_task(run())
        try:
            await wait_until_done([running], deadline.left)
            in_time = running.done()
            leaves_nothing = await tasks_end(tasks, deadline)
        finally:
            while pending := [task for task in tasks if not task.done()]:
                for task in pending:  # whatever it does about being cancelled
                    task.cancel()
                await wait_until_done(pending, AGAIN)
    if left := started_threads(before):
        leaves_nothing &= await asyncio.to_thread(threads_end, left, deadline)
    ended = None
    with suppress(asyncio.CancelledError):
        ended = running.result()
    fake._lifecycle.catch_up()
    try:
        await fake.settle_async()
    except UNSETTLED as error:
        return Ran(hung=_said(error))
    return _ran(ended, in_time, leaves_nothing, within)


def _ran(ended: BaseException | None, in_time: bool, leaves_nothing: bool, within: float) -> Ran:
    if not in_time:
        return Ran(hung=f"as it did not end within {within:g} s")
    if not leaves_nothing:
        return Ran(hung=f"as a task or thread that it started did not end within {within:g} s")
    return Ran(raised=ended)


def _said(error: BaseException) -> str:
    first = visible(str(error).partition("\n")[0])
    return f"{type(error).__name__}: {first}" if first else type(error).__name__


def _named(scenario: object) -> str:
    return getattr(scenario, "__name__", repr(scenario))
