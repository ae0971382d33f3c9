"""Measures everything and prints a table: `python -m benchmarks [--quick] [--docs DIRECTORY]`."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from . import growth, latency, lifetimes, sessions, webhooks
from .chart import chart
from .measuring import Row
from .peers import skipped
from .report import markdown, table

Measure = Callable[..., Iterable[Row]]

# The measures by name, with the arguments of a full and of a quick run
MEASURES: dict[str, tuple[Measure, tuple[int, ...], tuple[int, ...]]] = {
    "latency": (latency.latency, (100, 15), (3, 1)),
    "throughput": (latency.throughput, (300, 7), (2, 1)),
    "suites": (sessions.suites, (150, 11, False), (3, 1, True)),
    "xdist": (sessions.xdist, (4_000, 3), (4, 1)),
    "installed": (lifetimes.installed, (25,), (1,)),
    "teardown": (lifetimes.teardown, (9,), (1,)),
    "serve": (lifetimes.serve, (9,), (1,)),
    "scale": (growth.scale, (1_000, 100_000, 50, 7), (10, 20, 3, 1)),
    "memory": (growth.memory, (5_000,), (20,)),
    "explanation": (growth.explanation, (5_000, 5), (10, 1)),
    "webhooks": (webhooks.webhooks, (1_000, 5), (5, 1)),
}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="tiny counts: whether all of it runs")
    parser.add_argument(
        "--docs", type=Path, metavar="DIRECTORY", help="write speed.svg and speed-table.md to it"
    )
    parser.add_argument("measures", nargs="*", metavar="MEASURE", help=", ".join(MEASURES))
    options = parser.parse_args(arguments)
    unknown = {*options.measures} - MEASURES.keys()
    if unknown:
        parser.error(f"no such measure: {', '.join(sorted(unknown))}")
    if options.docs and options.measures:
        parser.error("--docs needs all measures")
    for peer, reason in skipped().items():
        print(f"{peer} is not measured: {reason}")
    found: list[Row] = []
    for name in options.measures or MEASURES:
        measure, full, quick = MEASURES[name]
        rows = list(measure(*(quick if options.quick else full)))
        found += rows
        print(table(rows), flush=True)
    missed = [f"{row.measure}: {row.subject}" for row in found if row.outcome == "missed"]
    met = sum(row.outcome == "met" for row in found)
    print(f"\n{met} budgets met, {len(missed)} missed", *missed, sep="\n  ")
    if options.docs:
        (options.docs / "speed.svg").write_text(chart(found), encoding="utf-8")
        (options.docs / "speed-table.md").write_text(markdown(found), encoding="utf-8")


if __name__ == "__main__":
    main()
