"""The signals that stop a command, and those that it passes to a child process."""

from __future__ import annotations

import signal
from contextlib import suppress
from threading import Event

STOP_SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)


def hold_signals() -> None:
    """Block the stop signals and SIGCHLD, in this thread and in threads that start later.

    A handler is not enough: a second signal would interrupt the shutdown. A thread that does not
    block SIGCHLD would take it from the one that waits for it.
    """
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_BLOCK, {*STOP_SIGNALS, signal.SIGCHLD})


def wait_for_stop() -> None:
    """Wait for a stop signal that is held."""
    if hasattr(signal, "sigwait"):
        signal.sigwait(STOP_SIGNALS)
    else:  # Windows
        with suppress(KeyboardInterrupt):
            Event().wait()
