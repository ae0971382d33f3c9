"""Behaviour that needs a socket: bytes, connections, concurrency and address."""

from __future__ import annotations

import asyncio
import gzip
import http.client
import json
import socket
import threading
import zlib
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import aiohttp
import pytest
import requests

from pytest_conversations_fake import FakeConversations
from pytest_conversations_fake.api.world import World
from pytest_conversations_fake.redirect import server_context
from pytest_conversations_fake.server.server import Server


def connected(fake: FakeConversations) -> socket.socket:
    parts = urlsplit(fake.url)
    return socket.create_connection((parts.hostname, parts.port))


def auth(fake: FakeConversations) -> tuple[str, str]:
    return fake.account_sid, fake.auth_token


def received(connection: socket.socket) -> tuple[bytes, bytes]:
    """The head and the body of an answer, if the server closes the connection after it."""
    head, _, body = b"".join(iter(lambda: connection.recv(65536), b"")).partition(b"\r\n\r\n")
    return head, body


@pytest.mark.rule("content-type")
def test_answer_is_json_with_urls_of_the_requested_host(fake: FakeConversations) -> None:
    by_name = fake.url.replace("127.0.0.1", "localhost")

    answer = requests.post(f"{by_name}/v1/Services", {"FriendlyName": "x"}, auth=auth(fake))

    assert 201 == answer.status_code
    assert "application/json; charset=utf-8" == answer.headers["Content-Type"]
    assert answer.json()["url"].startswith(f"{by_name}/v1/Services/IS")
    assert fake.services.one().url.startswith(f"{fake.url}/v1/Services/IS")


def test_preflight_is_answered_without_a_body(fake: FakeConversations) -> None:
    answer = requests.options(
        f"{fake.url}/v1/Services",
        headers={"Origin": "http://localhost", "Access-Control-Request-Method": "POST"},
    )

    assert (204, b"") == (answer.status_code, answer.content)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
    assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]


@pytest.mark.rule("body-size")
@pytest.mark.parametrize("expect", [{}, {"Expect": "100-continue"}], ids=["at once", "asked first"])
def test_body_of_ten_megabytes_is_refused_and_the_connection_stays_open(
    fake: FakeConversations, expect: dict[str, str]
) -> None:
    with requests.Session() as session:
        session.auth = auth(fake)
        body = {"FriendlyName": "x" * 10_000_000}

        answer = session.post(f"{fake.url}/v1/Services", body, headers=expect)

        assert (413, 20413) == (answer.status_code, answer.json()["code"])
        assert session.get(f"{fake.url}/v1/Services").status_code == 200
    assert len(fake.services) == 0


def test_raw_path_is_read_unchanged(fake: FakeConversations) -> None:
    fake.conversations.add(unique_name="a/b c+ü")
    connection = http.client.HTTPConnection(urlsplit(fake.url).netloc)
    basic = requests.auth._basic_auth_str(*auth(fake))

    for target in ("", "http://conversations.example"):
        path = f"{target}/v1/Conversations/a%2Fb%20c+%C3%BC"
        connection.request("GET", path, headers={"Authorization": basic})
        answer = connection.getresponse()

        assert answer.status == 200
        assert json.loads(answer.read())["unique_name"] == "a/b c+ü"
    connection.close()


@pytest.mark.rule("malformed-http")
@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(b"GET /?x=\xff HTTP/1.1\r\nConnection: close\r\n\r\n", id="bytes in a path"),
        pytest.param(b"GET / v1 HTTP/1.1\r\n\r\n", id="a space in a path"),
        pytest.param(b"GET /v1/Services HTTP/1.1\r\nHost\r\n\r\n", id="a header without a value"),
        pytest.param(b"\x16\x03\x01\x02\x00\x01\x00", id="TLS"),
        pytest.param(b"hello\r\n\r\n", id="prose"),
        pytest.param(
            b"POST /v1/Services HTTP/1.1\r\nHost: x\r\nContent-Length: ten\r\n\r\n", id="a length"
        ),
        pytest.param(b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\n\r\n", id="a path without end"),
        pytest.param(
            b"GET / HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\nX: \0\r\n\r\n", id="a browser's"
        ),
    ],
)
def test_invalid_http_is_answered_with_an_error_body(fake: FakeConversations, sent: bytes) -> None:
    with connected(fake) as connection:
        connection.settimeout(10)
        connection.sendall(sent)
        head, body = received(connection)

    assert head.startswith((b"HTTP/1.1 400", b"HTTP/1.0 400", b"HTTP/1.1 401"))
    assert b"Content-Type: application/json; charset=utf-8\r\n" in head
    assert json.loads(body).keys() == {"code", "message", "more_info", "status"}
    assert json.loads(body)["code"] in (20001, 20003)
    assert len(fake.requests) == 1
    fake._check_strict()


