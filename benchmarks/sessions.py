"""Whole runs of pytest: the time of a test, in suites that differ in one fixture."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from .measuring import FLOOR, NOISE, Budget, Row, differences, interleaved, rows
from .peers import skipped
from .processes import OLD_AIOHTTP, environment

DIRECTORY = Path(__file__).parent / "suites"
FAKE = "pytest_conversations_fake.pytest_plugin.plugin"
ASYNCIO = "pytest_asyncio.plugin"
XDIST = ("xdist.plugin", "xdist.looponfail")


@dataclass(frozen=True)
class Suite:
    """One test, often repeated, in a run with no other plugins than its own."""

    test: str
    plugins: tuple[str, ...] = ()
    old_aiohttp: bool = False
    """Whether it runs with an aiohttp that aioresponses supports, if there is one."""


@dataclass(frozen=True)
class Durations:
    """Milliseconds of the first test and of a later one; seconds of the whole run."""

    first: float
    later: float
    run: float


EMPTY = Suite("without_call.py::test_empty")
EMPTY_ASYNC = Suite("with_aiohttp.py::test_empty", (ASYNCIO,), old_aiohttp=True)
FIXTURE = Suite("without_call.py::test_fixture", (FAKE,))
NOT_REDIRECTED = Suite("without_call.py::test_fixture_without_redirection", (FAKE,))

# The suites by client and subject
SUITES = {
    "a test with one call, requests": {
        FLOOR: Suite("with_requests.py::test_floor"),
        "explicit address": Suite("with_requests.py::test_explicit", (FAKE,)),
        "redirected": Suite("with_requests.py::test_redirected", (FAKE,)),
        "pytest-httpserver": Suite(
            "with_requests.py::test_httpserver", ("pytest_httpserver.pytest_plugin",)
        ),
        "responses": Suite("with_requests.py::test_responses"),
    },
    "a test with one call, kept SDK client": {
        FLOOR: Suite("with_sdk.py::test_floor"),
        "explicit address": Suite("with_sdk.py::test_explicit", (FAKE,)),
        "redirected": Suite("with_sdk.py::test_redirected", (FAKE,)),
        "responses": Suite("with_sdk.py::test_responses"),
    },
    "a test with one call, new SDK client": {
        "explicit address": Suite("with_sdk.py::test_explicit_new_client", (FAKE,)),
        "redirected": Suite("with_sdk.py::test_redirected_new_client", (FAKE,)),
    },
    "a test with one call, httpx": {
        FLOOR: Suite("with_httpx.py::test_floor"),
        "redirected": Suite("with_httpx.py::test_redirected", (FAKE,)),
        "respx": Suite("with_httpx.py::test_respx"),
        "pytest-httpx": Suite("with_httpx.py::test_pytest_httpx", ("pytest_httpx",)),
    },
    "a test with one call, aiohttp": {
        FLOOR: Suite("with_aiohttp.py::test_floor", (ASYNCIO,), old_aiohttp=True),
        "redirected": Suite("with_aiohttp.py::test_redirected", (ASYNCIO, FAKE), old_aiohttp=True),
        "aioresponses": Suite("with_aiohttp.py::test_aioresponses", (ASYNCIO,), old_aiohttp=True),
    },
}
REQUESTS, KEPT, NEW, HTTPX, AIOHTTP = SUITES

BUDGETS = {
    REQUESTS: {"explicit address": Budget(1.35)},
    KEPT: {"explicit address": Budget(1.35), "redirected": Budget(1.5)},
    NEW: {"redirected": Budget(2)},
}


FIRST, NO_CALL = "first test of a session", "a test without a call"


def suites(tests: int, rounds: int, trial: bool) -> Iterator[Row]:
    """Milliseconds of a test, net of an empty one. A *trial* needs one process for all suites."""
    names = {suite: name for group in SUITES.values() for name, suite in group.items()}
    measured = [suite for suite, name in names.items() if name not in skipped()]
    measured += [EMPTY, EMPTY_ASYNC, FIXTURE, NOT_REDIRECTED]
    if trial:
        samples = {suite: [durations] for suite, durations in run(measured, tests).items()}
    else:
        samples = interleaved({suite: _durations_of(suite, tests) for suite in measured}, rounds)
    first = {suite: [each.first for each in durations] for suite, durations in samples.items()}
    later = {suite: [each.later for each in durations] for suite, durations in samples.items()}
    net = {
        suite: differences(figures, later[EMPTY_ASYNC if ASYNCIO in suite.plugins else EMPTY])
        for suite, figures in later.items()
    }
    yield from _first(first)
    for measure, group in SUITES.items():
        figures = {name: net[suite] for name, suite in group.items() if suite in net}
        base = next(iter(figures.values()))
        yield from rows(measure, figures, "ms", base=base, budgets=BUDGETS.get(measure))
    yield from _without_call(net)


def _first(first: dict[Suite, list[float]]) -> Iterator[Row]:
    """The cost of the first test: imports, the start of the server, and the certificate."""
    group = SUITES[REQUESTS]
    base = first[group[FLOOR]]
    samples = {
        "floor": differences(base, first[EMPTY]),
        "explicit address, over the floor": differences(first[group["explicit address"]], base),
        "redirected, over the floor": differences(first[group["redirected"]], base),
    }
    budgets = {"explicit address, over the floor": Budget(15, "ms")}
    yield from rows(FIRST, samples, "ms", budgets=budgets)


def _without_call(net: dict[Suite, list[float]]) -> Iterator[Row]:
    """A fake's construction, start and end; the ratio is to a test with one call to the floor."""
    floor = net[SUITES[REQUESTS][FLOOR]]
    fixture = {"fixture": net[FIXTURE]}
    yield from rows(NO_CALL, fixture, "ms", base=floor, budgets={"fixture": Budget(0.15)})
    plain = {"redirect=False, to redirection": net[NOT_REDIRECTED]}
    budgets = dict.fromkeys(plain, Budget(1 + NOISE))
    yield from rows(NO_CALL, plain, "ms", base=net[FIXTURE], budgets=budgets)


