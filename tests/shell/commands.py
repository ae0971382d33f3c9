"""Commands of the shell in processes of their own."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

COMMAND = (sys.executable, "-m", "pytest_conversations_fake")

Process = subprocess.Popen[str]
Ended = subprocess.CompletedProcess[str]


@contextmanager
def started(*arguments: str, program: Sequence[str] = COMMAND, **environ: str) -> Iterator[Process]:
    """A command that runs until the end of the `with` statement."""
    with subprocess.Popen(
        [*program, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environ},
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def serving(*arguments: str, **options: str) -> Iterator[Process]:
    with started("serve", "--port", "0", *arguments, **options) as process:
        yield process


def address(process: Process) -> str:
    """The URL that `serve` prints first."""
    assert process.stdout
    assert process.stderr
    first = process.stdout.readline()
    listening = re.fullmatch(r"listening on (http://127\.0\.0\.1:\d+)\n", first)
    assert listening, first or process.stderr.read()
    return listening[1]


def ran(*arguments: str, **environ: str) -> Ended:
    return subprocess.run(
        [*COMMAND, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, **environ},
    )


def shell(command: str, stdout: int = subprocess.PIPE) -> Ended:
    """Run a command in a shell, so that it can contain redirections."""
    program = f"{shlex.join(COMMAND)} {command}"
    return subprocess.run(
        program, shell=True, stdout=stdout, stderr=subprocess.PIPE, text=True, timeout=30
    )
