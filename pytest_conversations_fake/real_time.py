"""The real clock, captured before any test can patch or freeze it.

The package imports this module first, and pytest imports the package when it loads the plugin.
"""

from __future__ import annotations

import sys
import time


class RealTime:
    """Holds the clock in a class, since freezegun patches modules but not classes."""

    seconds = staticmethod(
        # If the first import happens under freezegun, freezegun has the original
        getattr(sys.modules.get("freezegun.api"), "real_perf_counter", time.perf_counter)
    )
    """Seconds since an arbitrary moment. time-machine does not change this clock."""
