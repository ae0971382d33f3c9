"""One execution of a scenario, until everything that it started has ended."""

from __future__ import annotations

import asyncio
from asyncio.tasks import wait  # not asyncio.wait, which tests patch
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from inspect import isawaitable, iscoroutine
from threading import enumerate as running_threads
from typing import Protocol

from ..api.wording import visible
from ..api.world import World
from .left_behind import cancel_tasks, own_tasks, started_threads, wait_for_tasks, wait_for_threads

SETTLE_TIMEOUT = 10.0
"""Seconds of real time after the end of the scenario: for its tasks, for its threads, and for
webhooks, one after the other."""

SCENARIO_ERRORS = (Exception, SystemExit, asyncio.CancelledError)
"""Errors that are the outcome of a run. `pytest.fail()`, pytest-timeout and Ctrl-C raise others,
which end the sweep."""

SETTLE_ERRORS = (AssertionError, TimeoutError)
"""Errors by which `settle()` says that webhooks are not delivered."""


class RestorePoint(Protocol):
    """The state of a fake at one moment."""

    @property
    def world(self) -> World: ...

    def restore_world(self) -> None: ...


class Sweepable(Protocol):
    """The methods of a fake that a sweep calls."""

    def snapshot(self) -> RestorePoint: ...

    def settle(self, *, within: float) -> None: ...

    async def settle_async(self, *, within: float) -> None: ...


@dataclass(frozen=True)
class Execution:
    """The outcome of one execution of the scenario."""

    raised: BaseException | None = None
    not_settled: str = ""
    """The reason why something may still act on the fake; empty if nothing does."""


def execute(
    fake: Sweepable, scenario: Callable[[], object], catch_up: Callable[[], None]
) -> Execution:
    __tracebackhide__ = True
    threads_before = {*running_threads()}
    raised = None
    try:
        returned = scenario()
    except SCENARIO_ERRORS as error:
        raised = error
    else:
        if iscoroutine(returned):
            returned.close()  # else Python warns that nobody awaits it
        if isawaitable(returned):
            raise is_asynchronous(scenario)
    threads_ended = wait_for_threads(started_threads(threads_before), SETTLE_TIMEOUT)
    catch_up()
    try:
        fake.settle(within=SETTLE_TIMEOUT)
    except SETTLE_ERRORS as error:
        return Execution(not_settled=_settle_raised(error))
    return Execution(raised, "" if threads_ended else _left_behind("thread"))


async def execute_async(
    fake: Sweepable, scenario: Callable[[], Awaitable[object]], catch_up: Callable[[], None]
) -> Execution:
    async def run() -> BaseException | None:
        try:
            await awaitable
        except SCENARIO_ERRORS as error:  # SystemExit would end the event loop
            return error
        return None

    __tracebackhide__ = True
    threads_before = {*running_threads()}
    awaitable = scenario()
    if not isawaitable(awaitable):
        raise TypeError(f"{name_of(scenario)} is not asynchronous; use sweep() for it")
    with own_tasks() as (tasks, create_task):
        running = create_task(run())
        try:
            await wait({running})
            tasks_ended = await wait_for_tasks(tasks, SETTLE_TIMEOUT)
        finally:
            await cancel_tasks(tasks)
    raised: BaseException | None = running.result()
    threads_ended = True
    if threads := started_threads(threads_before):
        threads_ended = await asyncio.to_thread(wait_for_threads, threads, SETTLE_TIMEOUT)
    catch_up()
    try:
        await fake.settle_async(within=SETTLE_TIMEOUT)
    except SETTLE_ERRORS as error:
        return Execution(not_settled=_settle_raised(error))
    if not tasks_ended:
        return Execution(not_settled=_left_behind("task"))
    return Execution(raised, "" if threads_ended else _left_behind("thread"))


def name_of(scenario: object) -> str:
    return getattr(scenario, "__name__", repr(scenario))


def is_asynchronous(scenario: object) -> TypeError:
    return TypeError(f"{name_of(scenario)} is asynchronous; use sweep_async() for it")


def _left_behind(kind: str) -> str:
    return f"a {kind} that it started did not end within {SETTLE_TIMEOUT:g} s"


def _settle_raised(error: BaseException) -> str:
    text = " ".join(str(error).split())
    return f"settle() raised {type(error).__name__}: {visible(text)}"
