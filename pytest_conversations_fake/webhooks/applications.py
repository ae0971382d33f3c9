"""The places where applications run: in threads of the fake, or on the event loop of the test."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from contextvars import ContextVar
from pathlib import Path
from threading import Thread, current_thread
from traceback import format_exception
from typing import Any, TypeVar

from ..threads import LoopThread
from .targets import Target

T = TypeVar("T")

PACKAGE = f"{Path(__file__).parents[1]}{os.sep}"


class ApplicationError(RuntimeError):
    """An application raised an exception. The text has its traceback."""


def traceback_of(error: BaseException) -> str:
    """The traceback of an exception of an application, without the frames of its caller."""
    trace = error.__traceback__
    while trace and trace.tb_frame.f_code.co_filename.startswith(PACKAGE):
        trace = trace.tb_next
    return "".join(format_exception(type(error), error, trace))


in_application: ContextVar[bool] = ContextVar("in_application", default=False)
"""Whether the current thread or task runs an application."""


class ApplicationThreads:
    """Threads for applications: an event loop for the asynchronous ones, a thread per WSGI call.

    They are daemon threads, because nothing can stop an application that does not return.
    """

    def __init__(self) -> None:
        self._loop_thread = LoopThread("fake_conversations applications")
        self._loop_thread.start()
        self._call_threads: set[Thread] = set()

    def run(self, coroutine: Coroutine[Any, Any, T]) -> Future[T]:
        """Run a coroutine on the event loop. Its exceptions become `ApplicationError`."""
        return self._loop_thread.submit(_run_application(coroutine))

    def call(self, function: Callable[[], T]) -> Future[T]:
        """Call a function in a new thread. Its exceptions become `ApplicationError`."""
        result: Future[T] = Future()
        result.set_running_or_notify_cancel()  # a thread cannot be cancelled

        def run() -> None:
            in_application.set(True)
            try:
                result.set_result(function())
            except BaseException as error:
                result.set_exception(ApplicationError(traceback_of(error)))
            finally:
                self._call_threads.discard(current_thread())

        thread = Thread(target=run, name="fake_conversations application", daemon=True)
        self._call_threads.add(thread)
        thread.start()
        return result

    def close(self, within: float) -> bool:
        """Stop all threads. Returns False if one still runs after *within* seconds."""
        for thread in list(self._call_threads):
            thread.join(within)
        return self._loop_thread.stop(within) and not self._call_threads


class TestEventLoop:
    """The event loop of the test, which runs an application from `start` to `stop`."""

    def __init__(self) -> None:
        try:
            self._loop = asyncio.get_running_loop()
        except RuntimeError:
            raise RuntimeError(
                "run_in='test' runs the application on the test's event loop, and no event loop "
                "runs here; use `async with fake.webhooks.deliver_to(...)` in an async test or "
                "fixture"
            ) from None
        self.is_started = False
        """Whether the application runs: `async with` was entered and not left."""
        self.exceptions: list[BaseException] = []
        """Exceptions of the application that `settle_async` raises, such as pytest's own.

        They do not derive from `Exception`. `KeyboardInterrupt` is raised at once instead.
        """
        self._tasks: set[asyncio.Task[Any]] = set()

    @property
    def is_running(self) -> bool:
        return self._loop.is_running()

    @property
    def is_blocked(self) -> bool:
        """Whether the event loop stands still while the caller waits without `await`."""
        try:
            is_own = asyncio.get_running_loop() is self._loop
        except RuntimeError:
            is_own = False
        return is_own or not self.is_running

    async def start(self, target: Target) -> None:
        """Start the application of a target. Raises the error that prevents its startup."""
        await target.open()
        self.is_started = True

    async def stop(self, target: Target) -> None:
        """Cancel the tasks of the application and shut it down."""
        self.is_started = False
        tasks = {*self._tasks}
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=5)
        await target.close()

    def run(self, coroutine: Coroutine[Any, Any, T]) -> Future[T]:
        """Run a coroutine on the event loop. Its exceptions become `ApplicationError`."""
        if self._loop.is_closed():
            coroutine.close()
            raise ConnectionError("the test's event loop is closed")
        return asyncio.run_coroutine_threadsafe(self._run(coroutine), self._loop)

    async def _run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return await _run_application(coroutine, self._handle_base_exception)

    def _handle_base_exception(self, error: BaseException) -> None:
        if isinstance(error, KeyboardInterrupt):
            self._loop.call_soon(_raise, error)
        else:
            self.exceptions.append(error)


def _raise(error: BaseException) -> None:
    raise error


async def _run_application(
    coroutine: Coroutine[Any, Any, T],
    handle_base_exception: Callable[[BaseException], None] = lambda error: None,
) -> T:
    """Await a coroutine of an application and convert its exceptions to `ApplicationError`.

    An exception that does not derive from `Exception` goes to *handle_base_exception* as well.
    """
    in_application.set(True)
    try:
        return await coroutine
    except GeneratorExit:
        raise
    except BaseException as error:
        if isinstance(error, asyncio.CancelledError) and _is_cancelled():
            raise
        if not isinstance(error, (Exception, asyncio.CancelledError)):
            handle_base_exception(error)
        raise ApplicationError(traceback_of(error)) from None


def _is_cancelled() -> bool:
    """Whether this task was cancelled. Always False on Python 3.10, which does not record it."""
    task = asyncio.current_task()
    return bool(task and hasattr(task, "cancelling") and task.cancelling())
