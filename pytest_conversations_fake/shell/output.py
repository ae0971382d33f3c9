"""Output of the commands: text without control characters, and errors on one line."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from logging import ERROR, StreamHandler, getLogger
from typing import TextIO
from warnings import catch_warnings

PROGRAM = "conversations-fake"


class OutputError(Exception):
    """Stdout accepts no output: it is closed, full, or a pipe without a reader."""


class CommandError(Exception):
    """A command that fails, with its exit *status*."""

    def __init__(self, reason: str, status: int = 2) -> None:
        super().__init__(reason)
        self.status = status


class UsageError(CommandError):
    """A wrong option, or something that an option names and that cannot be used."""


def write(stream: TextIO | None, text: str) -> None:
    """Write a line at once. Raises `OutputError` if the stream does not take it."""
    if not stream:  # None if the shell closed it
        raise OutputError("it is closed")
    if isinstance(stream, TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")  # the encoding may be ASCII
    try:
        # print() would write the newline apart, after something of the command of `run`
        stream.write(f"{text}\n")
        stream.flush()
    except OSError as error:
        # Python flushes the stream again at exit, which would fail again
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        raise OutputError(error.strerror) from None


def print_text(text: str) -> None:
    """Print to stdout at once. Raises `OutputError` if stdout does not take it."""
    write(sys.stdout, text)


def print_error(text: str) -> None:
    """Print to stderr, if it is open and not full."""
    if sys.stderr:  # print() uses stdout for None
        with suppress(OSError):
            print(text, file=sys.stderr, flush=True)


def print_problem(reason: str) -> None:
    """Print the *reason* of a problem on one line of stderr."""
    from ..api.wording import visible

    print_error(f"{PROGRAM}: {visible(reason)}")


@contextmanager
def problems_on_stderr() -> Iterator[None]:
    """Print warnings, and errors inside the fake, to stderr.

    Without a handler, Python would print all warnings of the log, such as ignored parameters.
    """
    logger, handler = getLogger("pytest_conversations_fake"), StreamHandler()
    handler.setLevel(ERROR)
    logger.addHandler(handler)
    try:
        with catch_warnings():
            warnings.showwarning = lambda message, *others: print_problem(str(message))
            yield
    finally:
        logger.removeHandler(handler)
