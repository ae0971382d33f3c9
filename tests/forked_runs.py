"""Runs of pytest in forks of a process that has imported what every run imports.

A run in a process of its own takes most of its time for these imports. The package, the plugins and
the libraries that a test uses are not among them: each run imports them itself.
"""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TextIO

import pytest
from _pytest.config import default_plugins

# Plugins are not among them: pytest rewrites the assertions of plugins when it imports them
PRELOADED = (*(f"_pytest.{plugin}" for plugin in default_plugins), "aiohttp.web", "trustme")


class ForkedRuns:
    """Starts runs of pytest, one after the other."""

    def __enter__(self) -> ForkedRuns:
        self._server = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._server.communicate()

    def runpytest(self, suite: pytest.Pytester, *options: str | Path) -> pytest.RunResult:
        """`Pytester.runpytest_subprocess` in a fork."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(suite, "popen", partial(_Run, self._server))
            return suite.runpytest_subprocess(*options)


class _Run:
    """A run in a fork, with what `Pytester.run` needs of a `Popen`."""

    stdin = None

    def __init__(
        self,
        server: subprocess.Popen[str],
        command: Sequence[str],
        *,
        stdin: object,
        stdout: TextIO,
        stderr: TextIO,
    ) -> None:
        self._server = server
        run = {
            "arguments": command[command.index("-mpytest") + 1 :],
            "directory": os.getcwd(),  # noqa: PTH109 - text, as JSON needs it
            "environ": dict(os.environ),
            "stdout": stdout.name,
            "stderr": stderr.name,
        }
        assert server.stdin
        server.stdin.write(json.dumps(run) + "\n")
        server.stdin.flush()

    def wait(self) -> int:
        assert self._server.stdout
        return int(self._server.stdout.readline())


def serve() -> int:
    """Fork for each line of the standard input, and print the exit status of the run."""
    for name in PRELOADED:
        import_module(name)
    gc.freeze()  # collections at the end of a run would look at all these objects
    for line in sys.stdin.buffer:
        if not (pid := os.fork()):
            return run(**json.loads(line))
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
    return 0


def run(
    arguments: list[str], directory: str, environ: dict[str, str], stdout: str, stderr: str
) -> int:
    """Do what `python -m pytest` does, in *directory* and *environ*."""
    os.chdir(directory)
    os.environ.clear()
    os.environ.update(environ)
    for descriptor, path, mode in (
        (0, os.devnull, os.O_RDONLY),
        (1, stdout, os.O_WRONLY),
        (2, stderr, os.O_WRONLY),
    ):
        opened = os.open(path, mode)
        os.dup2(opened, descriptor)
        os.close(opened)
    sys.argv = [pytest.__file__, *arguments]
    sys.path[:1] = [directory, *filter(None, environ.get("PYTHONPATH", "").split(os.pathsep))]
    return pytest.console_main()


if __name__ == "__main__":
    sys.exit(serve())
