"""`conversations-fake env`: the variables that lead the programs of a shell to a running fake."""

from __future__ import annotations

import os
import shlex
from argparse import Namespace
from collections.abc import Callable, Mapping

from .output import UsageError, print_text
from .runtime import find_running


def _fish(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _powershell(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


# The line that sets a variable, by shell
SYNTAX: Mapping[str, Callable[[str, str], str]] = {
    "sh": lambda name, value: f"export {name}={shlex.quote(value)}",
    "fish": lambda name, value: f"set -gx {name} {_fish(value)}",
    "powershell": lambda name, value: f"$env:{name} = {_powershell(value)}",
}


FAILING: Mapping[str, str] = {"sh": "false", "fish": "false", "powershell": "throw"}
"""The command that fails in each shell if no fake runs. Without it, the application in
`eval "$(…)" && flask run` would start, and reach the real Twilio."""


def execute(options: Namespace) -> int:
    try:
        running, directory = find_running(options.port)
    except UsageError:
        print_text(FAILING[options.shell])
        raise
    files = directory / "env"
    files.mkdir(mode=0o700, exist_ok=True)
    variables = running.variables(files, os.environ)
    print_text(
        "\n".join(
            SYNTAX[options.shell](name, value)
            for name, value in variables.items()
            if os.environ.get(name) != value
        )
    )
    return 0