@pytest.mark.rule("malformed-http")
@pytest.mark.parametrize(
    "target",
    [
        "GET http://xn--/v1/Services",
        "CONNECT xn--:443",
        "GET https://xn--a/v1",
        "POST http://xn--/",
    ],
)
def test_target_without_a_valid_host_is_refused(target: str) -> None:
    with FakeConversations(tolerate=["unknown-route"]) as fake, connected(fake) as connection:
        basic = requests.auth._basic_auth_str(*auth(fake))
        head = f"{target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: {basic}"
        connection.settimeout(10)
        connection.sendall(f"{head}\r\n\r\n".encode())
        answered, body = received(connection)

    assert answered.startswith((b"HTTP/1.1 400", b"HTTP/1.1 404"))
    assert json.loads(body)["code"] in (20001, 20404)
    assert [target.split()[0]] == [each.method for each in fake.requests]


COMPRESSED = gzip.compress(b"FriendlyName=x", mtime=0)


@pytest.mark.rule("compressed-bodies")
@pytest.mark.parametrize(
    ("encoding", "body", "reason"),
    [
        ("gzip", b"FriendlyName=x", "not gzip, as its Content-Encoding says"),
        ("gzip", COMPRESSED + b"more", "not gzip, as its Content-Encoding says"),
        ("gzip", COMPRESSED[:-9], "the gzip data ends too early"),
        ("deflate", b"FriendlyName=x", "not deflate, as its Content-Encoding says"),
        ("br", b"FriendlyName=x", "unknown Content-Encoding br"),
        ("gzip, gzip", COMPRESSED, "unknown Content-Encoding gzip, gzip"),
    ],
)
def test_body_in_another_encoding_than_named_is_refused(
    fake: FakeConversations, encoding: str, body: bytes, reason: str
) -> None:
    answer = requests.post(
        f"{fake.url}/v1/Services", body, headers={"Content-Encoding": encoding}, auth=auth(fake)
    )

    refusal = answer.json()
    assert (400, 20001) == (answer.status_code, refusal["code"])
    assert f"Invalid body: {reason}" == refusal["message"]
    assert "CreateService" == fake.requests[-1].operation
    fake._check_strict()


@pytest.mark.rule("compressed-bodies")
@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", COMPRESSED),
        ("gzip", gzip.compress(b"Friendly", mtime=0) + gzip.compress(b"Name=x", mtime=0)),
        ("GZIP", COMPRESSED),
        ("deflate", zlib.compress(b"FriendlyName=x")),
        ("identity", b"FriendlyName=x"),
    ],
)
def test_compressed_form_is_read(fake: FakeConversations, encoding: str, body: bytes) -> None:
    form = {"Content-Encoding": encoding, "Content-Type": "application/x-www-form-urlencoded"}

    answer = requests.post(f"{fake.url}/v1/Services", body, headers=form, auth=auth(fake))

    assert (201, "x") == (answer.status_code, answer.json()["friendly_name"])


@pytest.mark.rule("body-size")
def test_compressed_body_of_ten_megabytes_is_refused(fake: FakeConversations) -> None:
    body = gzip.compress(b"FriendlyName=" + b"x" * 10_000_000, mtime=0)

    answer = requests.post(
        f"{fake.url}/v1/Services", body, headers={"Content-Encoding": "gzip"}, auth=auth(fake)
    )

    assert (413, 20413) == (answer.status_code, answer.json()["code"])


@pytest.mark.rule("malformed-http")
@pytest.mark.parametrize("ahead", [0, 1], ids=["alone", "behind another request"])
@pytest.mark.parametrize(
    "chunks",
    [b"zz\r\nhello\r\n", b"1\r\nFXX", b"5\r\nhello\r\n0\r\nno trailer\r\n\r\n", b"5\nhello"],
)
def test_invalid_chunks_after_a_valid_head_are_refused(
    fake: FakeConversations, chunks: bytes, ahead: int
) -> None:
    basic = requests.auth._basic_auth_str(*auth(fake))
    get = f"GET /v1/Services HTTP/1.1\r\nHost: x\r\nAuthorization: {basic}\r\n\r\n"
    post = (
        f"POST /v1/Services HTTP/1.1\r\nHost: x\r\nAuthorization: {basic}\r\n"
        "Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n"
    )
    with connected(fake) as connection:
        connection.settimeout(10)
        connection.sendall((get * ahead + post).encode())
        before = b""
        while b"100 Continue\r\n\r\n" not in before:
            before += connection.recv(65536)
        connection.sendall(chunks)
        head, body = received(connection)

    assert head.startswith(b"HTTP/1.1 400")
    assert 20001 == json.loads(body)["code"]
    assert [*["GET"] * ahead, "POST"] == [each.method for each in fake.requests]
    fake._check_strict()


