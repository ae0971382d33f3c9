"""The fake's own threads: they use the real clock, and a dead or stuck one is reported."""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from unittest import mock
from urllib.parse import urlsplit

import freezegun
import pytest
import requests
import time_machine

from pytest_conversations_fake import Delay, FakeConversations, threads
from pytest_conversations_fake.server.server import Server
from pytest_conversations_fake.webhooks.worker import DeliveryWorker

HOOK = "https://desk.example/hook"


def create(fake: FakeConversations) -> int:
    auth = (fake.account_sid, fake.auth_token)
    headers = {"X-Twilio-Webhook-Enabled": "true"}
    return requests.post(
        f"{fake.url}/v1/Conversations", auth=auth, headers=headers, timeout=10
    ).status_code


def create_without_clock(fake: FakeConversations) -> int:
    """Create one over a socket: an HTTP client might read a clock that is patched."""
    credentials = requests.auth._basic_auth_str(fake.account_sid, fake.auth_token)
    parts = urlsplit(fake.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as connection:
        connection.sendall(
            b"POST /v1/Conversations HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
            b"Content-Length: 0\r\nX-Twilio-Webhook-Enabled: true\r\n"
            + f"Authorization: {credentials}\r\n\r\n".encode()
        )
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    return int(answer.split()[1])


def wsgi(environ: object, start_response: Callable[..., object]) -> list[bytes]:
    start_response("200 OK", [])
    return [b""]


@pytest.mark.parametrize(
    "clock", ["time.monotonic", "time.perf_counter", "time.time", "time.sleep", "asyncio.sleep"]
)
def test_patched_clock_is_never_called(fake: FakeConversations, clock: str) -> None:
    fake.inject(Delay(0.05))
    fake.webhooks.deliver_to(wsgi, public_url=HOOK, events=["onConversationAdded"])
    with mock.patch(clock, side_effect=AssertionError("called")) as patched:
        assert create_without_clock(fake) == 201
        with fake.down():
            pass
        fake.webhooks.assert_delivered("onConversationAdded")

    assert patched.call_count == 0
    assert create(fake) == 201


def test_server_that_starts_while_clocks_are_patched_works() -> None:
    with mock.patch("time.monotonic", side_effect=[0, 10]) as monotonic:
        with FakeConversations() as fake:
            assert create_without_clock(fake) == 201
        assert monotonic.call_count == 0


def test_patched_wait_for_of_asyncio_does_not_stop_webhooks(fake: FakeConversations) -> None:
    fake.webhooks.deliver_to(wsgi, public_url=HOOK, events=["onConversationAdded"])
    with mock.patch("asyncio.wait_for", side_effect=asyncio.TimeoutError):
        assert create(fake) == 201
        assert fake.webhooks.assert_delivered("onConversationAdded").status == 200


@pytest.mark.parametrize("freeze", [freezegun.freeze_time, time_machine.travel])
def test_delay_ends_while_the_clock_is_frozen(
    fake: FakeConversations, freeze: Callable[[str], object]
) -> None:
    fake.inject(Delay(0.3))

    with freeze("2030-01-01"):
        assert create_without_clock(fake) == 201


def test_tls_handshake_succeeds_while_the_clock_leaps(fake: FakeConversations) -> None:
    leaps = iter(range(0, 10**9, 10_000))

    with mock.patch("time.monotonic", side_effect=lambda: next(leaps)):
        answer = requests.get(
            "https://conversations.twilio.com/v1/Services",
            auth=(fake.account_sid, fake.auth_token),
        )

    assert answer.status_code == 200


def interrupt_server(_: object) -> object:
    raise KeyboardInterrupt("oops")  # asyncio lets it end the thread


def test_server_that_died_is_reported(fake: FakeConversations) -> None:
    def use() -> None:
        with FakeConversations() as dying:
            dying.inject(Delay(1), when=interrupt_server)
            with pytest.raises(requests.ConnectionError):
                create(dying)
            with pytest.raises(requests.ConnectionError):
                create(dying)

    with pytest.raises(AssertionError, match=r"'fake_conversations' of the fake has died: Keyb"):
        use()
    assert create(fake) == 201


@pytest.fixture
def short_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "RESPONSE_TIMEOUT", 0.3)


@pytest.fixture
def blocked() -> Iterator[Callable[[object], object]]:
    """Condition of a fault that blocks the server until the test ends."""
    over = threading.Event()
    yield lambda _: over.wait(30)
    over.set()


@pytest.mark.usefixtures("short_timeout")
def test_wait_for_a_stuck_server_raises_an_error_with_its_stack(
    blocked: Callable[[object], object],
) -> None:
    server = Server()
    fake = FakeConversations(redirect=False, tolerate=["unmet-fault"])

    with fake._lifecycle.serve_on(server):
        fake.inject(Delay(0), when=blocked)
        with pytest.raises(requests.ReadTimeout):
            requests.get(f"{fake.url}/v1/Services", auth=("AC", "x"), timeout=0.2)
        with pytest.raises(TimeoutError, match=r"state of the fake for 0\.3 seconds") as locked:
            len(fake.conversations)

    assert "Stack of the thread 'fake_conversations':" in str(locked.value)
    assert "in <lambda>" in str(locked.value)
    [stuck] = fake._world.errors
    assert str(stuck).startswith("the thread 'fake_conversations' of the fake is stuck: it did")
    assert server.failure() is None  # it is abandoned

    other = FakeConversations(redirect=False)
    with other._lifecycle.serve_on(server):
        assert create(other) == 201
    server.stop()


