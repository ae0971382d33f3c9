"""pytest's door: fixtures, the marker and ini options.

pytest loads this at every start, used or not, so it imports nothing that takes time.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Literal, NoReturn

import pytest

from ..strict.errors import (
    VIOLATION_KINDS,
    FakeConversationsWarning,
    IgnoredParametersWarning,
    StrictnessError,
)

if TYPE_CHECKING:
    from ..fake import FakeConversations
    from ..server.server import Server

NAME = "fake_conversations"
PAGES = "--fake-conversations-report"

# The keywords of FakeConversations that a project may set, with the type of the ini
# option and the default, as `--help` explains them
OPTIONS: dict[str, tuple[Literal["string", "bool", "args"], Any, str]] = {
    "account_sid": ("string", None, "account sid that the fake accepts, and no other"),
    "auth_token": ("string", None, "auth token that the fake accepts, and no other"),
    "redirect": ("bool", True, "whether calls to Twilio's own host land in the fake"),
    "allow_hosts": ("args", (), "other hosts of Twilio that may be contacted, * for anything"),
    "assume": (
        "args",
        {},
        "what to assume of Twilio: question=answer, see conversations-fake rules",
    ),
    "owned": ("args", (), "addresses and sids that are the only ones of the account"),
    "tolerate": ("args", (), f"what tests may pass with: {', '.join(VIOLATION_KINDS)}"),
    "seed": ("string", None, "what is there from the start: a file, from where the ini file is"),
}

# Values of the ini option for the guard
GUARDS = {
    "fixture": "while the fixture is active",
    "session": "from the start to the end of pytest, imports and collection included",
    "off": "never",
}

# Those that a test may set, with their defaults
KEYWORDS = {option: default for option, (_, default, _) in OPTIONS.items()} | {"accounts": None}

FAKE = pytest.StashKey["FakeConversations"]()
_JUDGED = pytest.StashKey[bool]()
_PASSED = pytest.StashKey[bool]()
_SERVER = pytest.StashKey["Server"]()
_MENDED = pytest.StashKey[bool]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.getgroup(NAME).addoption(
        PAGES,
        metavar="DIR",
        help=f"write a page of HTML to DIR for each test with {NAME}: what was asked and said",
    )
    for option, (kind, default, what) in OPTIONS.items():
        parser.addini(f"{NAME}_{option}", f"{NAME}: {what}", kind, default)
    when = ", ".join(f"{guard} ({what})" for guard, what in GUARDS.items())
    parser.addini(
        f"{NAME}_guard", f"{NAME}: when Twilio's hosts are refused: {when}", default="fixture"
    )


def pytest_configure(config: pytest.Config) -> None:
    keywords = ", ".join(f"{keyword}={default!r}" for keyword, default in KEYWORDS.items())
    config.addinivalue_line(
        "markers",
        f"{NAME}({keywords}): set up the fixture {NAME} for a test, like the ini options {NAME}_*",
    )
    guard = config.getini(f"{NAME}_guard")
    if guard not in GUARDS:
        from ..api.did_you_mean import unknown

        raise pytest.UsageError(unknown(f"the ini option {NAME}_guard can not be", guard, GUARDS))
    if guard == "session":
        from .session_guard import SessionGuard

        config.pluginmanager.register(SessionGuard(config))
    from .reporting import Reporting

    config.pluginmanager.register(Reporting(config))
    if config.pluginmanager.hasplugin("asyncio"):
        from . import async_client

        config.pluginmanager.register(async_client)
    else:
        config.pluginmanager.register(_WithoutAsyncio())


@pytest.fixture
def fake_conversations(
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    fake_conversations_seed: Any,
    _fake_conversations_server: Server,
) -> Iterator[FakeConversations]:
    """A working imitation of the Twilio Conversations API that records what it is asked.

    Calls of this process to `conversations.twilio.com` land in it, whatever client makes them. The
    environment has its credentials during the test.
    """
    __tracebackhide__ = True  # what it finds wrong at the end is nowhere in here
    from ..fake import FakeConversations
    from ..redirect import MonkeyPatchedError

    options = options_for(request.node, seed=fake_conversations_seed)
    try:
        fake = FakeConversations(name=request.node.nodeid, **options)
    except (TypeError, ValueError, OSError, ModuleNotFoundError) as error:
        if callable(options["seed"]):  # whose own mistake it may be
            raise
        _misused(str(error))
    for name, value in fake._lifecycle.environment().items():
        monkeypatch.setenv(name, value)
    verbosity = request.config.get_verbosity(pytest.Config.VERBOSITY_ASSERTIONS)
    fake._cuts_texts = verbosity < 1
    request.node.stash[FAKE] = fake
    failed_before = request.session.testsfailed
    with ExitStack() as running:
        try:
            running.enter_context(fake._lifecycle.serve_on(_fake_conversations_server))
        except MonkeyPatchedError as error:
            _misused(str(error))
        yield fake
    subtests_passed = request.session.testsfailed == failed_before
    if request.node.stash.get(_PASSED, False) and subtests_passed:
        try:
            fake._check_strict()
            for sentence in fake._ignored_parameters():
                warnings.warn(sentence, IgnoredParametersWarning, stacklevel=1)
        except (StrictnessError, IgnoredParametersWarning) as found:
            fail_for(request.node, str(found))
    _warn_of_strays(_fake_conversations_server)


@pytest.fixture(scope="session")
def fake_conversations_seed(pytestconfig: pytest.Config) -> Any:
    """What every test's fake begins with, to be overridden: the path of a file, or a function.

    It is what the ini option `fake_conversations_seed` says, unless a marker has a seed.
    """
    return pytestconfig.getini(f"{NAME}_seed") or None


@pytest.fixture(scope="session")
def _fake_conversations_server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """One server for all tests: a new one for each would cost more than most tests take.

    Everything it takes is imported here: pyfakefs removes what is imported while it is active, and
    a later import would make another copy of it.
    """
    from .. import fake  # noqa: F401
    from ..redirect import server_context
    from ..server import handler  # noqa: F401
    from ..server.server import Server

    server = request.config.stash[_SERVER] = Server(tls=server_context())
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


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    item.config.stash[_MENDED] = False


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(request: pytest.FixtureRequest) -> None:
    _mend_hooks_once(request.config)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> None:
    _mend_hooks_once(item.config)


def _mend_hooks_once(config: pytest.Config) -> None:
    """Before a test's first fixture, or its body: plugins have set up theirs, the test has not."""
    if not config.stash.get(_MENDED, True):
        config.stash[_MENDED] = True
        _repair_patches()


