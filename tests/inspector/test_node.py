"""A round trip through the control API, with nothing but Node.js."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from shutil import copytree

import pytest
from programs import needs

from pytest_conversations_fake import FakeConversations

PACKAGE = "pytest_conversations_fake"
EXAMPLE = Path(__file__).parents[2] / "examples" / "node"
ROUND_TRIP = Path(__file__).with_name("round_trip.mjs")

pytestmark = [pytest.mark.newest, needs("node")]


def test_round_trip_of_node(served: FakeConversations) -> None:
    ran = subprocess.run(
        ["node", ROUND_TRIP, served.url, served.account_sid, served.auth_token],
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert ("done\n", 0) == (ran.stdout, ran.returncode), ran.stderr


def test_example_of_node_passes_and_fails_when_its_code_is_broken(tmp_path: Path) -> None:
    copy = copytree(EXAMPLE, tmp_path / "node")

    passed = run_tests(copy)
    code = copy / "desk.mjs"
    code.write_text(code.read_text().replace("How can we help?", "Go away"))
    failed = run_tests(copy)

    assert (0, True) == (passed.returncode, "# pass 4\n" in passed.stdout), passed.stdout
    assert (1, True) == (failed.returncode, "# fail 1\n" in failed.stdout), failed.stdout


def run_tests(directory: Path) -> subprocess.CompletedProcess[str]:
    """Run the tests of a project of Node.js as its author does."""
    return subprocess.run(
        [sys.executable, "-m", PACKAGE, "run", "--port", "0", "--", "node", "--test"],
        cwd=directory,
        capture_output=True,
        text=True,
        timeout=60,
    )
