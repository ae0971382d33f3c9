"""pytest's door: fixtures, the marker, ini options and the section of a failed test's report.

pytest loads this at every start, used or not, so it imports nothing that takes time.
"""

from __future__ import annotations

import warnings
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from .expectations.judgement import Judgement

if TYPE_CHECKING:
    from .fake import FakeConversations
    from .server.server import Server

NAME = "fake_conversations"

# The keywords of FakeConversations that a project may set, as `--help` explains them
OPTIONS = {
    "account_sid": "account sid that the fake accepts, and no other",
    "auth_token": "auth token that the fake accepts, and no other",
}

# Those that a test may set
KEYWORDS = [*OPTIONS, "accounts"]

_FAKE = pytest.StashKey["FakeConversations"]()
_PASSED = pytest.StashKey[bool]()


class FakeConversationsWarning(pytest.PytestWarning):
    """Something that a test should know of but that is no fault of its own."""


def pytest_addoption(parser: pytest.Parser) -> None:
    for option, what in OPTIONS.items():
        parser.addini(f"{NAME}_{option}", f"{NAME}: {what}", default="")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        f"{NAME}({', '.join(f'{keyword}=None' for keyword in KEYWORDS)}): "
        f"set up the fixture {NAME} for a test, like the ini options {NAME}_*",
    )
    if config.pluginmanager.hasplugin("asyncio"):
        from . import client

        config.pluginmanager.register(client)
    else:
        config.pluginmanager.register(_WithoutAsyncio())


@pytest.fixture
def fake_conversations(
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    _fake_conversations_server: Server,
) -> Iterator[FakeConversations]:
    """A working imitation of the Twilio Conversations API that records what it is asked.

    The environment has its credentials during the test.
    """
    from .fake import FakeConversations

    try:
        fake = FakeConversations(name=request.node.nodeid, **_options(request))
    except (TypeError, ValueError) as error:
        _misused(str(error))
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", fake.account_sid)
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", fake.auth_token)
    request.node.stash[_FAKE] = fake
    with fake.at(_fake_conversations_server):
        yield fake
    if request.node.stash.get(_PASSED, False):
        fake.judge()
    _warn_of_strays(_fake_conversations_server)


@pytest.fixture(scope="session")
def _fake_conversations_server() -> Iterator[Server]:
    """One server for all tests: a new one for each would cost more than most tests take."""
    from .server.server import Server

    server = Server()
    yield server
    server.stop()
    _warn_of_strays(server)


class _WithoutAsyncio:
    """Stands in for `client` where no plugin runs async fixtures."""

    @pytest.fixture
    def fake_conversations_client(self) -> None:
        """An aiohttp session for the fake; needs the extra `aiohttp`."""
        _misused(
            "fake_conversations_client needs pytest-aiohttp: "
            "pip install 'pytest-conversations-fake[aiohttp]'"
        )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    try:
        result = yield
    except BaseException:
        if fake := item.stash.get(_FAKE, None):
            item.add_report_section("call", NAME, fake.report())
        raise
    item.stash[_PASSED] = True
    return result


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    call: pytest.CallInfo[None],
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    # pytest takes an error of the teardown for the failure that a test was expected to have
    if hasattr(report, "wasxfail") and call.excinfo and call.excinfo.errisinstance(Judgement):
        report.outcome = "failed"
        del report.wasxfail
    return report


def _options(request: pytest.FixtureRequest) -> dict[str, Any]:
    """The ini options, and over them the keywords of the markers, the closest last."""
    options = {name: request.config.getini(f"{NAME}_{name}") for name in OPTIONS}
    options = {name: value for name, value in options.items() if value}
    for marker in reversed(list(request.node.iter_markers(NAME))):
        if marker.args:
            _misused(f"the marker takes keywords only, not {marker.args!r}")
        for keyword in marker.kwargs.keys() - set(KEYWORDS):
            from .expectations.misuse import unknown

            _misused(unknown("the marker has no keyword", keyword, KEYWORDS))
        options |= marker.kwargs
    return options


def _misused(what: str) -> NoReturn:
    # A traceback, and what led here, would only lead through pytest
    raise pytest.fail.Exception(f"{NAME}: {what}", pytrace=False) from None


def _warn_of_strays(server: Server) -> None:
    if server.strays:
        came, server.strays[:] = "; ".join(dict.fromkeys(server.strays)), []
        warnings.warn(f"came too late: {came}", FakeConversationsWarning, stacklevel=1)