def test_long_query_is_read(fake: FakeConversations) -> None:
    answer = requests.get(f"{fake.url}/v1/Services", {"x": "y" * 60_000}, auth=auth(fake))

    assert answer.status_code == 200
    assert fake.services.assert_listed().ignored == ("x",)


def test_client_without_a_host_header_gets_urls_of_the_fake(fake: FakeConversations) -> None:
    basic = requests.auth._basic_auth_str(*auth(fake))
    with connected(fake) as connection:
        connection.sendall(f"GET /v1/Services HTTP/1.0\r\nAuthorization: {basic}\r\n\r\n".encode())
        _, body = received(connection)

    assert json.loads(body)["meta"]["url"].startswith(fake.url)


def test_slow_request_does_not_block_others(fake: FakeConversations) -> None:
    basic = requests.auth._basic_auth_str(*auth(fake))
    head = (
        "POST /v1/Services HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        f"Authorization: {basic}\r\nContent-Length: 16\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n\r\nFriendly"
    )
    with connected(fake) as slow:
        slow.sendall(head.encode())
        with connected(fake) as quick:
            quick.sendall(head.replace("Friendly", "FriendlyName=two").encode())
            assert received(quick)[0].startswith(b"HTTP/1.1 201")
        fake.services.add(friendly_name="three")
        slow.sendall(b"Name=one")
        assert received(slow)[0].startswith(b"HTTP/1.1 201")

    assert [desk.friendly_name for desk in fake.services] == ["two", "three", "one"]
    numbers = [each.number for each in fake.requests]
    assert numbers == sorted(numbers)
    assert {each.params["friendly_name"] for each in fake.requests} == {"one", "two"}


def test_client_that_disconnects_leaves_no_record(fake: FakeConversations) -> None:
    with connected(fake) as connection:
        connection.sendall(b"POST /v1/Services HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nx")

    assert requests.get(f"{fake.url}/v1/Services", auth=auth(fake)).status_code == 200
    fake._check_strict()
    assert [each.method for each in fake.requests] == ["GET"]


def test_concurrent_threads_get_one_answer_each(fake: FakeConversations) -> None:
    def create(number: int) -> int:
        form = {"UniqueName": str(number % 5)}
        url = f"{fake.url}/v1/Conversations"
        return requests.post(url, form, auth=auth(fake)).status_code

    with ThreadPoolExecutor(20) as pool:
        statuses = [*pool.map(create, range(20))]

    assert sorted(statuses) == [201] * 5 + [409] * 15
    assert len(fake.conversations) == 5
    assert [each.number for each in fake.requests] == [*range(1, 21)]


def test_twenty_concurrent_joins_of_one_identity_create_one_participant(
    fake: FakeConversations,
) -> None:
    talk = fake.conversations.add(unique_name="talk")
    url = f"{fake.url}/v1/Conversations/talk/Participants"

    def join(_: int) -> int:
        return requests.post(url, {"Identity": "ada"}, auth=auth(fake)).status_code

    with ThreadPoolExecutor(20) as pool:
        statuses = [*pool.map(join, range(20))]

    assert sorted(statuses) == [201] + [409] * 19
    assert [talk.sid] == [person.conversation_sid for person in fake.participants]
    assert len(fake.participants.assert_created(refused=50433, count=19)) == 19


def test_fake_ends_at_once_during_a_request() -> None:
    before = threading.active_count()
    with FakeConversations() as fake:
        idle, busy = connected(fake), connected(fake)
        busy.sendall(b"POST /v1/Services HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nx")
        requests.get(fake.url)

    with idle, busy:
        assert (b"", b"") == (idle.recv(1), busy.recv(1))
    assert threading.active_count() == before
    with pytest.raises(requests.ConnectionError):
        requests.get(fake.url)


