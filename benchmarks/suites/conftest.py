"""Repeats a test, and prints how long it took."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from statistics import median
from time import perf_counter

import pytest

starts: dict[str, float] = {}
ends: dict[str, list[float]] = defaultdict(list)


@pytest.fixture(scope="session")
def floor() -> Iterator[str]:
    """The URL of the floor."""
    from benchmarks.floor import floor_server  # so that the first test pays for aiohttp

    with floor_server() as url:
        yield url


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    metafunc.parametrize("n", range(int(os.environ["BENCHMARK_TESTS"])))


def pytest_runtest_logstart(nodeid: str) -> None:
    starts.setdefault(nodeid.partition("[")[0], perf_counter())


def pytest_runtest_logfinish(nodeid: str) -> None:
    ends[nodeid.partition("[")[0]].append(perf_counter())


def pytest_unconfigure() -> None:
    """Print milliseconds of the first test, which pays for fixtures, and of a later one."""
    durations = {
        test: {
            "first": 1000 * (times[0] - starts[test]),
            "later": 1000 * median(end - start for start, end in pairwise(times)),
        }
        for test, times in ends.items()
    }
    print("durations:", json.dumps(durations))
