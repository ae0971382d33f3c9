"""Proxies: a proxy of the environment is bypassed, an explicit proxy is refused."""

from __future__ import annotations

import asyncio
import http.client
import os
import socket
import ssl
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from unittest import mock
from urllib.parse import urlsplit

import aiohttp
import httpx
import pytest
import requests

from pytest_conversations_fake import FakeConversations
from pytest_conversations_fake.redirect import activate

from .sites import Site
from .test_clients import CLIENTS, URL, every_text, in_loop, lib, on_uvloop


def with_requests(url: str, proxy: str) -> None:
    with requests.Session() as session:
        session.get(url, proxies={"http": proxy, "https": proxy})


def with_requests_unverified(url: str, proxy: str) -> None:
    with requests.Session() as session:
        session.get(url, proxies={"http": proxy, "https": proxy}, verify=False)


def with_urllib3(url: str, proxy: str) -> None:
    with lib("urllib3").ProxyManager(proxy, retries=False) as pool:
        pool.request("GET", url)


def with_urllib_request(url: str, proxy: str) -> None:
    handler = urllib.request.ProxyHandler({"http": proxy, "https": proxy})
    with mock.patch.dict(os.environ, NO_PROXY="", no_proxy=""):
        urllib.request.build_opener(handler).open(url).close()


def with_http_client(url: str, proxy: str) -> None:
    parts, at = urlsplit(url), urlsplit(proxy)
    assert at.hostname
    if parts.scheme == "http":
        connection = http.client.HTTPConnection(at.hostname, at.port)
    else:
        connection = http.client.HTTPSConnection(at.hostname, at.port)
        assert parts.hostname
        connection.set_tunnel(parts.hostname)
    try:
        connection.request("GET", url if parts.scheme == "http" else parts.path)
        connection.getresponse().read()
    finally:
        connection.close()


def with_twilio(url: str, proxy: str) -> None:
    TwilioHttpClient = lib("twilio.http.http_client").TwilioHttpClient  # noqa: N806 - a class
    http_client = TwilioHttpClient(proxy={"http": proxy, "https": proxy})
    try:
        http_client.request("GET", url)
    finally:
        http_client.session.close()


def with_httpx(url: str, proxy: str) -> None:
    with httpx.Client(proxy=proxy) as client:
        client.get(url)


async def get_with_httpx(url: str, proxy: str) -> None:
    async with httpx.AsyncClient(proxy=proxy) as client:
        await client.get(url)


def with_httpx_async(url: str, proxy: str) -> None:
    in_loop(get_with_httpx, proxy=proxy)(url)


def with_httpx_on_trio(url: str, proxy: str) -> None:
    lib("trio").run(get_with_httpx, url, proxy)


async def get_with_aiohttp(url: str, proxy: str) -> None:
    async with aiohttp.ClientSession() as session, session.get(url, proxy=proxy) as response:
        await response.read()


def with_aiohttp(url: str, proxy: str) -> None:
    in_loop(get_with_aiohttp, proxy=proxy)(url)


def with_aiohttp_on_uvloop(url: str, proxy: str) -> None:
    on_uvloop(get_with_aiohttp, proxy=proxy)(url)


EVENTS = {
    "requests": with_requests,
    "requests verify=False": with_requests_unverified,
    "urllib3": with_urllib3,
    "urllib.request": with_urllib_request,
    "http.client": with_http_client,
    "twilio": with_twilio,
    "httpx": with_httpx,
    "httpx asyncio": with_httpx_async,
    "httpx trio": with_httpx_on_trio,
    "aiohttp": with_aiohttp,
    "aiohttp uvloop": with_aiohttp_on_uvloop,
}
EXPLICIT = pytest.mark.parametrize("name", EVENTS)
OWN = ": the client uses its own proxy, or an address that it kept"


def imported(name: str) -> Callable[[str, str], None]:
    """The client, whose libraries are imported before `real` patches them."""
    for library in name.replace("http.client", "http").partition(" verify")[0].split():
        lib(library)
    return EVENTS[name]


