"""Fixtures: the engine without a socket, and suites of downstream projects."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from browsing import chromium, install_axe
from forked_runs import ForkedRuns

from pytest_conversations_fake import FakeConversations
from pytest_conversations_fake.api.engine import answer
from pytest_conversations_fake.api.journal import RecordedRequest, Request
from pytest_conversations_fake.api.refusals import Refused
from pytest_conversations_fake.api.world import World
from pytest_conversations_fake.state.account import AccountView

ORIGIN = "https://conversations.twilio.com"


class Api:
    """Sends requests to a world as the server does."""

    def __init__(self, world: World) -> None:
        self.world = world

    def get(self, target: str, **request: object) -> RecordedRequest:
        return self.ask("GET", target, **request)

    def post(self, target: str, form: object = (), **request: object) -> RecordedRequest:
        return self.ask("POST", target, urlencode(form, doseq=True).encode(), **request)

    def delete(self, target: str, **request: object) -> RecordedRequest:
        return self.ask("DELETE", target, **request)

    def ask(
        self,
        method: str,
        target: str,
        body: bytes | Refused = b"",
        headers: Mapping[str, str] | None = None,
        user: str | None = None,
        password: str | None = None,
    ) -> RecordedRequest:
        target = target.removeprefix(ORIGIN)
        account = self.world.account
        credentials = f"{user or account.sid}:{password or account.auth_token}"
        request = Request(
            method=method,
            path=urlsplit(f"//host{target}").path,
            query=urlsplit(target).query,
            headers={
                "authorization": f"Basic {b64encode(credentials.encode()).decode()}",
                "content-type": "application/x-www-form-urlencoded",
                **(headers or {}),
            },
            origin=ORIGIN,
        )
        entry = self.world.journal.open(request)
        with pytest.raises(StopIteration) as done:
            next(answer(self.world, entry, body))
        self.response = done.value.value
        self.world.journal.close(entry, self.response, duration=0)
        if self.world.errors:
            raise self.world.errors[0]
        return self.world.journal[-1]


def breaking(rule: str, *values: object, id: str | None = None) -> Any:
    """A row of a test whose request breaks *rule*, of which it has the mark and the last value."""
    return pytest.param(*values, rule, id=id, marks=pytest.mark.rule(rule))


@pytest.fixture
def fake() -> Iterator[FakeConversations]:
    with FakeConversations() as fake:
        yield fake


@pytest.fixture
def asking() -> Iterator[FakeConversations]:
    """A fake that sends pre-events for requests, too, with a conversation `talk`."""
    with FakeConversations(assume={"pre-events": "everybody"}) as fake:
        fake.conversations.add(unique_name="talk")
        yield fake


@pytest.fixture
def world() -> World:
    return World("a test")


@pytest.fixture
def api(world: World) -> Api:
    return Api(world)


@pytest.fixture
def account(world: World) -> AccountView:
    return AccountView(world, world.account)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium. Tests with it have the mark `newest`."""
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The script that finds problems of accessibility."""
    return install_axe(tmp_path_factory.mktemp("axe"))


@pytest.fixture(params=["account level", "service level"])
def root(request: pytest.FixtureRequest, account: AccountView) -> str:
    """The beginning of the paths of a level, which has a conversation `talk`."""
    service = account.default_service if "account" in request.param else account.services.add()
    account.conversations.add(chat_service_sid=service.sid, unique_name="talk")
    return "/v1" if "account" in request.param else f"/v1/Services/{service.sid}"


@pytest.fixture(scope="session")
def forked_runs() -> Iterator[ForkedRuns]:
    with ForkedRuns() as runs:
        yield runs


@pytest.fixture
def suite(
    pytester: pytest.Pytester, forked_runs: ForkedRuns, monkeypatch: pytest.MonkeyPatch
) -> pytest.Pytester:
    """A downstream project, run with warnings as errors and no credentials in the environment.

    `runpytest` forks a process that has imported pytest and aiohttp. A test whose outcome depends
    on what is imported, or when, calls `runpytest_subprocess`, which starts a process.
    """
    monkeypatch.delenv("TWILIO_ACCOUNT_SID", raising=False)
    monkeypatch.delenv("TWILIO_AUTH_TOKEN", raising=False)
    for name in ("CI", "BUILD_NUMBER"):  # pytest does not cut its summary if one is set
        monkeypatch.delenv(name, raising=False)
    pytester.makeini(configuration())
    monkeypatch.setattr(pytester, "runpytest", partial(forked_runs.runpytest, pytester))
    return pytester


# Plugins that a downstream project seldom needs here. Most of the time goes into loading them
UNUSED = (
    "anyio",
    "django",
    "faker",
    "fakefs",
    "html",
    "metadata",
    "pytest_httpserver",
    "pytest_httpx",
    "randomly",
    "requests_mock",
    "rerunfailures",
    "respx",
    "time_machine",
    "timeout",
    "xdist",
    "xdist.looponfail",
)


def configuration(*used: str) -> str:
    """The ini file of a downstream project, without the plugins of `UNUSED` that are not *used*."""
    blocked = " ".join(f"-p no:{plugin}" for plugin in UNUSED if plugin not in used)
    return f"""
        [pytest]
        addopts = {blocked} --strict-markers --strict-config
        filterwarnings = error
        asyncio_default_fixture_loop_scope = function
        """
