"""`conversations-fake serve`: a fake that runs until it is interrupted."""

from __future__ import annotations

import sys
from argparse import Namespace

from .options import SessionOptions
from .session import open_session
from .signals import hold_signals, wait_for_stop


def execute(options: Namespace) -> int:
    session_options = SessionOptions.read(options)
    hold_signals()
    with open_session(session_options, sys.stdout):
        wait_for_stop()
    return 0
