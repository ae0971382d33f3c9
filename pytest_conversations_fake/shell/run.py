"""`conversations-fake run`: a fake for a command, whose requests to Twilio arrive at it."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from pathlib import Path
from tempfile import TemporaryDirectory

from .child import run_child
from .options import SessionOptions
from .session import open_session
from .signals import hold_signals

PREFIX = "[fake] "
"""Distinguishes the lines of the log from the output of the command."""


def execute(options: Namespace) -> int:
    """Run the command. Returns its exit status, 128 and more for a signal that ended it."""
    session_options = SessionOptions.read(options)
    hold_signals()
    with (
        TemporaryDirectory(prefix="conversations-fake-") as directory,
        open_session(session_options, sys.stderr, prefix=PREFIX) as session,
    ):
        environment = session.running.variables(Path(directory), os.environ)
        return run_child(options.command, environment)
