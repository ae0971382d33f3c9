"""The entry point `conversations-fake`."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

from .arguments import parse
from .output import CommandError, OutputError, print_problem


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command. Returns its exit status."""
    try:
        options = parse(arguments)
        # Each command is a module, so that none waits for the imports of the others
        status: int = import_module(f"{__package__}.{options.name}").execute(options)
    except OutputError as error:
        print_problem(f"cannot write to stdout: {error}")
        return 1
    except CommandError as error:
        print_problem(str(error))
        return error.status
    return status
