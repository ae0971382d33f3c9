"""Fixtures, marker, ini options and hooks.

pytest loads this module in every run, so it imports slow modules only when a test needs them.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, NoReturn, cast

import pytest

from ..strict.errors import FakeConversationsWarning, IgnoredParametersWarning, StrictnessError
from .options import (
    CREDENTIALS,
    GUARDS,
    KEYWORDS,
    NAME,
    OPTIONS,
    PAGES,
    fail_for_misuse,
    options_for,
)

if TYPE_CHECKING:
    from aiohttp import ClientSession

    from ..fake import FakeConversations
    from ..server.server import Server

FAKE = pytest.StashKey["FakeConversations"]()
_HAS_VIOLATION = pytest.StashKey[bool]()
_PASSED = pytest.StashKey[bool]()
_SERVER = pytest.StashKey["Server"]()
_REPAIRED = pytest.StashKey[bool]()
_STARTED = pytest.StashKey[bool]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.getgroup(NAME).addoption(
        PAGES,
        metavar="DIR",
        help=f"write an HTML page to DIR for each test with {NAME}: requests, webhooks, messages",
    )
    for option, (kind, default, text) in OPTIONS.items():
        parser.addini(f"{NAME}_{option}", f"{NAME}: {text}", kind, default)
    guards = ", ".join(f"{guard} ({text})" for guard, text in GUARDS.items())
    parser.addini(
        f"{NAME}_guard",
        f"{NAME}: when connections to Twilio's hosts are refused: {guards}",
        default="fixture",
    )


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, object, object]:
    """Start the session before pytest imports the first conftest.

    A wrapper also runs before plugins that import the settings of a project, such as pytest-django.
    """
    _start_session(early_config)
    result = yield
    _repair_patches()  # a conftest may have replaced functions that the session guard had patched
    return result


def _start_session(config: pytest.Config) -> None:
    """Set the credentials of the ini options and start the session guard, until pytest ends."""
    config.stash[_STARTED] = True
    environment = pytest.MonkeyPatch()
    config.add_cleanup(environment.undo)
    for variable, option in CREDENTIALS.items():
        if value := config.getini(f"{NAME}_{option}"):
            environment.setenv(variable, value)
    guard = config.getini(f"{NAME}_guard")
    if guard not in GUARDS:
        from ..api.did_you_mean import unknown

        raise pytest.UsageError(unknown(f"the ini option {NAME}_guard cannot be", guard, GUARDS))
    if guard == "session":
        from .session_guard import SessionGuard

        config.pluginmanager.register(SessionGuard(config))


def pytest_configure(config: pytest.Config) -> None:
    keywords = ", ".join(f"{keyword}={default!r}" for keyword, default in KEYWORDS.items())
    config.addinivalue_line(
        "markers",
        f"{NAME}({keywords}): set options of the fixture {NAME}, like the ini options {NAME}_*",
    )
    if not config.stash.get(_STARTED, False):  # a conftest has loaded this plugin
        _start_session(config)
    from .reporting import Reporting

    config.pluginmanager.register(Reporting(config))


@pytest.fixture
def fake_conversations(
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    fake_conversations_seed: Any,
    _fake_conversations_server: Server,
) -> Iterator[FakeConversations]:
    """A working imitation of the Twilio Conversations v1 API that records every request.

    During the test, requests of this process to `conversations.twilio.com` go to the fake, with any
    HTTP client, and the environment contains its credentials.
    """
    __tracebackhide__ = True  # violations have their cause in the test, not here
    from ..fake import FakeConversations
    from ..redirect import MonkeyPatchedError
    from ..strict.strictness import PYTEST_REMEDY

    options = options_for(request.node, seed=fake_conversations_seed)
    try:
        fake = FakeConversations(name=request.node.nodeid, **options)
    except (TypeError, ValueError, OSError, ModuleNotFoundError) as error:
        if callable(options["seed"]):  # the error may come from that function
            raise
        fail_for_misuse(str(error))
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
            fail_for_misuse(str(error))
        for name, value in fake._lifecycle.child_environment().items():
            monkeypatch.setenv(name, value)
        yield fake
    subtests_passed = request.session.testsfailed == failed_before
    if request.node.stash.get(_PASSED, False) and subtests_passed:
        try:
            fake._check_strict(PYTEST_REMEDY)
            for sentence in fake._ignored_parameters():
                warnings.warn(sentence, IgnoredParametersWarning, stacklevel=1)
        except (StrictnessError, IgnoredParametersWarning) as found:
            fail_for(request.node, str(found))
    _warn_of_late_requests(_fake_conversations_server)


@pytest.fixture
def fake_conversations_client(fake_conversations: FakeConversations) -> Iterator[ClientSession]:
    """An `aiohttp.ClientSession` with the address and credentials of the fake."""
    from .async_client import SessionPerLoop

    session = SessionPerLoop(fake_conversations)
    yield cast("ClientSession", session)
    session.close_all()


@pytest.fixture(scope="session")
def fake_conversations_seed(pytestconfig: pytest.Config) -> Any:
    """The initial records of each fake: the path of a seed file, or a function that takes the fake.

    Override this fixture to set it. The default is the ini option `fake_conversations_seed`; the
    `seed` of a marker takes precedence.
    """
    return pytestconfig.getini(f"{NAME}_seed") or None


@pytest.fixture(scope="session")
def _fake_conversations_server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """One server for all tests, since the start of a server takes longer than most tests.

    It imports all that a fake needs: pyfakefs removes modules that are imported while it is active,
    and a later import would create a second copy of them.
    """
    from .. import fake  # noqa: F401 - for its import, as the docstring says
    from ..redirect import server_context
    from ..server import handler  # noqa: F401 - likewise
    from ..server.server import Server

    server = request.config.stash[_SERVER] = Server(tls=server_context())
    yield server
    server.stop()
    _warn_of_late_requests(server)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    item.config.stash[_REPAIRED] = False


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(request: pytest.FixtureRequest) -> None:
    _repair_patches_once(request.config)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> None:
    _repair_patches_once(item.config)


def _repair_patches_once(config: pytest.Config) -> None:
    """Repair before the first fixture or the body of a test, after other plugins have patched."""
    if not config.stash.get(_REPAIRED, True):
        config.stash[_REPAIRED] = True
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
        _repair_patches()  # the test's own patches are undone now, which may have undone ours
        # A client may keep a connection to the fake, which the next test may not use
        if FAKE in item.stash and NAME not in getattr(nextitem, "fixturenames", ()):
            item.config.stash[_SERVER].drop_connections()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if call.when == "call":
        item.stash[_PASSED] = report.passed
    # pytest counts an error of the teardown as the failure that xfail expects
    if call.excinfo and hasattr(report, "wasxfail"):
        if not (
            item.stash.get(_HAS_VIOLATION, False) or call.excinfo.errisinstance(StrictnessError)
        ):
            return report
        report.outcome = "failed"
        del report.wasxfail
    return report


def fail_for(item: pytest.Item, message: str) -> NoReturn:
    """Fail a test whose body has passed, without a traceback."""
    item.stash[_HAS_VIOLATION] = True
    raise pytest.fail.Exception(message, pytrace=False) from None


def _warn_of_late_requests(server: Server) -> None:
    if server.late_requests:
        from ..server.server import SHARED_CLIENT

        late, server.late_requests[:] = "; ".join(dict.fromkeys(server.late_requests)), []
        message = f"refused after the end of its test: {late}; {SHARED_CLIENT}"
        warnings.warn(message, FakeConversationsWarning, stacklevel=1)
