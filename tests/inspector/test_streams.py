"""Tests of event streams over HTTP: many clients, and clients that misbehave."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress

import pytest

from pytest_conversations_fake import FakeConversations
from pytest_conversations_fake.inspector import streams
from pytest_conversations_fake.inspector.inspector import Inspector
from pytest_conversations_fake.server.server import Server

TRIES = 1000
"""Number of requests after which a stream that should have been freed was not."""


@contextmanager
def stream(fake: FakeConversations, *headers: str) -> Iterator[socket.socket]:
    """An open stream, of which nothing is read yet."""
    host, port = fake.url.removeprefix("http://").split(":")
    with closing(socket.socket()) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(10)
        connection.connect((host, int(port)))
        lines = ["GET /_fake/v1/events HTTP/1.1", f"Host: {host}:{port}", *headers, "", ""]
        connection.sendall("\r\n".join(lines).encode())
        yield connection


def read_until(connection: socket.socket, end: str) -> str:
    received = b""
    while end.encode() not in received:
        chunk = connection.recv(65_536)
        assert chunk, received
        received += chunk
    return received.decode()


def read_to_the_end(connection: socket.socket) -> None:
    """Wait until the server closes a connection. Raises `TimeoutError` if it does not."""
    with suppress(ConnectionError):
        while connection.recv(65_536):
            pass


def is_accepted(fake: FakeConversations) -> bool:
    with stream(fake) as connection:
        return "200 OK" in read_until(connection, "\r\n\r\n")


def test_every_client_gets_every_entry(served: FakeConversations) -> None:
    with ExitStack() as clients:
        connections = [clients.enter_context(stream(served)) for _ in range(5)]
        heads = [read_until(each, "event: state") for each in connections]
        served.clock.shift(days=3)
        texts = [read_until(each, "event: state") for each in connections]

    assert all("\r\nContent-Type: text/event-stream\r\n" in head for head in heads)
    assert all("\r\nCache-Control: no-store\r\n" in head for head in heads)
    assert all("retry: 1000\n\n" in head for head in heads)
    assert all("event: entry\nid: " in text for text in texts)
    assert all("clock.shift(days=3)" in text for text in texts)


def test_request_of_the_application_is_an_event(served: FakeConversations) -> None:
    with stream(served) as connection:
        read_until(connection, "event: state")
        served.twilio_client().conversations.v1.services.create(friendly_name="Support")

        text = read_until(connection, "event: state")

    [line] = [line for line in text.split("\n") if '"kind": "request"' in line]
    entry = json.loads(line.removeprefix("data: "))
    assert ("CreateService", 201) == (entry["operation"], entry["status"])
    assert served.auth_token not in text


def test_client_that_connects_again_resumes(served: FakeConversations) -> None:
    with stream(served) as connection:
        read_until(connection, "event: state")
        served.clock.shift(days=1)
        text = read_until(connection, "\ndata: {")
    [last] = [line for line in text.split("\n") if line.startswith("id: ")]
    served.clock.shift(days=2)

    with stream(served, f"Last-Event-ID: {last.removeprefix('id: ')}") as connection:
        resumed = read_until(connection, "event: state")

    assert "clock.shift(days=2)" in resumed
    assert "clock.shift(days=1)" not in resumed
    assert "event: reload" not in resumed


def test_quiet_stream_has_heartbeats(
    served: FakeConversations, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "HEARTBEAT_TIME", 0.01)

    with stream(served) as connection:
        read_until(connection, ": heartbeat\n\n")


def test_streams_are_limited_and_a_client_that_has_gone_is_forgotten(
    served: FakeConversations, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "MAX_STREAMS", 1)
    monkeypatch.setattr(streams, "HEARTBEAT_TIME", 0.01)

    with stream(served) as first:
        read_until(first, "event: state")
        with stream(served) as second:
            refused = read_until(second, "}")

    assert "HTTP/1.1 503 " in refused
    assert '{"error": "there are 1 event streams already; close one"}' in refused
    assert any(is_accepted(served) for _ in range(TRIES))


def test_client_that_does_not_read_is_dropped(
    served: FakeConversations, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "MAX_STREAMS", 1)
    monkeypatch.setattr(streams, "WRITE_TIMEOUT", 0.05)

    with stream(served) as connection:
        read_until(connection, "event: state")
        talks = served.twilio_client().conversations.v1.conversations
        for _ in range(300):  # 10 MB, more than the buffers of both sockets hold
            talks.create(attributes=json.dumps({"a": "x" * 16_000}))

        assert any(is_accepted(served) for _ in range(TRIES))
        read_to_the_end(connection)


def test_server_stops_while_streams_are_open(fake: FakeConversations) -> None:
    server = Server(site=Inspector(fake).site)
    with ExitStack() as clients:
        with fake._lifecycle.serve_on(server):
            connections = [clients.enter_context(stream(fake)) for _ in range(3)]
            for connection in connections:
                read_until(connection, "event: state")
        server.stop()

        for connection in connections:
            read_to_the_end(connection)
