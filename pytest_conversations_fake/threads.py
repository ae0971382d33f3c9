"""Threads of the fake, and waits for them that end.

Their event loops use the real clock, whatever a test does to its own. A thread that has died or is
stuck is reported to whoever waits for it.
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
from selectors import DefaultSelector
from threading import Condition, Event, Thread, get_ident
from threading import enumerate as running_threads
from traceback import format_stack
from typing import Any, TypeVar

from .real_time import RealTime

T = TypeVar("T")

PATIENCE = 10.0
"""Seconds after which a thread of the fake that does not respond counts as stuck."""

ENDING = 5.0
"""Seconds for the tasks of an event loop to end when they are cancelled."""

DEEPEST = 6
"""Frames of a stuck thread that are shown, the innermost ones."""


class Loop(asyncio.SelectorEventLoop):
    """An event loop whose time no test can patch or freeze."""

    def __init__(self) -> None:
        selector = DefaultSelector()
        try:
            super().__init__(selector)
        except BaseException:  # such as pytest-socket's: a loop starts with a pair of sockets
            selector.close()
            asyncio.BaseEventLoop.close(self)  # all that there is to close by now
            raise

    def time(self) -> float:
        seconds: float = RealTime.seconds()
        return seconds


class LoopThread:
    """An event loop in a daemon thread called *name*.

    The thread makes the loop, runs *opening* on it, serves until `stop`, and runs *closing*. It
    cleans up by itself even if something ends it early, so an interrupted `start` leaves nothing.
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
        self._death: BaseException | None = None
        # A daemon, so that a process that forgets to stop it can end all the same
        self._thread = Thread(target=self._main, name=name, daemon=True)

    def start(self) -> None:
        """Start, and wait until *opening* is done. Raises what that raises."""
        try:
            self._thread.start()
            self.result(self._opened)
        except BaseException:
            self.stop()
            raise

    def submit(self, what: Coroutine[Any, Any, T]) -> Future[T]:
        """Run a coroutine on the loop. Raises `RuntimeError` if the thread no longer runs."""
        if not (self._loop and self.is_running):
            what.close()
            raise self.trouble() or RuntimeError(f"the thread {self._thread.name!r} has ended")
        return asyncio.run_coroutine_threadsafe(what, self._loop)

    def call_soon(self, what: Callable[[], object]) -> None:
        """Call *what* on the loop, unless the thread has ended."""
        if self._loop and not self.is_inherited:
            with suppress(RuntimeError):  # it is closed
                self._loop.call_soon_threadsafe(what)

    def run(self, what: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on the loop and wait for its result."""
        return self.result(self.submit(what))

    def result(self, future: Future[T]) -> T:
        """Wait for a future of the loop. Raises `RuntimeError` when the thread is dead or stuck."""
        while True:
            try:
                return future.result(PATIENCE)
            except FutureTimeoutError:
                if future.done():  # then it is the result
                    raise
                if trouble := self.trouble():
                    raise trouble from trouble.__cause__

    def stop(self, within: float = PATIENCE) -> bool:
        """Let the thread end, and say whether it has, *within* so many seconds."""
        self.abandon()
        if self.is_inherited:
            return True
        # A thread that an interrupt kept from starting ends at once, should it start yet
        if not self._ended.wait(within if self._thread.is_alive() else 1):
            return not self._thread.is_alive()
        self._thread.join(within)
        return True

    def abandon(self) -> None:
        """Let the thread end when it can. Does not wait for that."""
        self._stopping.set()
        self.call_soon(self._let_end)

    @property
    def is_inherited(self) -> bool:
        """Whether the thread runs in the process that this one was forked from."""
        return self._process != os.getpid()

    @property
    def is_current(self) -> bool:
        return self._thread.ident == get_ident()

    @property
    def is_running(self) -> bool:
        """Whether the thread serves in this process, as far as can be told without waiting."""
        return not (self.is_inherited or self._ended.is_set() or self._stopping.is_set())

    def trouble(self) -> RuntimeError | None:
        """What is wrong with the thread, if it has died or does not respond."""
        name = self._thread.name
        if self.is_inherited:
            return RuntimeError(
                f"the thread {name!r} runs in process {self._process}, and process {os.getpid()} "
                "is a fork of that; start a FakeConversations of its own here"
            )
        if self._death:
            error = RuntimeError(f"the thread {name!r} of the fake has died: {self._death!r}")
            error.__cause__ = self._death
            return error
        turned = Event()
        self.call_soon(turned.set)
        if self._ended.is_set() or turned.wait(PATIENCE):
            return None
        return RuntimeError(
            f"the thread {name!r} of the fake is stuck: it did not respond within {PATIENCE:g} "
            f"seconds\n{stack_of(self._thread.ident)}"
        )

    # In the thread

    def _main(self) -> None:
        try:
            if self._stopping.is_set():
                return
            # Where pytest-socket blocks sockets it says so here, not when half a loop is made
            socket.socket(getattr(socket, "AF_UNIX", socket.AF_INET)).close()
            loop = Loop()
            self._end = loop.create_future()
            self._loop = loop
            try:
                loop.run_until_complete(self._serve())
            except BaseException as error:
                self._fail(error)  # before the cleanup lets anybody notice
            cleaning = loop.create_task(self._clean_up())
            while not cleaning.done():  # what ended the thread may be raised by more than one task
                with suppress(BaseException):
                    loop.run_until_complete(cleaning)
            loop.close()
        except BaseException as error:
            self._fail(error)
        finally:
            self._ended.set()

    def _fail(self, error: BaseException) -> None:
        if self._opened.done():
            self._death = error
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
                await wait(tasks, timeout=ENDING)
            for _ in range(2):  # rounds until connections that were dropped are closed
                await sleep(0)


class PatientCondition(Condition):
    """A condition that nobody waits for without end, even if its holder never lets go."""

    _holder: int | None = None

    def __enter__(self) -> bool:
        if not self.acquire(timeout=PATIENCE):
            raise TimeoutError(
                f"the state of the fake was locked for {PATIENCE:g} seconds by another thread"
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
    """What a thread does at the moment."""
    name = next((each.name for each in running_threads() if each.ident == thread), "unknown")
    frame = sys._current_frames().get(thread or 0)
    lines = format_stack(frame)[-DEEPEST:] if frame else ["  (it does not run)\n"]
    return f"The thread {name!r} is here:\n{''.join(lines)}".rstrip()
