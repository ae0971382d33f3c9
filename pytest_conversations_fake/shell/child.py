"""The child process of `run`: its start, the signals for it, and its exit status."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress

from .output import CommandError
from .signals import STOP_SIGNALS

NOT_FOUND, NOT_EXECUTABLE = 127, 126
"""The exit statuses of a POSIX shell for a command that cannot be started."""

SIGNAL_STATUS = 128
"""A POSIX shell adds this to the number of the signal that ended a command."""

FROM_THE_KERNEL = 0x80
"""`si_code` of a signal of the terminal, which all processes in the foreground get. From Linux."""


def run_child(command: Sequence[str], environ: Mapping[str, str]) -> int:
    """Run a command to its end. Returns its exit status.

    The caller holds the stop signals; the child gets them. Raises `CommandError` for a command that
    cannot be started.
    """
    if sys.platform == "win32":
        return _run_on_windows(command, environ)
    held = (*STOP_SIGNALS, signal.SIGCHLD)
    # A signal that is ignored, as this one by default, may not be kept for `sigwait`
    signal.signal(signal.SIGCHLD, lambda *_: None)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, held)
    process = _spawn(command, environ, before - {*held})
    while True:
        number = _next_signal(held)
        if number in STOP_SIGNALS:
            os.kill(process, number)
        elif number == signal.SIGCHLD:
            ended, status = os.waitpid(process, os.WNOHANG)
            if ended:
                code = os.waitstatus_to_exitcode(status)
                return code if code >= 0 else SIGNAL_STATUS - code


def _spawn(command: Sequence[str], environ: Mapping[str, str], mask: set[int]) -> int:
    """Start a command with the signal *mask*, in the same process group as this process."""
    program = command[0]
    ignored_by_python = [signal.SIGPIPE, signal.SIGXFSZ]
    try:
        return os.posix_spawnp(
            program, [*command], environ, setsigmask=mask, setsigdef=ignored_by_python
        )
    except FileNotFoundError:
        raise CommandError(f"{program}: command not found", NOT_FOUND) from None
    except OSError as error:
        raise CommandError(f"{program}: {error.strerror}", NOT_EXECUTABLE) from None


def _next_signal(held: Sequence[int]) -> int:
    """Wait for a signal. Returns 0 for one of the terminal, which the child also gets."""
    if hasattr(signal, "sigwaitinfo"):
        info = signal.sigwaitinfo(held)
        number, is_for_all = info.si_signo, info.si_code == FROM_THE_KERNEL
    else:  # macOS, which does not say where a signal comes from
        number = signal.sigwait(held)
        is_for_all = number == signal.SIGINT and _is_in_foreground()
    return 0 if is_for_all and number in STOP_SIGNALS else number


def _is_in_foreground() -> bool:
    """Whether Ctrl-C in the terminal of stdin goes to this process and its child."""
    try:
        return os.tcgetpgrp(0) == os.getpgrp()
    except OSError:
        return False


def _run_on_windows(command: Sequence[str], environ: Mapping[str, str]) -> int:
    try:
        process = subprocess.Popen(command, env=environ)
    except FileNotFoundError:
        raise CommandError(f"{command[0]}: command not found", NOT_FOUND) from None
    except OSError as error:
        raise CommandError(f"{command[0]}: {error.strerror}", NOT_EXECUTABLE) from None
    while True:
        with suppress(KeyboardInterrupt):  # the console sends Ctrl-C to the child, too
            return process.wait()
