"""Unmodified code and the whole fake, with a real Twilio that would answer."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
import subprocess
import sys
import warnings
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPSConnection
from pathlib import Path
from threading import active_count

import aiohttp
import httpx
import pytest
import requests
from programs import needs
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.rest import Client

from pytest_conversations_fake import FakeConversations
from pytest_conversations_fake.redirect import HostRefused, certificates
from pytest_conversations_fake.server.server import Server

from .sites import Site
from .test_clients import in_loop

AUTH = ("user", "password")
HOST = "https://conversations.twilio.com"
URL = f"{HOST}/v1/Services"
BASIC = {"Authorization": requests.auth._basic_auth_str(*AUTH)}
BEFORE = Client("AC" + "b" * 32, "token")
REFUSED = (
    "fake_conversations refused api.twilio.com in FakeConversations, as it belongs to the real "
    "Twilio. To allow it, name it in allow_hosts= (FakeConversations or the marker "
    "fake_conversations) or in the ini option fake_conversations_allow_hosts. To mock it beside "
    "the fake, see 'Other mocks in the same test' (docs/how-to/other-mocks.md of "
    "pytest-conversations-fake)"
)


@pytest.fixture
def fake(real: Site) -> Iterator[FakeConversations]:
    with FakeConversations() as fake:
        yield fake
    assert real.requests == []


def open_desk(**options: str) -> str:
    """The code under test, which uses twilio-python only."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # that an edge should have a region
        client = Client(**options)
    url: str = client.conversations.v1.services.create(friendly_name="Support").url
    return url


# Clients that reach the fake


@pytest.mark.parametrize(
    ("options", "host"),
    [
        ({}, "conversations.twilio.com"),
        ({"region": "ie1"}, "conversations.ie1.twilio.com"),
        ({"edge": "dublin"}, "conversations.dublin.us1.twilio.com"),
        ({"region": "ie1", "edge": "dublin"}, "conversations.dublin.ie1.twilio.com"),
    ],
)
@pytest.mark.parametrize("where", ["arguments", "environment"])
def test_unmodified_client_reaches_the_fake_and_urls_have_its_host(
    fake: FakeConversations,
    monkeypatch: pytest.MonkeyPatch,
    where: str,
    options: dict[str, str],
    host: str,
) -> None:
    environment = {f"TWILIO_{name.upper()}": value for name, value in options.items()}
    if where == "environment":
        for name, value in environment.items():
            monkeypatch.setenv(name, value)

    url = open_desk(**options if where == "arguments" else {})

    desk = fake.services.one(friendly_name="Support")
    assert url == f"https://{host}/v1/Services/{desk.sid}"
    assert fake.services.assert_created(friendly_name="Support").status == 201
    if where == "environment":
        assert environment == {name: os.environ.get(name) for name in environment}


def test_client_created_at_import_time_reaches_the_fake(fake: FakeConversations) -> None:
    BEFORE.conversations.v1.services.create(friendly_name="Support")

    fake.services.assert_created(friendly_name="Support")


def test_next_page_is_requested_from_the_fake(fake: FakeConversations) -> None:
    for _ in range(60):
        fake.conversations.add()

    found = Client().conversations.v1.conversations.list(page_size=50)

    assert [each.sid for each in fake.conversations] == [each.sid for each in found]
    fake.conversations.assert_listed(count=2)
    meta = requests.get(f"{HOST}/v1/Conversations?PageSize=50", auth=AUTH).json()["meta"]
    assert meta["next_page_url"].startswith(f"{HOST}/v1/Conversations?PageSize=50&Page=1&")


def test_asynchronous_client_of_twilio_python_reaches_the_fake(fake: FakeConversations) -> None:
    async def use(_: str) -> None:
        async with AsyncTwilioHttpClient() as http_client:
            client = Client(http_client=http_client)
            await client.conversations.v1.services.create_async(friendly_name="Support")

    in_loop(use)("")

    fake.services.assert_created(friendly_name="Support")


def test_other_http_libraries_reach_the_fake(fake: FakeConversations) -> None:
    async def with_aiohttp(url: str) -> None:
        async with aiohttp.ClientSession(headers=BASIC) as session:
            assert (await session.get(url)).status == 200

    requests.get(URL, auth=AUTH).raise_for_status()
    httpx.get(URL, auth=AUTH).raise_for_status()
    in_loop(with_aiohttp)(URL)
    requests.get(URL.replace("https", "http"), auth=AUTH).raise_for_status()

    fake.services.assert_listed(count=4)
    hosts = {request.headers["host"] for request in fake.requests}
    assert hosts == {"conversations.twilio.com"}


