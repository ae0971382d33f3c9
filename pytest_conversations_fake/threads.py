"""Threads of the fake, and waits with a time limit.

Their event loops use the real clock, even if a test patches or freezes clocks. A wait for a thread
that has died or is stuck raises an error.
"""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from asyncio.tasks import all_tasks, current_task, sleep, wait
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import suppress
from selectors import DefaultSelector, SelectorKey
from threading import Condition, Event, Thread, get_ident
from threading import enumerate as running_threads
from traceback import format_stack
from typing import Any, TypeVar

from .real_time import RealTime

T = TypeVar("T")

RESPONSE_TIMEOUT = 10.0
"""Seconds without a response after which a thread or a lock counts as stuck."""

CANCEL_TIMEOUT = 5.0
"""Seconds for the tasks of an event loop to end after they are cancelled."""

MAX_FRAMES = 6
"""Maximum number of frames, the innermost ones, that the stack of a stuck thread shows."""


class Selector(DefaultSelector):
    """A selector that shows whether its event loop waits for work. A loop that is stuck does not.

    The check is free. A response of the idle loop would take two switches between threads.
    """

    is_waiting = False

    def select(self, timeout: float | None = None) -> list[tuple[SelectorKey, int]]:
        self.is_waiting = True
        try:
            return super().select(timeout)
        finally:
            self.is_waiting = False


class Loop(asyncio.SelectorEventLoop):
    """An event loop with a clock that tests cannot patch or freeze."""

    def __init__(self) -> None:
        self.selector = selector = Selector()
        try:
            super().__init__(selector)
        except BaseException:  # for example from pytest-socket: a loop opens a pair of sockets
            selector.close()
            asyncio.BaseEventLoop.close(self)  # closes all that exists at this point
            raise

    def time(self) -> float:
        seconds: float = RealTime.seconds()
        return seconds


