"""Examples that need a pytest configuration of their own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

EXAMPLES = Path(__file__).parents[1] / "examples"


def test_django_application_passes_its_tests() -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]

    ran = subprocess.run(command, cwd=EXAMPLES / "django_desk", capture_output=True, text=True)

    assert ran.stdout.splitlines()[-1].startswith("2 passed"), ran.stdout
