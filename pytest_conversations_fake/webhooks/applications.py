"""Where applications run: on a loop and in threads of their own, away from what waits for them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from contextvars import ContextVar
from threading import Thread, current_thread
from traceback import format_exc
from typing import TYPE_CHECKING, Any, TypeVar

from ..threads import LoopThread

if TYPE_CHECKING:
    from .destinations import Target

T = TypeVar("T")


class Raised(RuntimeError):  # noqa: N818 - what an application did; its text is the traceback
    """An application raised something, be it `SystemExit`."""


in_application: ContextVar[bool] = ContextVar("in_application", default=False)
"""Whether an application on the test's event loop is what runs."""


class LoopOfTest:
    """The test's event loop, on which an application runs from its startup to its shutdown.

    What an application raises there that is no `Exception`, such as pytest's own, is *raised* by
    whoever settles; Ctrl-C goes on at once.
    """

    def __init__(self) -> None:
        try:
            self._loop = asyncio.get_running_loop()
        except RuntimeError:
            raise RuntimeError(
                "run_in='test' runs the application on the test's event loop, and no event loop "
                "runs here; use `async with fake.webhooks.deliver_to(...)` in an async test or "
                "fixture"
            ) from None
        self.is_entered = False
        """Whether `async with` has started the application, and not ended it yet."""
        self.raised: list[BaseException] = []
        self._tasks: set[asyncio.Task[Any]] = set()

    @property
    def is_held(self) -> bool:
        """Whether the loop stands still while the caller waits without `await`."""
        try:
            here = asyncio.get_running_loop() is self._loop
        except RuntimeError:
            here = False
        return here or not self.is_running

    @property
    def is_running(self) -> bool:
        return self._loop.is_running()

    def run(self, what: Coroutine[Any, Any, T]) -> Future[T]:
        """Run *what* on the loop. What it raises is `Raised`."""
        if self._loop.is_closed():
            what.close()
            raise ConnectionError("the test's event loop is closed")
        return asyncio.run_coroutine_threadsafe(self._run(what), self._loop)

    async def _run(self, what: Coroutine[Any, Any, T]) -> T:
        in_application.set(True)
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return await _raising(what, self._escape)

    def _escape(self, error: BaseException) -> None:
        if isinstance(error, KeyboardInterrupt):
            self._loop.call_soon(_interrupt, error)
        else:
            self.raised.append(error)

    async def enter(self, target: Target) -> None:
        """Start the application of a *target*. Raises what keeps it from that."""
        await target.open()
        self.is_entered = True

    async def leave(self, target: Target) -> None:
        """Cancel what the application still does, and end it."""
        self.is_entered = False
        tasks = {*self._tasks}
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=5)
        await target.close()


def _interrupt(error: BaseException) -> None:
    raise error


class Applications:
    """A loop in a thread of its own for those that are asynchronous, a thread a call for others.

    Neither can be stopped from outside, so all of them end with the process at the latest.
    """

    def __init__(self) -> None:
        self._thread = LoopThread("fake_conversations applications")
        self._thread.start()
        self._calls: set[Thread] = set()

    def run(self, what: Coroutine[Any, Any, T]) -> Future[T]:
        """Run *what* on the loop. What it raises is `Raised`."""
        return self._thread.submit(_raising(what))

    def call(self, what: Callable[[], T]) -> Future[T]:
        """Call *what* in a new thread. What it raises is `Raised`."""
        result: Future[T] = Future()
        result.set_running_or_notify_cancel()  # nobody can cancel a thread

        def called() -> None:
            try:
                result.set_result(what())
            except BaseException:
                result.set_exception(Raised(format_exc()))
            finally:
                self._calls.discard(current_thread())

        thread = Thread(target=called, name="fake_conversations application", daemon=True)
        self._calls.add(thread)
        thread.start()
        return result

    def is_here(self) -> bool:
        """Whether it is one of them that asks."""
        return self._thread.is_current or current_thread() in self._calls or in_application.get()

    def close(self, within: float) -> bool:
        """Let them end. Returns whether all of them have, *within* so many seconds."""
        for thread in list(self._calls):
            thread.join(within)
        return self._thread.stop(within) and not self._calls


async def _raising(
    what: Coroutine[Any, Any, T], escape: Callable[[BaseException], None] = lambda error: None
) -> T:
    try:
        return await what
    except GeneratorExit:
        raise
    except BaseException as error:
        if isinstance(error, asyncio.CancelledError) and _is_cancelled():
            raise
        if not isinstance(error, (Exception, asyncio.CancelledError)):
            escape(error)
        raise Raised(format_exc()) from None


def _is_cancelled() -> bool:
    """Whether somebody cancelled this task; Python 3.10 cannot say so."""
    task = asyncio.current_task()
    return bool(task and hasattr(task, "cancelling") and task.cancelling())
