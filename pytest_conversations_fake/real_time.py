"""The real clock, taken before any test can patch or freeze it.

The package imports this module first, so pytest does so when it loads the plugin.
"""

from __future__ import annotations

import sys
import time


class RealTime:
    """A class, because freezegun replaces clocks in modules but not in classes."""

    seconds = staticmethod(
        # Where the package is first imported under freezegun, freezegun has the original
        getattr(sys.modules.get("freezegun.api"), "real_perf_counter", time.perf_counter)
    )
    """Seconds since some moment. time-machine leaves this clock alone."""
