"""The signals that stop a command, and those that it passes to a child process."""

from __future__ import annotations

import signal
from contextlib import suppress
from threading import Event

STOP_SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)


def hold_signals(*others: int) -> None:
    """Block the stop signals and *others*, in this thread and in new threads.

    A handler would not do: a second signal would interrupt the shutdown.
    """
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_BLOCK, {*STOP_SIGNALS, *others})


def wait_for_stop() -> None:
    """Wait for a stop signal that is held."""
    if hasattr(signal, "sigwait"):
        signal.sigwait(STOP_SIGNALS)
    else:  # Windows
        with suppress(KeyboardInterrupt):
            Event().wait()