class LoopThread:
    """An event loop in a daemon thread called *name*.

    The thread creates the loop, runs *opening* on it, serves until `stop`, and runs *closing*. It
    cleans up even if an error ends it early, so an interrupted `start` leaks nothing.
    """

    def __init__(
        self,
        name: str,
        opening: Callable[[], Coroutine[Any, Any, None]] | None = None,
        closing: Callable[[], Coroutine[Any, Any, None]] | None = None,
    ) -> None:
        self._opening = opening
        self._closing = closing
        self._loop: Loop | None = None
        self._process = os.getpid()
        self._opened: Future[None] = Future()
        self._stopping = Event()
        self._ended = Event()
        self._fatal_error: BaseException | None = None
        # A daemon, so that a process that does not stop it can still exit
        self._thread = Thread(target=self._main, name=name, daemon=True)

    def start(self) -> None:
        """Start, and wait until *opening* is done. Raises the error of *opening*."""
        try:
            self._thread.start()
            self.result(self._opened)
        except BaseException:
            self.stop()
            raise

    def submit(self, coroutine: Coroutine[Any, Any, T]) -> Future[T]:
        """Run a coroutine on the loop. Raises `RuntimeError` if the thread no longer runs."""
        if not (self._loop and self.is_running):
            coroutine.close()
            raise self.failure() or RuntimeError(f"the thread {self._thread.name!r} has ended")
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop)

    def call_soon(self, callback: Callable[[], object]) -> None:
        """Call *callback* on the loop, unless the thread has ended."""
        if self._loop and not self.is_inherited:
            with suppress(RuntimeError):  # the loop is closed
                self._loop.call_soon_threadsafe(callback)

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on the loop and wait for its result."""
        return self.result(self.submit(coroutine))

    def result(self, future: Future[T]) -> T:
        """Wait for a future of the loop. Raises `RuntimeError` when the thread is dead or stuck."""
        while True:
            try:
                return future.result(RESPONSE_TIMEOUT)
            except FutureTimeoutError:
                if future.done():  # then the coroutine itself raised it
                    raise
                if failure := self.failure():
                    raise failure from failure.__cause__

    def stop(self, within: float = RESPONSE_TIMEOUT) -> bool:
        """Let the thread end, and wait *within* seconds for that. Returns whether it has ended."""
        self.abandon()
        if self.is_inherited:
            return True
        # After an interrupt the thread may start later; it then ends at once
        if not self._ended.wait(within if self._thread.is_alive() else 1):
            return not self._thread.is_alive()
        self._thread.join(within)
        return True

    def abandon(self) -> None:
        """Let the thread end, and do not wait for it."""
        self._stopping.set()
        self.call_soon(self._let_end)

    @property
    def is_inherited(self) -> bool:
        """Whether the thread runs in the parent process, before a fork."""
        return self._process != os.getpid()

    @property
    def is_current(self) -> bool:
        return self._thread.ident == get_ident()

    @property
    def is_running(self) -> bool:
        """Whether the thread serves in this process. A stuck thread counts as running."""
        return not (self.is_inherited or self._ended.is_set() or self._stopping.is_set())

    def failure(self) -> RuntimeError | None:
        """The error that describes why the thread cannot work: it has died or is stuck."""
        name = self._thread.name
        if self.is_inherited:
            return RuntimeError(
                f"the thread {name!r} runs in process {self._process}, but this is process "
                f"{os.getpid()}, a fork of it; start another FakeConversations in this process"
            )
        if self._fatal_error:
            error = RuntimeError(f"the thread {name!r} of the fake has died: {self._fatal_error!r}")
            error.__cause__ = self._fatal_error
            return error
        if self._loop and self._loop.selector.is_waiting:
            return None
        responded = Event()
        self.call_soon(responded.set)
        if self._ended.is_set() or responded.wait(RESPONSE_TIMEOUT):
            return None
        return RuntimeError(
            f"the thread {name!r} of the fake is stuck: it did not respond within "
            f"{RESPONSE_TIMEOUT:g} seconds\n{stack_of(self._thread.ident)}"
        )

    # In the thread

    def _main(self) -> None:
        try:
            if self._stopping.is_set():
                return
            # If pytest-socket blocks sockets, it raises here and not in the middle of a loop
            socket.socket(getattr(socket, "AF_UNIX", socket.AF_INET)).close()
            loop = Loop()
            self._end = loop.create_future()
            self._loop = loop
            try:
                loop.run_until_complete(self._serve())
            except BaseException as error:
                self._fail(
                    error
                )  # before the clean-up, so that clients that it drops see the error
            cleaning = loop.create_task(self._clean_up())
            while not cleaning.done():  # several tasks may raise the error that ended the thread
                with suppress(BaseException):
                    loop.run_until_complete(cleaning)
            loop.close()
        except BaseException as error:
            self._fail(error)
        finally:
            self._ended.set()

    def _fail(self, error: BaseException) -> None:
        if self._opened.done():
            self._fatal_error = error
        else:
            self._opened.set_exception(error)

    async def _serve(self) -> None:
        if self._opening:
            await self._opening()
        self._opened.set_result(None)
        if not self._stopping.is_set():
            await self._end

    def _let_end(self) -> None:
        if not self._end.done():
            self._end.set_result(None)

    async def _clean_up(self) -> None:
        try:
            if self._closing:
                await self._closing()
        finally:
            tasks = all_tasks() - {current_task()}
            for task in tasks:
                task.cancel()
            if tasks:
                await wait(tasks, timeout=CANCEL_TIMEOUT)
            for _ in range(2):  # iterations until dropped connections are closed
                await sleep(0)


class TimeoutCondition(Condition):
    """A condition whose lock raises `TimeoutError` if another thread does not release it."""

    _holder: int | None = None

    def __enter__(self) -> bool:
        if not self.acquire(timeout=RESPONSE_TIMEOUT):
            raise TimeoutError(
                f"another thread locked the state of the fake for {RESPONSE_TIMEOUT:g} seconds"
                f"\n{stack_of(self._holder)}"
            )
        self._holder = get_ident()
        return True

    def wait(self, timeout: float | None = None) -> bool:
        try:
            return super().wait(timeout)
        finally:
            self._holder = get_ident()


def stack_of(thread: int | None) -> str:
    """The present stack of a thread, as text."""
    name = next((each.name for each in running_threads() if each.ident == thread), "unknown")
    frame = sys._current_frames().get(thread or 0)
    lines = format_stack(frame)[-MAX_FRAMES:] if frame else ["  (the thread does not run)\n"]
    return f"Stack of the thread {name!r}:\n{''.join(lines)}".rstrip()
