"""The child process of `run`: its start, the signals for it, and its exit status."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial

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

    The caller has called `hold_signals`. In the foreground of a terminal the child stays in this
    process group, so that it can read and gets Ctrl-C. Elsewhere it has a group of its own: signals
    go to the whole group, for example to both processes of a server with `--reload`, and the
    remaining processes of the group are stopped at the end. Raises `CommandError` for a command
    that cannot be started.
    """
    if sys.platform == "win32":
        return _run_on_windows(command, environ)
    held = (*STOP_SIGNALS, signal.SIGCHLD)
    # A signal that is ignored, as this one by default, may not be kept for `sigwait`
    signal.signal(signal.SIGCHLD, lambda *_: None)
    mask = {*signal.pthread_sigmask(signal.SIG_BLOCK, held)} - {*held}
    has_group = not _is_in_foreground()
    process = _spawn(command, environ, mask, has_group=has_group)
    send = os.killpg if has_group else os.kill
    while True:
        number, is_for_all = _next_signal(held)
        if number in STOP_SIGNALS and (has_group or not is_for_all):
            send(process, number)
        elif number == signal.SIGCHLD:
            ended, status = os.waitpid(process, os.WNOHANG)
            if ended:
                break
    if has_group:
        with suppress(ProcessLookupError, PermissionError):  # macOS has the second for none left
            os.killpg(process, signal.SIGTERM)
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else SIGNAL_STATUS - code


def _spawn(
    command: Sequence[str], environ: Mapping[str, str], mask: set[int], *, has_group: bool
) -> int:
    """Start a command with the signal *mask*, perhaps in a process group of its own."""
    spawn = partial(os.posix_spawnp, setpgroup=0) if has_group else os.posix_spawnp
    ignored_by_python = [signal.SIGPIPE, signal.SIGXFSZ]
    try:
        return spawn(command[0], [*command], environ, setsigmask=mask, setsigdef=ignored_by_python)
    except FileNotFoundError:
        raise CommandError(f"{command[0]}: command not found", NOT_FOUND) from None
    except OSError as error:
        raise CommandError(f"{command[0]}: {error.strerror}", NOT_EXECUTABLE) from None


def _next_signal(held: Sequence[int]) -> tuple[int, bool]:
    """Wait for a signal. Returns it, and whether all processes in the foreground get it."""
    if hasattr(signal, "sigwaitinfo"):
        info = signal.sigwaitinfo(held)
        return info.si_signo, info.si_code == FROM_THE_KERNEL
    number = signal.sigwait(held)  # macOS, which does not say where a signal comes from
    return number, number == signal.SIGINT


def _is_in_foreground() -> bool:
    """Whether Ctrl-C in the terminal of stdin interrupts this process and its child."""
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
