"""Threads for the calls of the control API, which may wait for an application."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import TypeVar

T = TypeVar("T")


async def in_thread(function: Callable[[], T]) -> T:
    """Call a function in a thread of its own.

    It is a daemon, since nothing can stop a call that waits for an application.
    """
    result: Future[T] = Future()
    result.set_running_or_notify_cancel()  # a thread cannot be cancelled

    def call() -> None:
        try:
            result.set_result(function())
        except BaseException as error:
            result.set_exception(error)

    Thread(target=call, name="fake_conversations control", daemon=True).start()
    return await asyncio.wrap_future(result)
