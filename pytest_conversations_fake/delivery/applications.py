"""Where applications run: on a loop and in threads of their own, away from what waits for them."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from threading import Thread, current_thread
from traceback import format_exc
from typing import Any, TypeVar

from ..threads import LoopThread

T = TypeVar("T")


class Raised(RuntimeError):  # noqa: N818 - what an application did; its text is the traceback
    """An application raised something, be it `SystemExit`."""


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
        return self._thread.is_current or current_thread() in self._calls

    def close(self, within: float) -> bool:
        """Let them end. Returns whether all of them have, *within* so many seconds."""
        for thread in list(self._calls):
            thread.join(within)
        return self._thread.stop(within) and not self._calls


async def _raising(what: Coroutine[Any, Any, T]) -> T:
    try:
        return await what
    except GeneratorExit:
        raise
    except BaseException:
        raise Raised(format_exc()) from None