def test_port_in_use_raises_os_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        server = Server(taken.getsockname()[1])

        with pytest.raises(OSError, match="in use"):
            server.start()

    server.start()
    server.stop()


def test_two_active_fakes_share_nothing(fake: FakeConversations) -> None:
    with FakeConversations(name="another") as other:
        other.services.add(friendly_name="theirs")
        requests.get(f"{other.url}/v1/Services", auth=auth(other))

        assert fake.url != other.url
        assert (0, 0) == (len(fake.services), len(fake.requests))
        assert (1, 1) == (len(other.services), len(other.requests))


def test_fake_works_inside_a_running_event_loop(fake: FakeConversations) -> None:
    async def create() -> int:
        with FakeConversations() as inner:
            credentials = requests.auth._basic_auth_str(*auth(inner))
            headers = {"Authorization": credentials}
            async with aiohttp.ClientSession(inner.url, headers=headers) as session:
                answers = await asyncio.gather(
                    *(session.post("/v1/Services", data={"FriendlyName": "x"}) for _ in range(10))
                )
                for answer in answers:
                    answer.release()
            return len(inner.services)

    assert 10 == asyncio.run(create())


@pytest.mark.rule("bare-500")
def test_error_inside_the_fake_is_answered_with_500_and_raised_at_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from pytest_conversations_fake.api.resources.services import Services

    def broken(*_: object) -> None:
        raise KeyError("oops")

    def use() -> None:
        with FakeConversations() as fake:
            monkeypatch.setattr(Services, "create", broken)
            answer = requests.post(
                f"{fake.url}/v1/Services", {"FriendlyName": "x"}, auth=auth(fake)
            )
            assert 500 == answer.status_code
            assert answer.json() == {"message": "An error occurred", "status": 500}

    with pytest.raises(AssertionError, match=r"an error inside the fake: KeyError\('oops'\)"):
        use()


def test_fake_that_was_not_started_has_no_address() -> None:
    with pytest.raises(RuntimeError, match="use it in a `with` statement"):
        FakeConversations().url  # noqa: B018 - reading is the point


def test_fake_cannot_be_started_twice() -> None:
    fake = FakeConversations()
    with fake:
        pass

    with pytest.raises(RuntimeError, match="a fake can be started only once"), fake:
        pass


USER = (
    "account_sid is AC and 32 hexadecimal digits, or another user name of printable characters "
    "without a colon"
)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"account_sid": 5}, "account_sid is a str, not int"),
        ({"auth_token": b"x"}, "auth_token is a str, not bytes"),
        ({"account_sid": ""}, f"{USER}, not ''"),
        ({"account_sid": "de:v"}, f"{USER}, not 'de:v'"),
        ({"account_sid": "dev\n"}, f"{USER}, not 'dev\\n'"),
        (
            {"account_sid": "SK" + "a" * 32},
            f"account_sid is no API key, not 'SK{'a' * 32}'; accounts have api_keys",
        ),
        ({"auth_token": ""}, "auth_token is a string of at least one character, not ''"),
    ],
)
def test_malformed_credentials_are_refused(options: dict[str, str], text: str) -> None:
    with pytest.raises((TypeError, ValueError)) as refused:
        FakeConversations(**options)

    assert text == str(refused.value)


@pytest.mark.parametrize(
    ("environment", "own"),
    [
        pytest.param("AC" + "d" * 32, True, id="an account sid"),
        pytest.param("my account", False, id="something else"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_default_credentials_come_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, environment: str, own: bool
) -> None:
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", environment)
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "from the environment")

    fake = FakeConversations()

    assert own == (fake.account_sid == environment)
    assert fake.auth_token == "from the environment"


@pytest.mark.parametrize("host", ["0.0.0.0", "127.0.0.2", "::1"])
def test_server_listens_on_another_host_and_on_loopback(world: World, host: str) -> None:
    server = Server(host=host, tls=server_context())
    server.world = world
    server.start()
    reached = host.replace("0.0.0.0", "127.0.0.3")

    try:
        for address in (reached, "127.0.0.1"):
            for port in (server.port, server.tls_port):
                socket.create_connection((address, port)).close()
    finally:
        server.stop()


def test_fixed_tls_port_is_used(world: World) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Server(tls=server_context(), tls_port=port)
    server.world = world

    server.start()
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    finally:
        server.stop()


def test_address_in_use_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(OSError, match="in use") as raised:
            Server(port).start()

    assert f"127.0.0.1:{port}" == raised.value.filename
