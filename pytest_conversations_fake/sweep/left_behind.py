"""Tasks and threads that a run of a scenario starts, and that may still make calls after it."""

from __future__ import annotations

import asyncio
import threading
from asyncio.tasks import wait  # not asyncio.wait, which tests patch
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import thread as pools
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from typing import Any

from ..real_time import RealTime

Tasks = set[Any]
"""Of `asyncio.Task`, or what else a task factory makes."""

_tasks: ContextVar[Tasks | None] = ContextVar("tasks of this run", default=None)


class Deadline:
    """The end of a time of so many *seconds*, by a clock that tests do not change."""

    def __init__(self, seconds: float) -> None:
        self._end: float = RealTime.seconds() + seconds

    @property
    def left(self) -> float:
        now: float = RealTime.seconds()
        return max(self._end - now, 0)


@contextmanager
def own_tasks() -> Iterator[tuple[Tasks, Callable[..., Any]]]:
    """The set to which every task is added that stems from the one that the callable creates.

    A task belongs to the run whose context it inherits, so tasks of the test, such as those of a
    server on the same event loop, are not among them.
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


async def tasks_end(tasks: Tasks, deadline: Deadline) -> bool:
    """Wait until all *tasks* are done, and those that they start; False if time is over first."""
    while pending := [task for task in tasks if not task.done()]:
        if not deadline.left:
            return False
        await wait_until_done(pending, deadline.left)
    return True


async def wait_until_done(tasks: Iterable[Any], seconds: float) -> None:
    """Wait until all *tasks* are done, or *seconds* of real time are over.

    The event loop is the test's, which may have frozen its clock; a timer thread wakes it.
    """
    loop = asyncio.get_running_loop()
    over = loop.create_future()
    timer = threading.Timer(seconds, loop.call_soon_threadsafe, [over.cancel])
    timer.daemon = True
    timer.start()
    try:
        while not over.done() and (pending := [task for task in tasks if not task.done()]):
            await wait({*pending, over}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        timer.cancel()
        over.cancel()


def started_threads(before: set[threading.Thread]) -> list[threading.Thread]:
    """The threads that were started since *before* and have an end of their own.

    Daemon threads are meant to go on, and workers of a pool wait for more to do.
    """
    workers = pools._threads_queues
    new = {*threading.enumerate()} - before
    return [thread for thread in new if not thread.daemon and thread not in workers]


def threads_end(threads: Sequence[threading.Thread], deadline: Deadline) -> bool:
    """Wait until all *threads* are done; False if time is over first."""
    for thread in threads:
        thread.join(deadline.left)
    return not any(thread.is_alive() for thread in threads)