def test_call_that_blocks_a_running_loop_reaches_the_fake(fake: FakeConversations) -> None:
    async def blocks() -> None:
        open_desk()

    asyncio.run(blocks())

    fake.services.assert_created()


def test_no_certificate_is_created_before_the_first_tls_connection(
    fake: FakeConversations, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`test_cost` checks the imports of the first one."""
    made: list[str] = []
    make = certificates._context_for

    def context_for(name: str) -> ssl.SSLContext:
        made.append(name)
        return make(name)

    monkeypatch.setattr(certificates, "_context_for", context_for)
    requests.get(f"{fake.url}/v1/Services", auth=AUTH)
    assert made == []

    requests.get("https://conversations.lab.twilio.com/v1/Services", auth=AUTH)

    assert made == ["conversations.lab.twilio.com"]


# Beginning and end


@pytest.mark.parametrize("there", [{}, {"TWILIO_AUTH_TOKEN": "theirs"}])
def test_credentials_of_the_environment_are_set_and_restored(
    monkeypatch: pytest.MonkeyPatch, there: dict[str, str]
) -> None:
    names = ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN")
    for name in names:
        monkeypatch.delenv(name, raising=False)
    for name, value in there.items():
        monkeypatch.setenv(name, value)

    with FakeConversations() as fake:
        assert [os.environ[name] for name in names] == [fake.account_sid, fake.auth_token]

    assert there == {name: os.environ[name] for name in names if name in os.environ}


def test_existing_credentials_of_the_environment_are_accepted_and_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", "dev")
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "dev")

    with FakeConversations() as fake:
        assert os.environ["TWILIO_ACCOUNT_SID"] == "dev"
        open_desk()
        fake.services.assert_created(friendly_name="Support")


def test_credentials_of_the_constructor_override_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", "dev")
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "dev")

    with FakeConversations(auth_token="given") as fake:
        assert os.environ["TWILIO_ACCOUNT_SID"] == fake.account_sid
        open_desk()
        fake.services.assert_created(friendly_name="Support")

    assert os.environ["TWILIO_AUTH_TOKEN"] == "dev"


def test_fake_entered_twice_is_refused_and_stays_active(real: Site) -> None:
    before = active_count()
    fake = FakeConversations()
    with fake:
        with pytest.raises(RuntimeError), fake:
            pass
        requests.get(URL, auth=AUTH)
        fake.services.assert_listed()

    assert active_count() == before
    requests.get(URL, auth=AUTH)
    assert real.requests == [URL]


def test_pooled_client_reaches_the_real_host_after_the_fake(
    real: Site,
) -> None:
    with requests.Session() as session:
        with FakeConversations() as fake:
            session.get(URL, auth=AUTH)
            fake.services.assert_listed()
        session.get(URL, auth=AUTH)

    assert real.requests == [URL]


@pytest.mark.parametrize("goes_on", ["idle", "in a handshake", "in a request"])
def test_fake_ends_at_once_with_open_tls_connections(goes_on: str) -> None:
    before = active_count()
    with ExitStack() as connections, FakeConversations():
        if goes_on == "in a handshake":
            waiting = socket.create_connection(("conversations.twilio.com", 443))
        else:
            connection = HTTPSConnection("conversations.twilio.com")
            connection.connect()
            assert connection.sock
            waiting = connection.sock
        connections.enter_context(waiting)
        if goes_on == "in a request":
            waiting.sendall(b"POST /v1/Services HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nx")

    assert active_count() == before


def test_server_without_tls_drops_its_connections() -> None:
    server = Server()
    server.drop_connections()  # before the start there are none
    fake = FakeConversations(redirect=False)
    with fake._lifecycle.serve_on(server), requests.Session() as session:
        for _ in range(2):
            session.get(f"{fake.url}/v1/Services", auth=AUTH)
            server.drop_connections()
        fake.services.assert_listed(count=2)
    server.stop()


def test_connection_that_was_not_redirected_stays_open_for_the_next_fake() -> None:
    server = Server()
    sockets = []
    with requests.Session() as session:
        for _ in range(2):
            fake = FakeConversations(redirect=False)
            with fake._lifecycle.serve_on(server):
                answer = session.get(f"{fake.url}/v1/Services", auth=AUTH, stream=True)
                sockets.append(answer.raw.connection.sock)
                answer.json()
    server.stop()

    assert sockets[0] is sockets[1] is not None


def test_pooled_client_reaches_the_innermost_fake(
    fake: FakeConversations,
) -> None:
    with requests.Session() as session:
        session.get(URL, auth=AUTH)
        with FakeConversations() as inner:
            session.get(URL, auth=AUTH)
            inner.services.assert_listed()
        session.get(URL, auth=AUTH)

    fake.services.assert_listed(count=2)


def test_fake_without_redirection_patches_nothing(
    real: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TWILIO_ACCOUNT_SID", raising=False)
    lookup, environment = socket.getaddrinfo, dict(os.environ)

    with FakeConversations(redirect=False) as fake:
        assert socket.getaddrinfo is lookup
        assert environment == dict(os.environ)
        requests.get(URL, auth=AUTH)
        requests.get("https://api.twilio.com")
        with pytest.raises(AssertionError, match=f"the client needs its address, {fake.url}"):
            fake.services.assert_listed()

    assert real.requests == [URL, "https://api.twilio.com/"]


# Other hosts of Twilio


def test_refused_host_fails_the_fake_at_its_end(real: Site) -> None:
    def swallow() -> None:
        with FakeConversations():
            for _ in range(2):
                with pytest.raises(requests.ConnectionError):
                    requests.get("https://api.twilio.com")

    with pytest.raises(AssertionError) as judged:
        swallow()

    assert str(judged.value).splitlines()[0] == REFUSED
    assert real.requests == []


def test_refusal_that_ends_the_block_is_reported_once(real: Site) -> None:
    with pytest.raises(HostRefused) as raised, FakeConversations() as fake:
        socket.create_connection(("api.twilio.com", 443))

    assert raised.value.strerror == REFUSED
    assert str(fake.report()) == REFUSED


def test_allowed_host_is_reached(real: Site) -> None:
    with FakeConversations(allow_hosts=["*.twilio.com"]) as fake:
        requests.get("https://api.twilio.com")
        requests.get(URL, auth=AUTH)

        fake.services.assert_listed()
    assert real.requests == ["https://api.twilio.com/"]


def test_allow_hosts_of_a_wrong_type_is_refused() -> None:
    with pytest.raises(TypeError, match="a list of host names, not 'api"):
        FakeConversations(allow_hosts="api.twilio.com")
    with pytest.raises(TypeError, match="a list of host names, not of 443"):
        FakeConversations(allow_hosts=[443])
    with pytest.raises(ValueError, match="has host names"):
        FakeConversations(allow_hosts=["https://api.twilio.com"])


def test_redirect_of_a_wrong_type_is_refused() -> None:
    with pytest.raises(TypeError, match="redirect must be True or False, not 'no'"):
        FakeConversations(redirect="no")


# Child processes

CHILDREN = {
    "python": [
        sys.executable,
        "-c",
        f"import requests; requests.get({URL!r}, auth={AUTH!r}).raise_for_status()",
    ],
    "twilio-python": [
        sys.executable,
        "-c",
        "from twilio.rest import Client; print(Client().conversations.v1.services.list())",
    ],
    "curl": ["curl", "-sSf", "-u", ":".join(AUTH), URL],
    "node": [
        "node",
        "-e",
        f"fetch({URL!r}, {{headers: {BASIC}}}).then((r) => process.exit(r.ok ? 0 : 1))",
    ],
}


@pytest.mark.parametrize(
    "child", [pytest.param(name, marks=needs(command[0])) for name, command in CHILDREN.items()]
)
def test_child_process_reaches_the_fake(child: str) -> None:
    with FakeConversations() as fake:
        ended = subprocess.run(
            CHILDREN[child], env=fake.subprocess_env(), capture_output=True, text=True
        )

        assert (ended.returncode, ended.stderr) == (0, "")
        fake.services.assert_listed()


def test_files_for_child_processes_are_removed_with_the_fake() -> None:
    with FakeConversations() as fake:
        directory = Path(fake.subprocess_env()["CURL_HOME"])
        assert (directory / ".curlrc").exists()

    assert not directory.exists()


def test_fake_without_redirection_has_no_subprocess_env() -> None:
    with FakeConversations(redirect=False) as fake, pytest.raises(RuntimeError) as refused:
        fake.subprocess_env()

    assert str(refused.value) == (
        "this fake does not redirect (redirect=False), so give its address to the child process: "
        f"{fake.url}"
    )


def test_inactive_fake_has_no_subprocess_env() -> None:
    with pytest.raises(RuntimeError) as refused:
        FakeConversations().subprocess_env()

    assert str(refused.value) == "this fake is not active; use it in a `with` statement"