def test_next_test_gets_a_fresh_server(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        import requests
        from pytest_conversations_fake import Delay

        def create(fake):
            auth = fake.account_sid, fake.auth_token
            return requests.post(f"{fake.url}/v1/Conversations", auth=auth, timeout=10).status_code

        def interrupt(params):
            raise KeyboardInterrupt("oops")

        def test_one(fake_conversations):
            fake_conversations.inject(Delay(1), when=interrupt)
            try:
                create(fake_conversations)
            except requests.ConnectionError:
                pass

        def test_two(fake_conversations):
            assert create(fake_conversations) == 201
        """
    )

    ran = suite.runpytest()

    ran.assert_outcomes(passed=2, errors=1)
    ran.stdout.fnmatch_lines(["*the thread 'fake_conversations' of the fake has died*"])


def test_failed_log_record_does_not_end_webhooks(
    fake: FakeConversations, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        monkeypatch.undo()
        raise ValueError("oops")

    fake.webhooks.deliver_to(wsgi, public_url=HOOK, events=["onConversationAdded"])
    monkeypatch.setattr(DeliveryWorker, "_record", broken)
    create(fake)
    create(fake)

    fake.webhooks.assert_delivered("onConversationAdded")
    with pytest.raises(AssertionError, match="oops"):
        fake._check_strict()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
@pytest.mark.parametrize("webhooks", [False, True])
def test_forked_child_starts_its_own_fake_and_leaves_that_of_the_parent(webhooks: bool) -> None:
    reader, writer = os.pipe()
    with FakeConversations() as fake:
        if webhooks:
            fake.webhooks.deliver_to(wsgi, public_url=HOOK, events=["onConversationAdded"])
            create(fake)
            fake.settle()
        child = os.fork()
        if not child:
            try:
                signal.alarm(20)
                with FakeConversations() as own:
                    statuses = create(own), create(own), len(own.conversations)
                with pytest.raises(RuntimeError, match="a fork of it"), fake.down():
                    pass
                fake.__exit__(None, None, None)
                with FakeConversations() as own:
                    os.write(writer, repr((*statuses, create(own))).encode())
            except BaseException as error:
                os.write(writer, repr(error).encode())
            finally:
                os._exit(0)
        os.close(writer)
        received_bytes = os.read(reader, 1000)
        os.waitpid(child, 0)
        os.close(reader)

        assert received_bytes == b"(201, 201, 2, 201)"
        assert create(fake) == 201


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_forked_child_starts_another_session_server() -> None:
    server = Server()
    fake = FakeConversations(redirect=False)
    with fake._lifecycle.serve_on(server):
        assert create(fake) == 201
    child = os.fork()
    if not child:
        signal.alarm(20)
        try:
            own = FakeConversations(redirect=False)
            with own._lifecycle.serve_on(server):
                os._exit(create(own) - 200)
        finally:
            os._exit(99)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    assert status == 1
    fake = FakeConversations(redirect=False)
    with fake._lifecycle.serve_on(server):
        assert create(fake) == 201
    server.stop()


def test_interrupt_at_any_line_of_the_start_leaks_no_thread() -> None:
    """Press Ctrl-C at each line in turn, until a start succeeds."""
    before = threading.active_count()

    for line in itertools.count(1):
        server = Server()
        is_started = False
        with suppress(KeyboardInterrupt), interrupted_at(line):
            server.start()
            is_started = True
        server.stop()

        assert threading.active_count() == before, line
        if is_started:
            break

    assert line > 20


@contextmanager
def interrupted_at(line: int) -> Iterator[None]:
    """Raise `KeyboardInterrupt` at a line, counted from here, of the code that starts a server."""
    files = {threads.__file__, Server.start.__code__.co_filename}
    left = line

    def trace(frame: FrameType, event: str, argument: object) -> object:
        nonlocal left
        if frame.f_code.co_filename not in files:
            return None
        if event == "line":
            left -= 1
            if not left:
                raise KeyboardInterrupt
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        yield
    finally:
        sys.settrace(before)


@pytest.mark.parametrize("attempt", range(5))
def test_down_while_a_client_streams_a_body_is_no_inner_error(
    fake: FakeConversations, attempt: int
) -> None:
    parts = urlsplit(fake.url)
    began, over = threading.Event(), threading.Event()

    def stream() -> None:
        with suppress(OSError), socket.create_connection((parts.hostname, parts.port)) as client:
            client.sendall(
                b"POST /v1/Services HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
            )
            while not over.is_set():
                client.sendall(b"400\r\n" + b"x" * 0x400 + b"\r\n")
                began.set()

    clients = [threading.Thread(target=stream) for _ in range(4)]
    for client in clients:
        client.start()
    assert began.wait(10)
    for _ in range(20):
        with fake.down():
            pass
    over.set()
    for client in clients:
        client.join(10)

    fake._check_strict()


def test_start_that_a_blocked_socket_prevents_leaks_nothing(
    suite: pytest.Pytester,
) -> None:
    suite.makepyfile(
        """
        import gc

        def test_one(fake_conversations):
            pass

        def test_two():
            gc.collect()
        """
    )

    ran = suite.runpytest("--disable-socket")

    ran.assert_outcomes(passed=1, errors=1)
    ran.stdout.fnmatch_lines(["*A test tried to use socket.socket*"])
    assert "Unraisable" not in ran.stdout.str()
    assert "unclosed" not in ran.stdout.str() + ran.stderr.str()