@EXPLICIT
def test_tls_through_an_explicit_proxy_is_refused_and_recorded(
    name: str, real: Site, fake: Site
) -> None:
    """The proxy gets a request for a tunnel, and nothing is sent through it."""
    client = imported(name)

    with activate(fake.redirection()) as redirection, pytest.raises(Exception) as raised:  # noqa: PT011 - each client has its own
        client(URL, f"http://{real.address}:{real.http_port}")

    assert [refusal.host for refusal in redirection.refused] == ["conversations.twilio.com"]
    why = redirection.refused[0].why
    assert why.startswith("fake_conversations refused TLS with conversations.twilio.com in tests/")
    assert why.endswith(OWN)
    assert why in every_text(raised.value)
    assert {*real.requests} == {"CONNECT conversations.twilio.com:443"}
    assert fake.requests == []


@EXPLICIT
def test_test_that_swallows_the_refusal_fails_at_its_end(name: str, real: Site) -> None:
    client = imported(name)

    def swallow() -> None:
        with FakeConversations(), suppress(Exception):
            client(URL, f"http://{real.address}:{real.http_port}")

    with pytest.raises(AssertionError) as judged:
        swallow()

    first_line = str(judged.value).splitlines()[0]
    assert first_line.startswith("fake_conversations refused TLS with conversations.twilio.com in")
    assert first_line.endswith(OWN)


async def with_kept_address(url: str, *, address: str, port: int) -> None:
    """Connect like a client that resolved the name earlier."""
    _, writer = await asyncio.open_connection(
        address, port, ssl=True, server_hostname=urlsplit(url).hostname
    )
    writer.close()


def with_kept_address_in_a_socket(url: str, *, address: str, port: int) -> None:
    context = ssl.create_default_context()
    with (
        socket.create_connection((address, port)) as sock,
        context.wrap_socket(sock, server_hostname=urlsplit(url).hostname),
    ):
        pass


def with_a_socket_that_connects_later(url: str, *, address: str, port: int) -> None:
    context = ssl.create_default_context()
    with context.wrap_socket(socket.socket(), server_hostname=urlsplit(url).hostname) as sock:
        sock.connect((address, port))


KEPT: dict[str, Callable[..., Any]] = {
    "socket": with_kept_address_in_a_socket,
    "socket that connects later": with_a_socket_that_connects_later,
    "asyncio": lambda url, **at: in_loop(with_kept_address, **at)(url),
    "uvloop": lambda url, **at: on_uvloop(with_kept_address, **at)(url),
}


@pytest.mark.parametrize("name", KEPT)
def test_connection_to_a_cached_address_is_refused_and_recorded(
    name: str, real: Site, fake: Site
) -> None:
    with activate(fake.redirection()) as redirection, pytest.raises(OSError):  # noqa: PT011 - what it says is below
        KEPT[name](URL, address=real.address, port=real.tls_port)

    assert [refusal.host for refusal in redirection.refused] == ["conversations.twilio.com"]
    assert redirection.refused[0].why.endswith(OWN)
    assert real.requests == []


@EXPLICIT
def test_plain_http_through_an_explicit_proxy_is_not_detected(
    name: str, real: Site, fake: Site
) -> None:
    """A documented exception: the client resolves only the name of the proxy."""
    client = imported(name)
    plain = URL.replace("https", "http")

    with activate(fake.redirection()):
        client(plain, f"http://{real.address}:{real.http_port}")

    assert len(real.requests) == 1
    assert fake.requests == []


@pytest.mark.parametrize(
    "name", ["requests", "httpx", "httpx asyncio", "urllib.request", "aiohttp trust_env", "twilio"]
)
@pytest.mark.parametrize("url", [URL, URL.replace("https", "http")], ids=["https", "http"])
def test_proxy_of_the_environment_is_bypassed(
    name: str, url: str, real: Site, fake: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    library, client = CLIENTS[name]
    if library:
        lib(library)
    with monkeypatch.context() as patching:
        for variable in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
            patching.setenv(variable, f"http://{real.address}:{real.http_port}")
        with activate(fake.redirection()):
            answer: Any = client(url)

    assert answer["conversations"] == []
    assert fake.requests == [url]
    assert real.requests == []