def _repair_patches() -> None:
    if redirect := sys.modules.get("pytest_conversations_fake.redirect"):
        redirect.repair_patches()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(
    item: pytest.Item, nextitem: pytest.Item | None
) -> Generator[None, None, None]:
    __tracebackhide__ = True
    try:
        return (yield)
    finally:
        _repair_patches()  # what the test replaced is put back by now, our hooks perhaps included
        # What a client keeps leads to the fake, which the next test need not want
        if FAKE in item.stash and NAME not in getattr(nextitem, "fixturenames", ()):
            item.config.stash[_SERVER].drop_connections()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if call.when == "call":
        item.stash[_PASSED] = report.passed
    # pytest takes an error of the teardown for the failure that a test was expected to have
    if call.excinfo and hasattr(report, "wasxfail"):
        if not (item.stash.get(_JUDGED, False) or call.excinfo.errisinstance(StrictnessError)):
            return report
        report.outcome = "failed"
        del report.wasxfail
    return report


def options_for(node: pytest.Item, **fixtures: Any) -> dict[str, Any]:
    """The ini options, over them what *fixtures* say and the markers, the closest last."""
    options = {name: node.config.getini(f"{NAME}_{name}") for name in OPTIONS}
    options = {name: value for name, value in options.items() if value != ""} | fixtures
    if options["assume"]:
        from ..api.assumptions import read_answers

        options["assume"] = read_answers(options["assume"])
    for marker in reversed(list(node.iter_markers(NAME))):
        if marker.args:
            _misused(f"the marker takes keywords only, not {marker.args!r}")
        for keyword in marker.kwargs.keys() - KEYWORDS.keys():
            from ..api.did_you_mean import unknown

            _misused(unknown("the marker has no keyword", keyword, KEYWORDS))
        options |= marker.kwargs
    if node.config.getini(f"{NAME}_guard") == "off":
        options["allow_hosts"] = ["*"]
    if isinstance(options.get("seed"), (str, os.PathLike)):  # tests are run from anywhere
        inipath, rootpath = node.config.inipath, node.config.rootpath
        options["seed"] = (inipath.parent if inipath else rootpath) / options["seed"]
    return options


def fail_for(item: pytest.Item, what: str) -> NoReturn:
    """Fail a test although its body has passed; nothing in a traceback would say why."""
    item.stash[_JUDGED] = True
    raise pytest.fail.Exception(what, pytrace=False) from None


def _misused(what: str) -> NoReturn:
    from ..api.wording import visible

    # A traceback, and what led here, would only lead through pytest
    raise pytest.fail.Exception(f"{NAME}: {visible(what)}", pytrace=False) from None


def _warn_of_strays(server: Server) -> None:
    if server.late_requests:
        came, server.late_requests[:] = "; ".join(dict.fromkeys(server.late_requests)), []
        remedy = "clients that tests share need TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN of yours"
        warnings.warn(f"came too late: {came}; {remedy}", FakeConversationsWarning, stacklevel=1)