def xdist(tests: int, rounds: int) -> Iterator[Row]:
    """The speed-up by a second process."""
    subjects = {FLOOR: SUITES[KEPT][FLOOR], "redirected": SUITES[KEPT]["redirected"]}
    runs = {
        (name, processes): _durations_of(suite, tests, processes)
        for name, suite in subjects.items()
        for processes in (0, 2)
    }
    samples = interleaved(runs, rounds)
    gains = {
        name: [one.run / two.run for one, two in zip(samples[name, 0], samples[name, 2])]
        for name in subjects
    }
    yield from rows(
        f"speed-up by xdist -n 2, {tests:,} tests",
        gains,
        "×",
        base=gains[FLOOR],
        budgets={"redirected": Budget(1 - NOISE, at_least=True)},
    )


def _durations_of(suite: Suite, tests: int, processes: int = 0) -> Callable[[], Durations]:
    return lambda: run([suite], tests, processes=processes)[suite]


def run(suites: Sequence[Suite], tests: int, *, processes: int = 0) -> dict[Suite, Durations]:
    """Repeat the test of each suite in a new process of pytest, or in that many of xdist."""
    plugins = dict.fromkeys(plugin for suite in suites for plugin in suite.plugins)
    options = ["-q", "-c", "/dev/null", f"--rootdir={DIRECTORY}", "-pno:cacheprovider"]
    if processes:
        plugins |= dict.fromkeys(XDIST)
        options += ["-n", str(processes)]
    options += [f"-p{plugin}" for plugin in plugins]
    variables = environment(
        *(OLD_AIOHTTP for suite in suites if suite.old_aiohttp),
        BENCHMARK_TESTS=str(tests),
        PYTEST_DISABLE_PLUGIN_AUTOLOAD="1",
    )
    command = [sys.executable, "-m", "pytest", *options, *(suite.test for suite in suites)]
    began = perf_counter()
    ran = subprocess.run(command, cwd=DIRECTORY, capture_output=True, text=True, env=variables)
    seconds = perf_counter() - began
    if ran.returncode:
        raise RuntimeError(f"a suite of the benchmark failed:\n{ran.stdout}{ran.stderr}")
    durations = json.loads(ran.stdout.rpartition("durations:")[2])
    return {suite: Durations(**durations[suite.test], run=seconds) for suite in suites}
