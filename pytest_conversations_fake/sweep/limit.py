"""A limit for what may never end."""

from __future__ import annotations

import _thread
import ctypes
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Lock, Thread, get_ident, main_thread
from types import FrameType

AGAIN = 1.0
"""Seconds after which what got over an interrupt is interrupted again."""


class Overdue(BaseException):
    """Interrupts what takes too long; no `except Exception` holds it up."""


def ends_within(seconds: float, what: Callable[[], object]) -> bool:
    """Call *what*, and say whether it ended by itself; after *seconds* it is interrupted.

    Raises what that raises. It runs in the calling thread, where it finds its database connection
    and its event loop; only in the main one can a call that blocks be interrupted.
    """
    caller, changing, ended, interrupted = get_ident(), Lock(), Event(), Event()

    def watch() -> None:
        patience = seconds
        while not ended.wait(patience):
            with changing:
                if not ended.is_set():
                    interrupted.set()
                    _interrupt(caller)
            patience = AGAIN

    def end() -> None:
        with changing:
            ended.set()

    watchman = Thread(target=watch, name="fake_conversations limit", daemon=True)
    with _interruptible(caller, interrupted):
        try:
            watchman.start()
            try:
                what()
            finally:
                end()  # where an interrupt that was sent arrives at the latest
        except Overdue:
            end()
        watchman.join()
    return not interrupted.is_set()


def _interrupt(thread: int) -> None:
    if thread != main_thread().ident:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(
            ctypes.c_ulong(thread), ctypes.py_object(Overdue)
        )
    elif hasattr(signal, "pthread_kill"):
        signal.pthread_kill(thread, signal.SIGINT)
    else:  # Windows
        _thread.interrupt_main()


@contextmanager
def _interruptible(thread: int, interrupted: Event) -> Iterator[None]:
    """Let the signal of Ctrl-C, which ends blocking calls, be ours where it comes from us."""
    if thread != main_thread().ident:
        yield
        return
    before = signal.getsignal(signal.SIGINT)

    def handle(number: int, frame: FrameType | None) -> None:
        if interrupted.is_set():
            raise Overdue
        if callable(before):
            before(number, frame)

    signal.signal(signal.SIGINT, handle)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
