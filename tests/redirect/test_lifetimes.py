"""Clients, addresses and connections that are older or live longer than a redirection."""

from __future__ import annotations

import asyncio
import socket
import ssl
import warnings
from http.client import HTTPSConnection
from http.server import ThreadingHTTPServer
from threading import Thread
from typing import Any

import aiohttp
import httpx
import pytest
import requests
from twilio import rest

from pytest_conversations_fake.redirect import Guard, HostRefused, activate, server_context

from .sites import Answer, Site
from .test_clients import URL, in_loop


def test_clients_created_before_the_fake_reach_it(real: Site, fake: Site) -> None:
    with requests.Session() as session, httpx.Client() as client:
        twilio = rest.Client("AC" + 32 * "0", "token")
        with activate(fake.redirection()):
            session.get(URL)
            client.get(URL)
            twilio.conversations.v1.conversations.list()

    assert len(fake.requests) == 3
    assert real.requests == []


@pytest.mark.parametrize(
    "options", [{"region": "ie1"}, {"edge": "dublin"}, {"edge": "e", "region": "r"}]
)
def test_client_with_region_and_edge_reaches_the_fake(
    real: Site, fake: Site, options: dict[str, str]
) -> None:
    with activate(fake.redirection()), warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # that an edge should have a region
        client = rest.Client("AC" + 32 * "0", "token", **options)
        client.conversations.v1.conversations.list()

    [request] = fake.requests
    assert "conversations." + ".".join(options.values()) in request
    assert real.requests == []


def test_cached_address_leads_to_the_next_redirection(fake: Site) -> None:
    """aiohttp's connector caches for ten seconds."""

    async def twice(url: str) -> None:
        connector = aiohttp.TCPConnector(force_close=True)
        async with aiohttp.ClientSession(connector=connector) as session:
            for port in (1, fake.tls_port):
                redirection = fake.redirection()
                redirection.ports[443] = port
                with activate(redirection):
                    try:
                        await (await session.get(url)).read()
                    except aiohttp.ClientConnectionError:
                        assert port == 1

    in_loop(twice)(URL)

    assert fake.requests == [URL]


def test_cached_address_of_the_real_host_is_refused(real: Site, fake: Site) -> None:
    """The guard detects it by the peer of the socket, or without a socket by the certificate."""
    with activate(fake.redirection()) as redirection:
        context = ssl.create_default_context()
        sock = socket.create_connection((real.address, real.tls_port))
        with sock, pytest.raises(HostRefused) as raised:
            context.wrap_socket(sock, server_hostname="conversations.twilio.com")

        async def with_memory_bio(name: str) -> None:
            await asyncio.open_connection(
                real.address, real.tls_port, ssl=True, server_hostname=name
            )

        with pytest.raises(ssl.SSLCertVerificationError):
            in_loop(with_memory_bio)("conversations.twilio.com")

    assert raised.value.strerror == (
        "fake_conversations refused TLS with conversations.twilio.com in "
        f"tests/test_desk.py::test_opens, as the connection leads to 127.9.9.9:{real.tls_port}: "
        "the client uses its own proxy, or an address that it kept"
    )
    without_a_socket = raised.value.strerror.replace(f"127.9.9.9:{real.tls_port}", "another server")
    assert {refusal.why for refusal in redirection.refused} == {
        raised.value.strerror,
        without_a_socket,
    }
    assert real.requests == []


def test_cached_address_is_refused_after_the_last_redirection(fake: Site) -> None:
    with activate(fake.redirection()):
        [(*_, address)] = socket.getaddrinfo("conversations.twilio.com", 443)

    with activate(Guard(name="this run")), socket.socket() as sock, pytest.raises(HostRefused):
        sock.connect(address)


def test_other_port_of_the_imitated_host_is_refused(fake: Site) -> None:
    with activate(fake.redirection()), pytest.raises(ConnectionRefusedError) as raised:
        socket.create_connection(("conversations.twilio.com", 8443))

    assert raised.value.strerror == "fake_conversations has ports 80 and 443, not 8443"


def test_pooled_connection_is_used_until_the_server_drops_it(real: Site, fake: Site) -> None:
    """The server drops it before a test without a fake."""
    with KeepsAlive() as server, requests.Session() as session:
        redirection = fake.redirection()
        redirection.ports[443] = server.port
        with activate(redirection):
            session.get(URL)
        assert (server.answered, real.requests) == (1, [])

        session.get(URL)
        assert (server.answered, real.requests) == (2, [])

        server.drop_connections()
        session.get(URL)
        assert (server.answered, real.requests) == (2, [URL])


@pytest.mark.parametrize("guard", ["redirection", "guard"])
def test_connection_opened_before_the_guard_is_not_detected(
    real: Site, fake: Site, guard: str
) -> None:
    """A documented exception: it needs no name, no connect and no handshake.

    A guard for the whole session is active before such connections exist.
    """
    connection = HTTPSConnection("conversations.twilio.com")
    connection.connect()

    with activate(fake.redirection() if guard == "redirection" else Guard(name="this run")):
        connection.request("GET", "/v1")
        connection.getresponse().read()
    connection.close()

    assert real.requests == ["https://conversations.twilio.com/v1"]


class KeepsAlive:
    """A TLS server that keeps connections open until a test drops them."""

    def __enter__(self) -> KeepsAlive:
        self.answered = 0
        self._open: list[socket.socket] = []
        kept = self

        class KeepAlive(Answer):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                super().setup()
                kept._open.append(self.connection)

            def do_GET(self) -> None:  # noqa: N802 - the name that http.server calls
                kept.answered += 1
                self.answer()

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), KeepAlive)
        self._server.socket = server_context().wrap_socket(
            self._server.socket, server_side=True, do_handshake_on_connect=False
        )
        self._server.handle_error = lambda *_: None
        self.port = self._server.server_port
        self._thread = Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        return self

    def drop_connections(self) -> None:
        while self._open:
            self._open.pop().shutdown(socket.SHUT_RDWR)

    def __exit__(self, *_: Any) -> None:
        self.drop_connections()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
