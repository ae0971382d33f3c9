"""Sweeps: a piece of code, run once for each way in which one of its calls can fail."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from inspect import iscoroutinefunction
from textwrap import fill, shorten
from typing import TYPE_CHECKING, Any, overload

from .api.checks import check, check_seconds
from .api.faults import AnswerLost, Fault, RateLimited, ServerError
from .api.journal import Exchange
from .api.world import World
from .expectations.changes import changed, counts
from .expectations.injecting import inject
from .expectations.values import WIDTH
from .limit import ends_within

if TYPE_CHECKING:
    from .state import Stateful

FAULTS: Sequence[Fault] = (RateLimited(retry_after=0), ServerError(), AnswerLost())

MOST = 10
"""Runs of which a table says more than their outcome."""

LONGEST = 240
"""Characters of what it says of each."""

UNSETTLED = (AssertionError, TimeoutError)
"""What settling raises."""


@dataclass(frozen=True)
class Run:
    """A run in which one call met a fault."""

    call: str
    """`"#2 CreateConversationMessage"`: which call of the run in which none failed."""
    fault: Fault
    outcome: str
    """`survived`, `raised`, `hung`, `duplicated`, `invariant broken` or `not called`."""
    why: str = ""

    def __str__(self) -> str:
        said = f"{self.call}, {_name(self.fault)}: {self.outcome}"
        return f"{said}, {self.why}" if self.why else said


class Sweep(Sequence[Run]):
    """What became of each run; as a text it is a table."""

    def __init__(self, scenario: str, runs: Sequence[Run]) -> None:
        self.scenario = scenario
        self._runs = runs

    def assert_survives(self) -> None:
        """Assert that every run survived: it came to its end, and without a trace.

        Raises `AssertionError` with the table, and with what happened in each that did not.
        """
        __tracebackhide__ = True
        survived = sum(run.outcome == "survived" for run in self)
        if survived < len(self):
            raise AssertionError(
                f"expected {self.scenario} to survive {len(self)} failures, it survived "
                f"{survived}\n\n{self}"
            )

    @overload
    def __getitem__(self, index: int) -> Run: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Run]: ...
    def __getitem__(self, index: int | slice) -> Run | Sequence[Run]:
        return self._runs[index]

    def __len__(self) -> int:
        return len(self._runs)

    def __str__(self) -> str:
        calls = dict.fromkeys(run.call for run in self)
        faults = dict.fromkeys(_name(run.fault) for run in self)
        outcomes = {
            (run.call, _name(run.fault)): run.outcome.removeprefix("invariant ") for run in self
        }
        rows = [["", *faults]]
        rows += [[call, *(outcomes[call, fault] for fault in faults)] for call in calls]
        widths = [max(map(len, column)) for column in zip(*rows)]
        table = [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip()
            for row in rows
        ]
        told = [_brief(run) for run in self if run.why]
        more = [f"and {len(told) - MOST} more"] * (len(told) > MOST)
        return "\n".join([*table, *([""] if told else []), *told[:MOST], *more])

    def __repr__(self) -> str:
        outcomes = Counter(run.outcome for run in self)
        said = ", ".join(f"{count} {outcome}" for outcome, count in outcomes.items())
        return f"<sweep of {self.scenario}: {said}>"


@dataclass(frozen=True)
class Ran:
    """How a scenario ended."""

    raised: BaseException | None = None
    hung: str = ""
    """Why nobody waited for its end."""


Sweeping = Generator[None, Ran, Sweep]


def sweep(
    fake: Stateful,
    scenario: Callable[[], object],
    invariant: Callable[[], object] | None,
    faults: Sequence[Fault],
    within: float,
) -> Sweep:
    _check(scenario, invariant, faults, within)
    if iscoroutinefunction(scenario):
        raise TypeError(f"{_named(scenario)} is asynchronous; it is for sweep_async()")
    sweeping = _sweeping(fake, _named(scenario), invariant, faults)
    next(sweeping)
    while True:
        ran = _run(fake, scenario, within)
        try:
            sweeping.send(ran)
        except StopIteration as done:
            result: Sweep = done.value
            return result


async def sweep_async(
    fake: Stateful,
    scenario: Callable[[], Coroutine[Any, Any, object]],
    invariant: Callable[[], object] | None,
    faults: Sequence[Fault],
    within: float,
) -> Sweep:
    _check(scenario, invariant, faults, within)
    if not iscoroutinefunction(scenario):
        raise TypeError(f"{_named(scenario)} is not asynchronous; it is for sweep()")
    await fake.settle_async()
    sweeping = _sweeping(fake, _named(scenario), invariant, faults)
    next(sweeping)
    while True:
        ran = await _run_async(fake, scenario, within)
        try:
            sweeping.send(ran)
        except StopIteration as done:
            result: Sweep = done.value
            return result


def _check(scenario: object, invariant: object, faults: Sequence[Fault], within: float) -> None:
    __tracebackhide__ = True
    check(callable(scenario), "a scenario is a function without arguments", scenario)
    is_right = invariant is None or (callable(invariant) and not iscoroutinefunction(invariant))
    check(is_right, "an invariant is a function that is not asynchronous", invariant)
    is_right = isinstance(faults, Sequence) and all(isinstance(each, Fault) for each in faults)
    check(is_right and bool(faults), "faults is a list of values like RateLimited()", faults)
    check_seconds("within", within)


def _sweeping(
    fake: Stateful,
    name: str,
    invariant: Callable[[], object] | None,
    faults: Sequence[Fault],
) -> Sweeping:
    """Yields whenever the scenario is to be run, first without any failure."""
    before = fake.snapshot()
    world = before.world
    ran = yield
    if ran.raised:
        raise ran.raised
    if wrong := ran.hung or _broken(invariant):
        raise AssertionError(f"{name} fails although no call of it does: {wrong}")
    clean, counted = fake.snapshot(), counts(world, world.account)
    runs = []
    try:
        for call, on, after in _calls(world.journal[before.requests :]):
            for fault in faults:
                before.put_back()
                injection = inject(world, fault, on, times=1, after=after, when=None)
                ran = yield
                if not (ran.hung or injection.met):
                    outcome, why = "not called", "as it went another way this time"
                else:
                    outcome, why = _outcome(world, ran, counted, invariant)
                runs.append(Run(call, fault, outcome, why))
    finally:
        clean.put_back()
    if not runs:
        raise AssertionError(f"{name} makes no call that could fail")
    return Sweep(name, runs)


def _calls(exchanges: Sequence[Exchange]) -> Iterator[tuple[str, str | None, int]]:
    """Each call, its operation, and how many there were of that before it."""
    before: Counter[str | None] = Counter()
    for number, exchange in enumerate(exchanges, start=1):
        operation = exchange.operation
        if operation:
            yield f"#{number} {operation}", operation, before[operation]
            before[operation] += 1


def _outcome(
    world: World, ran: Ran, counted: Mapping[str, int], invariant: Callable[[], object] | None
) -> tuple[str, str]:
    """What became of a run, and how so, the gravest first."""
    difference = changed(counted, counts(world, world.account))
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
    except Exception as error:
        return _said(error)


def _run(fake: Stateful, scenario: Callable[[], object], within: float) -> Ran:
    ended: BaseException | None = None
    try:
        if not ends_within(within, scenario):
            return Ran(hung=f"as it did not end within {within:g} s")
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # also what pytest.fail() raises
        ended = error
    try:
        fake.settle()
    except UNSETTLED as error:
        return Ran(hung=_said(error))
    return Ran(raised=ended)


async def _run_async(
    fake: Stateful, scenario: Callable[[], Coroutine[Any, Any, object]], within: float
) -> Ran:
    running = asyncio.ensure_future(scenario())
    try:
        await asyncio.wait({running}, timeout=within)
    finally:
        hung = running.cancel()
    [ended] = await asyncio.gather(running, return_exceptions=True)
    if hung:
        return Ran(hung=f"as it did not end within {within:g} s")
    try:
        await fake.settle_async()
    except UNSETTLED as error:
        return Ran(hung=_said(error))
    return Ran(raised=ended if isinstance(ended, BaseException) else None)


def _brief(run: Run) -> str:
    """What there is to say of a run, on a few lines."""
    return fill(shorten(str(run), LONGEST, placeholder="…"), WIDTH, subsequent_indent="    ")


def _said(error: BaseException) -> str:
    first, *_ = str(error).splitlines() or [""]
    return f"{type(error).__name__}: {first}" if first else type(error).__name__


def _named(scenario: object) -> str:
    return getattr(scenario, "__name__", repr(scenario))


def _name(fault: Fault) -> str:
    return type(fault).__name__
