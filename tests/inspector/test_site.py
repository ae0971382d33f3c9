"""Tests of the site over HTTP: its paths, and requests that must not reach the fake."""

from __future__ import annotations

import gzip
import http.client
import json
import socket
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from applications import WaitingApplication

from pytest_conversations_fake import FakeConversations
from pytest_conversations_fake.inspector.inspector import Inspector
from pytest_conversations_fake.server.server import Server

JSON = {"Content-Type": "application/json"}
SHIFT = json.dumps({"shift": 60})

ACCOUNT = {"Authorization": f"Basic {b64encode(b'dev:dev').decode()}"}

EVIL = "https://evil.example"


class Answer:
    """An answer, read whole."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    @property
    def error(self) -> str:
        text: str = json.loads(self.body)["error"]
        return text


def ask(
    fake: FakeConversations,
    method: str,
    path: str,
    body: Any = None,
    headers: dict[str, str] = JSON,
    **options: Any,
) -> Answer:
    host = fake.url.removeprefix("http://")
    with closing(http.client.HTTPConnection(host, timeout=10)) as connection:
        connection.request(method, path, body, headers, **options)
        return Answer(connection.getresponse())


def is_untouched(fake: FakeConversations) -> bool:
    """Whether neither a request nor an action was recorded."""
    return not (fake.requests or fake.report().actions)


@pytest.fixture
def call_from_a_page(served: FakeConversations) -> Iterator[dict[str, str]]:
    """Headers of a call that a page of another site makes, which must change nothing."""
    yield {**JSON, "Origin": EVIL, "Sec-Fetch-Site": "cross-site"}
    assert is_untouched(served)


# The paths


def test_top_leads_to_the_page(served: FakeConversations) -> None:
    for path in ("/", "/_fake"):
        answer = ask(served, "GET", path)
        assert (302, "/_fake/") == (answer.status, answer.headers["Location"])
    page = ask(served, "GET", "/_fake/")

    assert (200, "text/html; charset=utf-8") == (page.status, page.headers["Content-Type"])
    assert page.body.startswith(b"<!doctype html>")


def test_health_needs_no_credentials() -> None:
    fake = FakeConversations(redirect=False, auth_token="secret")
    server = Server(site=Inspector(fake).site)
    with fake._lifecycle.serve_on(server):
        answer = ask(fake, "GET", "/health")
        head = ask(fake, "HEAD", "/health")
        api = ask(fake, "GET", "/v1/Services")
    server.stop()

    assert (200, b'{"status": "ok"}') == (answer.status, answer.body)
    assert (200, b"") == (head.status, head.body)
    assert 401 == api.status


def test_requests_for_the_site_are_not_recorded(served: FakeConversations) -> None:
    for path in ("/", "/health", "/favicon.ico", "/_fake/", "/_fake/x", "/_fake/v1/state"):
        ask(served, "GET", path)

    assert is_untouched(served)


def test_site_is_unknown_to_a_server_without_it() -> None:
    with FakeConversations(redirect=False, tolerate=["unknown-route"]) as fake:
        for path in ("/", "/health", "/_fake/", "/_fake/v1/state"):
            assert 404 == ask(fake, "GET", path, headers=ACCOUNT).status

        assert 4 == len(fake.requests)


def test_files_are_validated_by_their_tag(served: FakeConversations) -> None:
    first = ask(served, "GET", "/_fake/")

    again = ask(served, "GET", "/_fake/", headers={"If-None-Match": first.headers["ETag"]})

    assert "no-cache" == first.headers["Cache-Control"]
    assert (304, b"") == (again.status, again.body)


@pytest.mark.parametrize(
    "path",
    [
        "/_fake/static/../page.py",
        "/_fake/static/%2e%2e/page.py",
        "/_fake/static/..%2fpage.py",
        "/_fake/static//etc/passwd",
        "/_fake/static/",
        "/_fake/static",
        "/_fake/page.py",
        "/_fake//",
        "/_fake/%00",
        "/_fake/v1",
        "/_fake/v1/",
        "/_fake/v2/state",
        "/_fake/v1/%2e%2e/state",
        "/favicon.ico",
        "/_fake/" + "x" * 20_000,
    ],
)
def test_odd_path_is_not_found(served: FakeConversations, path: str) -> None:
    answer = ask(served, "GET", path)

    assert 404 == answer.status
    assert "there is no " in answer.error
    assert len(answer.error) < 2500


def test_path_with_another_host_does_not_reach_the_site(served: FakeConversations) -> None:
    """A client that uses the fake as a proxy asks another server."""
    host = served.url.removeprefix("http://")

    answer = ask(served, "GET", f"{EVIL}/_fake/v1/state", headers={**ACCOUNT, "Host": host})

    assert (404, 20404) == (answer.status, json.loads(answer.body)["code"])


# Foreign hosts and pages


@pytest.mark.parametrize("path", ["/", "/health", "/_fake/", "/_fake/v1/state", "/_fake/v1/events"])
def test_foreign_host_gets_nothing(served: FakeConversations, path: str) -> None:
    answer = ask(served, "GET", path, headers={"Host": "evil.example:8010"})

    assert 403 == answer.status
    assert answer.error.startswith("the host 'evil.example:8010' is not allowed")


def test_api_explains_a_foreign_host_as_twilio_would(served: FakeConversations) -> None:
    def status(path: str, host: str) -> int:
        return ask(served, "GET", path, headers={**ACCOUNT, "Host": host}).status

    answer = ask(served, "GET", "/v1/Services", headers={**ACCOUNT, "Host": "fake:8010"})

    assert 403 == answer.status
    assert "the host 'fake:8010' is not allowed" in json.loads(answer.body)["message"]
    assert 200 == status("/v1/Services", "desk.example")
    assert 200 == status("/v1/Services", "conversations.twilio.com")
    assert 403 == status("/_fake/", "conversations.twilio.com")


def test_page_of_another_site_cannot_call(
    served: FakeConversations, call_from_a_page: dict[str, str]
) -> None:
    for method, path in (("POST", "/reset"), ("POST", "/clock"), ("DELETE", "/faults/1")):
        answer = ask(served, method, f"/_fake/v1{path}", SHIFT, call_from_a_page)

        assert 403 == answer.status
        assert answer.error.startswith(f"a web page of {EVIL} may not use the fake")
    form = {**call_from_a_page, "Content-Type": "application/x-www-form-urlencoded"}
    assert 403 == ask(served, "POST", "/v1/Services", "FriendlyName=x", form).status
    assert 403 == ask(served, "GET", "/_fake/v1/seed", None, call_from_a_page).status


@pytest.mark.parametrize(
    "media_type",
    [
        "text/plain",
        "text/plain; application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonx",
        "",
    ],
)
@pytest.mark.parametrize("origin", [{"Origin": "null"}, {}])
def test_call_that_a_form_could_make_is_refused(
    served: FakeConversations, media_type: str, origin: dict[str, str]
) -> None:
    headers = {"Content-Type": media_type} if media_type else {}

    answer = ask(served, "POST", "/_fake/v1/clock", SHIFT, headers | origin)

    assert (403 if origin else 415) == answer.status
    assert is_untouched(served)


def test_preflight_of_a_browser_permits_nothing(served: FakeConversations) -> None:
    headers = {"Origin": served.url, "Access-Control-Request-Method": "POST"}

    answer = ask(served, "OPTIONS", "/_fake/v1/clock", headers=headers)

    assert (405, "GET, POST") == (answer.status, answer.headers["Allow"])


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/health"),
        ("GET", "/_fake/"),
        ("GET", "/_fake/x"),
        ("GET", "/_fake/v1/state"),
        ("POST", "/_fake/v1/reset"),
        ("PUT", "/_fake/"),
    ],
)
def test_every_answer_limits_what_a_browser_does_with_it(
    served: FakeConversations, method: str, path: str
) -> None:
    headers = ask(served, method, path).headers

    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "nosniff" == headers["X-Content-Type-Options"]
    assert "same-origin" == headers["Cross-Origin-Resource-Policy"]
    assert "no-referrer" == headers["Referrer-Policy"]
    assert not [name for name in headers if name.lower().startswith("access-control")]


def test_own_page_can_call(served: FakeConversations) -> None:
    headers = {**JSON, "Origin": served.url, "Sec-Fetch-Site": "same-origin"}

    assert 200 == ask(served, "POST", "/_fake/v1/clock", SHIFT, headers).status
    json_with_charset = {"Content-Type": "application/json; charset=utf-8"}
    assert 200 == ask(served, "POST", "/_fake/v1/clock", SHIFT, json_with_charset).status


# Limits


def test_long_body_is_refused_before_it_is_read(served: FakeConversations) -> None:
    host, port = served.url.removeprefix("http://").split(":")
    head = (
        f"POST /_fake/v1/clock HTTP/1.1\r\nHost: {host}:{port}\r\n"
        "Content-Type: application/json\r\nContent-Length: 99999999999\r\n\r\n"
    )
    with closing(socket.create_connection((host, int(port)), timeout=10)) as connection:
        connection.sendall(head.encode())
        answer = connection.recv(65_536).decode()

    assert "HTTP/1.1 413 " in answer
    assert "a body has at most 1,048,576 bytes, not 99,999,999,999" in answer


def test_long_body_of_unknown_length_is_refused(served: FakeConversations) -> None:
    chunks = (b" " * 65_536 for _ in range(20))

    answer = ask(served, "POST", "/_fake/v1/clock", chunks, encode_chunked=True)

    assert (413, "a body has at most 1,048,576 bytes") == (answer.status, answer.error)
    assert is_untouched(served)


def test_seed_may_be_longer(served: FakeConversations) -> None:
    attributes = json.dumps({"a": "x" * 15_000})
    talks = [{"attributes": attributes} for _ in range(100)]
    body = json.dumps({"conversations": talks})
    assert len(body) > 1024 * 1024

    answer = ask(served, "POST", "/_fake/v1/seed", body)

    assert {"added": {"conversations": 100}} == json.loads(answer.body)


def test_compressed_body_is_refused(served: FakeConversations) -> None:
    bomb = gzip.compress(b" " * 10_000_000)

    answer = ask(served, "POST", "/_fake/v1/clock", bomb, {**JSON, "Content-Encoding": "gzip"})

    assert (415, "a body cannot be compressed") == (answer.status, answer.error)


def test_many_headers_are_refused(served: FakeConversations) -> None:
    many = ask(served, "GET", "/_fake/", headers={f"X-{number}": "" for number in range(100)})
    long = ask(served, "GET", "/_fake/", headers={"X": "x" * 40_000})

    assert (431, 431) == (many.status, long.status)


def test_body_that_is_no_json_is_refused(served: FakeConversations) -> None:
    for body in ("{", "[" * 200_000, '{"shift": Infinity}', b"\xff\xfe", "9" * 10_000):
        assert 400 == ask(served, "POST", "/_fake/v1/clock", body).status
    assert is_untouched(served)


def test_call_that_waits_does_not_block_the_server(served: FakeConversations) -> None:
    hook = WaitingApplication()
    served.webhooks.deliver_to(hook, public_url="https://desk.example", events=["onUserAdded"])
    user = served.chat_user("ada")
    served.conversations.add(unique_name="talk")
    user.join("talk")
    settled: list[Answer] = []
    call = threading.Thread(
        target=lambda: settled.append(ask(served, "POST", "/_fake/v1/settle", "{}"))
    )
    assert hook.called.wait(10)
    call.start()

    assert 200 == ask(served, "GET", "/_fake/v1/state").status
    assert [] == settled
    hook.may_answer.set()
    call.join()

    assert [204] == [each.status for each in settled]
