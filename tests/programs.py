"""Programs that are not Python's, which some tests need. `.ci/run` installs them."""

from __future__ import annotations

import os
from shutil import which

import pytest


def needs(*programs: str) -> pytest.MarkDecorator:
    """Skip a test where a program is missing, but not in CI: a gap in `.ci/run` must be seen."""
    missing = [program for program in programs if not which(program)]
    return pytest.mark.skipif(
        bool(missing) and not os.environ.get("CI"), reason=f"needs {' and '.join(missing)}"
    )
