"""Examples that need a pytest configuration of their own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.newest

EXAMPLES = Path(__file__).parents[1] / "examples"


def test_django_application_passes_its_tests() -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]

    ran = subprocess.run(command, cwd=EXAMPLES / "django_desk", capture_output=True, text=True)

    assert ran.stdout.splitlines()[-1].startswith("2 passed"), ran.stdout


def test_failure_in_the_tutorial_is_as_printed(tmp_path: Path) -> None:
    for path in (EXAMPLES / "tutorial").glob("*.py"):
        (tmp_path / path.name).write_text(path.read_text())
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "wrong_expectation.py"]
    environment = {**os.environ, "COLUMNS": "80", "PYTEST_ADDOPTS": ""}

    ran = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)

    tutorial = (EXAMPLES.parent / "docs" / "tutorial.md").read_text()
    printed = re.findall(r"^```text\n(.*?)^```$", tutorial, re.DOTALL | re.MULTILINE)
    assert len(printed) == 2
    assert [] == [block for block in printed if block not in ran.stdout], ran.stdout
