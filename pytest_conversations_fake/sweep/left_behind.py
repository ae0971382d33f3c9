"""Tasks and threads that a run of a scenario starts, and that may still make calls after it."""

from __future__ import annotations

import asyncio
import threading
from asyncio.tasks import wait  # not asyncio.wait, which tests patch
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import thread as pools
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from typing import Any

from ..real_time import RealTime

CANCEL_TIMEOUT = 1.0
"""Seconds for tasks to end after they are cancelled."""

Tasks = set[Any]
"""Instances of `asyncio.Task`, or of the class that a task factory uses."""

_tasks: ContextVar[Tasks | None] = ContextVar("tasks of this run", default=None)


@contextmanager
def own_tasks() -> Iterator[tuple[Tasks, Callable[..., Any]]]:
    """A set of tasks, and a function that creates a task.

    The set receives each task that the function creates, and each that these tasks start. A task
    belongs to the run whose context it inherits, so tasks of the test, such as those of a server on
    the same event loop, are not in the set.
    """
    tasks: Tasks = set()
    context = copy_context()
    context.run(_tasks.set, tasks)
    loop = asyncio.get_running_loop()
    before = loop.get_task_factory()

    def create(loop: Any, coroutine: Any, **options: Any) -> Any:
        task = (before or _plain)(loop, coroutine, **options)
        own = _tasks.get()
        if own is not None:
            own.add(task)
        return task

    loop.set_task_factory(create)
    try:
        yield tasks, lambda coroutine: context.run(loop.create_task, coroutine)
    finally:
        if loop.get_task_factory() is create:
            loop.set_task_factory(before)


def _plain(loop: Any, coroutine: Any, **options: Any) -> asyncio.Task[Any]:
    return asyncio.Task(coroutine, loop=loop, **options)


async def wait_for_tasks(tasks: Tasks, seconds: float) -> bool:
    """Wait until all *tasks* are done, and those that they start. Returns whether they are.

    The event loop is the test's, and its clock may be frozen. So a timer thread ends the wait.
    """
    loop = asyncio.get_running_loop()
    timeout = loop.create_future()
    timer = threading.Timer(seconds, loop.call_soon_threadsafe, [timeout.cancel])
    timer.daemon = True
    timer.start()
    try:
        while (pending := _pending(tasks)) and not timeout.done():
            await wait({*pending, timeout}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        timer.cancel()
        timeout.cancel()
    return not pending


async def cancel_tasks(tasks: Tasks) -> None:
    """Cancel the *tasks* that are not done, and wait for them for a moment."""
    if pending := _pending(tasks):
        for task in pending:
            task.cancel()
        await wait_for_tasks(tasks, CANCEL_TIMEOUT)


def _pending(tasks: Tasks) -> list[Any]:
    return [task for task in tasks if not task.done()]


def started_threads(before: set[threading.Thread]) -> list[threading.Thread]:
    """The threads that are not in *before* and end by themselves.

    Daemon threads run on by design, and workers of a pool wait for more work.
    """
    workers = pools._threads_queues
    new = {*threading.enumerate()} - before
    return [thread for thread in new if not thread.daemon and thread not in workers]


def wait_for_threads(threads: Sequence[threading.Thread], seconds: float) -> bool:
    """Wait until all *threads* have ended. Returns whether they have."""
    end = RealTime.seconds() + seconds
    for thread in threads:
        thread.join(max(end - RealTime.seconds(), 0))
    return not any(thread.is_alive() for thread in threads)
