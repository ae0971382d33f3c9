"""Measures everything and prints a table: `python -m benchmarks [--quick] [--svg FILE]`."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from pathlib import Path

from . import growth, latency, lifetimes, suites, webhooks
from .chart import chart
from .measuring import Row

# The measures by name, with the arguments of a full and of a quick run
MEASURES: dict[str, tuple[Callable[..., Iterable[Row]], tuple[int, ...], tuple[int, ...]]] = {
    "latency": (latency.latency, (400, 5), (3, 1)),
    "throughput": (latency.throughput, (300, 5), (2, 1)),
    "suites": (suites.suites, (300, 5), (3, 1)),
    "teardown": (lifetimes.teardown, (9,), (1,)),
    "serve": (lifetimes.serve, (7,), (1,)),
    "installed": (lifetimes.installed, (9,), (1,)),
    "scale": (growth.scale, (1_000, 100_000, 200), (10, 20, 3)),
    "memory": (growth.memory, (5_000,), (20,)),
    "explanation": (growth.explanation, (5_000,), (10,)),
    "webhooks": (webhooks.webhooks, (1_000, 5), (5, 1)),
}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="tiny counts: whether all of it runs")
    parser.add_argument("--svg", type=Path, help="write a chart of the ratios to this file")
    parser.add_argument("measures", nargs="*", metavar="MEASURE", help=", ".join(MEASURES))
    options = parser.parse_args(arguments)
    unknown = {*options.measures} - MEASURES.keys()
    if unknown:
        parser.error(f"no such measure: {', '.join(sorted(unknown))}")
    found: list[Row] = []
    for name in options.measures or MEASURES:
        measure, full, quick = MEASURES[name]
        rows = list(measure(*(quick if options.quick else full)))
        found += rows
        print(table(rows), flush=True)
    if options.svg:
        options.svg.write_text(chart(found), encoding="utf-8")


def table(rows: Iterable[Row]) -> str:
    """The rows as text, grouped by measure."""
    lines = []
    for measure, group in groupby(rows, key=lambda row: row.measure):
        lines.append(f"\n{measure}")
        for row in group:
            ratio = "" if row.ratio is None else f"x {row.ratio:.2f}"
            budget = ""
            if row.budget is not None:
                sign = "≥" if row.is_rate else "≤"
                outcome = "kept" if row.keeps_budget else "MISSED"
                budget = f"{sign} {row.budget:.2f} {outcome}"
            lines.append(f"  {row.subject:32}{row.value:12.2f} {row.unit:4}{ratio:>9}  {budget}")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
