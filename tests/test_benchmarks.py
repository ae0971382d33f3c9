"""The benchmarks run, with tiny counts; their figures mean nothing here."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

pytestmark = pytest.mark.newest

PROJECT = Path(__file__).parents[1]


def test_every_measure_runs_and_is_charted(tmp_path: Path) -> None:
    svg = tmp_path / "ratios.svg"
    command = [sys.executable, "-m", "benchmarks", "--quick", "--svg", str(svg)]

    ran = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)

    assert (0, "") == (ran.returncode, ran.stderr)
    for measure in ("latency, kept raw socket", "engine alone", "a test, net of an empty one"):
        assert measure in ran.stdout
    assert ElementTree.parse(svg).getroot().tag.endswith("svg")
