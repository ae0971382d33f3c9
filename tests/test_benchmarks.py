"""The benchmarks run, with tiny counts; their figures mean nothing here."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

pytestmark = pytest.mark.newest

PROJECT = Path(__file__).parents[1]

BUDGETS = [
    ("latency, kept raw socket", "create a service", "≤ 2 ×"),
    ("latency, kept raw socket", "create a conversation", "≤ 1.6 ×"),
    ("latency, kept raw socket", "fetch", "≤ 1.5 ×"),
    ("engine alone", "create a conversation", "≤ 0.4 ×"),
    ("engine alone", "create a message", "≤ 0.4 ×"),
    ("engine alone", "fetch", "≤ 0.25 ×"),
    ("engine alone", "page of 50 messages", "≤ 3 ×"),
    ("throughput, 8 connections", "create a conversation", "≥ 0.35 ×"),
    ("throughput, beside peers", "create a conversation, to the best peer", "≥ 1 ×"),
    ("first test of a session", "explicit address, over the floor", "≤ 15 ms"),
    ("a test with one call, requests", "explicit address", "≤ 1.35 ×"),
    ("a test with one call, kept SDK client", "explicit address", "≤ 1.35 ×"),
    ("a test with one call, kept SDK client", "redirected", "≤ 1.5 ×"),
    ("a test with one call, new SDK client", "redirected", "≤ 2 ×"),
    ("a test without a call", "fixture", "≤ 0.15 ×"),
    ("a test without a call", "redirect=False, to redirection", "≤ 1.05 ×"),
    ("speed-up by xdist -n 2, 4,000 tests", "redirected", "≥ 0.95 ×"),
    ("installed, fixture unused, CPU", "added by the plugin", "≤ 5 ms"),
    ("last teardown", "keep-alive connections open", "≤ 2 ms"),
    ("last teardown", "slow handler abandoned", "≤ 5 ms"),
    ("program to first answer", "serve", "≤ 1.15 ×"),
    ("1,000 to 100,000 records", "create", "≤ 1.5 ×"),
    ("1,000 to 100,000 records", "fetch", "≤ 1.5 ×"),
    ("1,000 to 100,000 records", "last page of 50", "≤ 1.5 ×"),
    ("1,000 to 100,000 records", "message", "≤ 1.5 ×"),
    ("memory", "message and its request", "≤ 3 KB"),
    ("explain a failure", "among 5,000 requests", "≤ 0.1 s"),
    ("messages with webhooks", "a delivery each", "≥ 0.5 ×"),
]
"""The measure, subject and limit of each budget, as a full run names them."""


def rows_with_budget(table: Path) -> Iterator[tuple[str, str, str]]:
    measure = ""
    for line in table.read_text().replace("&nbsp;", " ").splitlines():
        if line.startswith("|"):
            name, subject, _, _, budget, _ = (cell.strip() for cell in line[1:-1].split("|"))
            measure = name or measure
            if budget.startswith(("≤", "≥")):
                yield measure, subject, budget


def test_every_measure_runs_and_is_written_for_the_docs(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "benchmarks", "--quick", "--docs", str(tmp_path)]

    ran = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)

    assert (0, "") == (ran.returncode, ran.stderr)
    measured = rows_with_budget(tmp_path / "speed-table.md")
    assert [budget for *_, budget in BUDGETS] == [budget for *_, budget in measured]
    assert ElementTree.parse(tmp_path / "speed.svg").getroot().tag.endswith("svg")


def test_page_of_the_docs_has_each_budget() -> None:
    assert BUDGETS == [*rows_with_budget(PROJECT / "docs" / "explanation" / "speed-table.md")]
