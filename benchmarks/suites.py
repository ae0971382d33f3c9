"""Whole pytest runs: the time of a test with one call, in suites that differ in one fixture."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import dedent

from .measuring import Row, interleaved, rows

PREAMBLE = """
    import pytest
    import requests
    import responses
    from twilio.http.http_client import TwilioHttpClient
    from twilio.rest import Client
    from benchmarks.subjects import floor_server

    N = range({tests})
    AUTH = ("AC" + "0" * 32, "token")

    @pytest.fixture(scope="session")
    def floor():
        with floor_server() as url:
            yield url

    @pytest.fixture(scope="session")
    def session():
        with requests.Session() as session:
            session.auth = AUTH
            yield session

    def sdk(url):
        client = Client(*AUTH, http_client=TwilioHttpClient())
        if url:
            client.conversations.base_url = url
        return client

    @pytest.fixture(scope="session")
    def kept():
        return sdk(None)

    @pytest.fixture(scope="session")
    def kept_floor(floor):
        return sdk(floor)

    no_redirect = pytest.mark.fake_conversations(redirect=False)
"""

# The body of a test, by the name of its suite
SUITES = {
    "empty": "def test(n): pass",
    "requests: floor": (
        'def test(n, floor, session): session.post(f"{floor}/v1/Services", {"a": "b"})'
    ),
    "requests: explicit address": (
        "@no_redirect\ndef test(n, fake_conversations, session):"
        ' session.post(f"{fake_conversations.url}/v1/Services", {"FriendlyName": "a"})'
    ),
    "requests: pytest-httpserver": (
        "def test(n, httpserver, session):\n"
        '    httpserver.expect_request("/v1/Services").respond_with_json({}, status=201)\n'
        '    session.post(httpserver.url_for("/v1/Services"), {"a": "b"})'
    ),
    "requests: responses": (
        "@responses.activate\ndef test(n):\n"
        '    responses.post("https://conversations.twilio.com/v1/Services", json={}, status=201)\n'
        '    requests.post("https://conversations.twilio.com/v1/Services", {"a": "b"})'
    ),
    "kept client: floor": (
        'def test(n, kept_floor): kept_floor.conversations.v1.services.create(friendly_name="a")'
    ),
    "kept client: redirected": (
        "def test(n, fake_conversations, kept):"
        ' kept.conversations.v1.services.create(friendly_name="a")'
    ),
    "new client: explicit address": (
        "@no_redirect\ndef test(n, fake_conversations):"
        ' sdk(fake_conversations.url).conversations.v1.services.create(friendly_name="a")'
    ),
    "new client: redirected": (
        "def test(n, fake_conversations):"
        ' sdk(None).conversations.v1.services.create(friendly_name="a")'
    ),
    "fixture only": "def test(n, fake_conversations): pass",
}


# Prints the milliseconds of a test after the first one, which pays for the start of fixtures
CONFTEST = """
    from time import perf_counter

    ends = []

    def pytest_runtest_logfinish():
        ends.append(perf_counter())

    def pytest_unconfigure():
        print("ms per test:", (ends[-1] - ends[0]) / (len(ends) - 1) * 1000)
"""


def suites(tests: int, rounds: int) -> Iterator[Row]:
    """Milliseconds of a test, net of an empty test."""
    with TemporaryDirectory() as name:
        directory = Path(name)
        (directory / "conftest.py").write_text(dedent(CONFTEST))
        paths = {}
        for number, (suite, body) in enumerate(SUITES.items()):
            paths[suite] = directory / f"test_{number}.py"
            test = f'@pytest.mark.parametrize("n", N)\n{body}\n'
            paths[suite].write_text(f"{dedent(PREAMBLE).format(tests=tests)}\n{test}")
        figures = interleaved({suite: _run(path) for suite, path in paths.items()}, rounds)
    empty = figures.pop("empty")
    net = {name: value - empty for name, value in figures.items()}
    yield from _compare(net, "requests: floor", {"requests: explicit address": 1.35}, "requests:")
    yield from _compare(net, "kept client: floor", {"kept client: redirected": 1.5}, "kept client:")
    yield from _compare(
        net, "new client: explicit address", {"new client: redirected": 2.0}, "new client:"
    )
    yield from _compare(net, "requests: floor", {"fixture only": 0.15}, "fixture only")


def _compare(
    net: dict[str, float], floor: str, budgets: dict[str, float], prefix: str
) -> Iterator[Row]:
    figures = {name: value for name, value in net.items() if name.startswith(prefix)}
    yield from rows("a test, net of an empty one", figures, "ms", floor=net[floor], budgets=budgets)


def _run(path: Path) -> Callable[[], float]:
    command = [
        *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly"),
        *("-p", "no:xdist", "-c", "/dev/null", "--rootdir", str(path.parent), str(path)),
    ]

    def milliseconds_per_test() -> float:
        ran = subprocess.run(command, capture_output=True, text=True)
        if ran.returncode:
            raise RuntimeError(f"a suite of the benchmark failed:\n{ran.stdout}{ran.stderr}")
        return float(ran.stdout.rpartition("ms per test:")[2])

    return milliseconds_per_test
