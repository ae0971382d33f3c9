"""The rows as text and as Markdown."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable
from datetime import datetime, timezone
from importlib.metadata import version
from itertools import groupby

from .measuring import Row
from .peers import skipped

PACKAGES = ("aiohttp", "pytest", "requests", "twilio")


def figure(row: Row) -> str:
    """The figure with three digits, and its unit."""
    digits = 0 if row.figure >= 100 else 1 if row.figure >= 10 else 2
    return f"{row.figure:,.{digits}f} {row.unit}"


def ratio(row: Row) -> str:
    """The ratio, if there is one."""
    return "" if row.ratio is None else f"{row.ratio:.2f} ×"


def table(rows: Iterable[Row]) -> str:
    """The rows as text, grouped by measure."""
    lines = []
    for measure, group in groupby(rows, key=lambda row: row.measure):
        lines.append(f"\n{measure}")
        for row in group:
            budget = str(row.budget or "")
            line = f"  {row.subject:42}{figure(row):>10}{ratio(row):>8}{budget:>9} {row.outcome}"
            lines.append(line.rstrip())
    return "\n".join(lines)


def markdown(rows: Iterable[Row]) -> str:
    """The rows as a table, with the versions and the processors of the run."""
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    day = datetime.now(timezone.utc).date()
    lines = [
        f"Measured on {day} with Python {platform.python_version()}, {versions}; "
        f"{os.cpu_count()} processors.",
        "",
        "| measure | subject | figure | ratio | budget | |",
        "|---|---|--:|--:|--:|---|",
    ]
    for measure, group in groupby(rows, key=lambda row: row.measure):
        for number, row in enumerate(group):
            unbroken = (
                cell.replace(" ", "&nbsp;")
                for cell in (figure(row), ratio(row), str(row.budget or ""))
            )
            outcome = "**missed**" if row.outcome == "missed" else row.outcome
            cells = ("" if number else measure, row.subject, *unbroken, outcome)
            lines.append(f"| {' | '.join(cells)} |")
    missing = [f"{peer} was not measured: {reason}." for peer, reason in skipped().items()]
    return "\n".join([*lines, *(["", *missing] if missing else []), ""])
