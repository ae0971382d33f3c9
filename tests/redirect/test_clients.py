"""Every client is redirected or refused, however it resolves, connects and verifies."""

from __future__ import annotations

import asyncio
import http.client
import importlib
import json
import socket
import ssl
import urllib.request
import warnings
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import certifi
import pytest

from pytest_conversations_fake.redirect import Guard, activate

from .sites import Site

URL = "https://conversations.twilio.com/v1/Conversations"
REFUSED = (
    "fake_conversations refused {host} in tests/test_desk.py::test_opens, as it belongs to the "
    "real Twilio. To allow it, name it in allow_hosts= (FakeConversations or the marker "
    "fake_conversations) or in the ini option fake_conversations_allow_hosts. To mock it beside "
    "the fake, see 'Other mocks in the same test' (docs/how-to/other-mocks.md of "
    "pytest-conversations-fake)"
)
GUARDED = (
    "fake_conversations refused conversations.twilio.com in this run, where no fake is active: "
    "use the fixture fake_conversations. To allow it, name it in allow_hosts= (FakeConversations "
    "or the marker fake_conversations) or in the ini option fake_conversations_allow_hosts"
)

Client = Callable[[str], object]


def lib(name: str) -> Any:
    return importlib.import_module(name)


# In the standard library


def with_http_client(url: str) -> object:
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.netloc)
    try:
        connection.request("GET", parts.path)
        return json.load(connection.getresponse())
    finally:
        connection.close()


def with_urllib_request(url: str) -> object:
    opener = urllib.request.build_opener()  # `urlopen` would cache the proxies of the environment
    with opener.open(url) as response:
        return json.load(response)


async def with_asyncio_streams(url: str, *, family: int = 0) -> object:
    parts = urlsplit(url)
    tls = parts.scheme == "https"
    reader, writer = await asyncio.open_connection(
        parts.hostname, parts.port or (443 if tls else 80), ssl=tls or None, family=family
    )
    try:
        writer.write(f"GET {parts.path} HTTP/1.0\r\nHost: {parts.netloc}\r\n\r\n".encode())
        return body(await reader.read())
    finally:
        writer.close()
        await writer.wait_closed()


# Requests and urllib3


def with_requests(url: str, *, trust_env: bool = True, **options: Any) -> object:
    with lib("requests").Session() as session:
        session.trust_env = trust_env
        return session.get(url, **options).json()


def with_requests_unverified(url: str) -> object:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", lib("urllib3").exceptions.InsecureRequestWarning)
        return with_requests(url, verify=False)


def with_urllib3(url: str, **options: Any) -> object:
    with lib("urllib3").PoolManager(retries=False, **options) as pool:
        return pool.request("GET", url).json()


def with_httplib2(url: str) -> object:
    client = lib("httplib2").Http()
    try:
        return json.loads(client.request(url)[1])
    finally:
        client.close()


# httpx and anyio


def with_httpx(url: str, **options: Any) -> object:
    with lib("httpx").Client(**options) as client:
        return client.get(url).json()


async def with_httpx_async(url: str, **options: Any) -> object:
    async with lib("httpx").AsyncClient(**options) as client:
        return (await client.get(url)).json()


def with_httpx_on_trio(url: str) -> object:
    return lib("trio").run(with_httpx_async, url)


async def with_anyio(url: str) -> object:
    anyio, parts = lib("anyio"), urlsplit(url)
    tls = parts.scheme == "https"
    async with await anyio.connect_tcp(
        parts.hostname, parts.port or (443 if tls else 80), tls=tls, tls_standard_compatible=False
    ) as stream:
        await stream.send(f"GET {parts.path} HTTP/1.0\r\nHost: {parts.netloc}\r\n\r\n".encode())
        received = b""
        try:
            while True:
                received += await stream.receive()
        except anyio.EndOfStream:
            return body(received)


def with_anyio_on_trio(url: str) -> object:
    return lib("trio").run(with_anyio, url)


# aiohttp and tornado


async def with_aiohttp(
    url: str, *, resolver: str = "ThreadedResolver", own: bool = True, **options: Any
) -> object:
    aiohttp = lib("aiohttp")
    if own:
        made = getattr(aiohttp.resolver, resolver)()
        options["connector"] = aiohttp.TCPConnector(resolver=made, ssl=ssl.create_default_context())
    async with aiohttp.ClientSession(**options) as session, session.get(url) as response:
        return await response.json()


async def with_aiodns(url: str) -> object:
    lib("aiodns")
    return await with_aiohttp(url, resolver="AsyncResolver")


async def with_tornado(url: str) -> object:
    client = lib("tornado.simple_httpclient").SimpleAsyncHTTPClient(force_instance=True)
    try:
        return json.loads((await client.fetch(url)).body)
    finally:
        client.close()


# twilio-python


def with_twilio(url: str, **options: Any) -> object:
    parts = urlsplit(url)
    lib("requests")
    client = lib("twilio.rest").Client("AC" + 32 * "0", "token", **options)
    domain = client.conversations if "conversations" in parts.netloc.lower() else client.api
    domain.base_url = f"{parts.scheme}://{parts.netloc}"
    return json.loads(domain.request("GET", parts.path).text)


async def with_twilio_async(url: str) -> object:
    AsyncTwilioHttpClient = lib("twilio.http.async_http_client").AsyncTwilioHttpClient  # noqa: N806 - a class
    async with AsyncTwilioHttpClient() as http_client:
        return json.loads((await http_client.request("GET", url)).text)


def body(response: bytes) -> object:
    return json.loads(response.partition(b"\r\n\r\n")[2])


def in_loop(client: Callable[..., Coroutine[Any, Any, object]], **options: Any) -> Client:
    async def to_the_end(url: str) -> object:
        try:
            return await client(url, **options)
        finally:  # aiohttp and tornado end before their connections are closed
            transports = asyncio.get_running_loop()._transports
            while any(transport._sock for transport in list(transports.values())):
                await asyncio.sleep(0)

    return lambda url: asyncio.run(to_the_end(url))


def on_uvloop(client: Callable[..., Coroutine[Any, Any, object]], **options: Any) -> Client:
    async def to_the_end(url: str) -> object:
        try:
            return await client(url, **options)
        finally:  # as above, but uvloop does not report open connections
            for _ in range(10_000):
                await asyncio.sleep(0)

    def run(url: str) -> object:
        loop = lib("uvloop").new_event_loop()
        try:
            return loop.run_until_complete(to_the_end(url))
        finally:
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.close()

    return run


CLIENTS: dict[str, tuple[str, Client]] = {
    "http.client": ("", with_http_client),
    "urllib.request": ("", with_urllib_request),
    "asyncio streams": ("", in_loop(with_asyncio_streams)),
    "asyncio streams on uvloop": ("uvloop", on_uvloop(with_asyncio_streams)),
    "requests": ("requests", with_requests),
    "requests trust_env=False": ("requests", partial(with_requests, trust_env=False)),
    "requests verify=path": ("requests", partial(with_requests, verify=certifi.where())),
    "requests verify=False": ("requests", with_requests_unverified),
    "urllib3": ("urllib3", with_urllib3),
    "urllib3 ca_certs": ("urllib3", partial(with_urllib3, ca_certs=certifi.where())),
    "httplib2": ("httplib2", with_httplib2),
    "httpx": ("httpx", with_httpx),
    "httpx http2": ("httpx", partial(with_httpx, http2=True)),
    "httpx asyncio": ("httpx", in_loop(with_httpx_async)),
    "httpx asyncio http2": ("httpx", in_loop(with_httpx_async, http2=True)),
    "httpx trio": ("trio", with_httpx_on_trio),
    "httpx uvloop": ("uvloop", on_uvloop(with_httpx_async)),
    "anyio": ("anyio", in_loop(with_anyio)),
    "anyio trio": ("trio", with_anyio_on_trio),
    "aiohttp": ("aiohttp", in_loop(with_aiohttp, own=False)),
    "aiohttp trust_env": ("aiohttp", in_loop(with_aiohttp, own=False, trust_env=True)),
    "aiohttp own connector": ("aiohttp", in_loop(with_aiohttp)),
    "aiohttp aiodns": ("aiodns", in_loop(with_aiodns)),
    "aiohttp uvloop": ("uvloop", on_uvloop(with_aiohttp, own=False)),
    "tornado": ("tornado", in_loop(with_tornado)),
    "twilio": ("twilio", with_twilio),
    "twilio async": ("twilio", in_loop(with_twilio_async)),
}


@pytest.fixture(params=CLIENTS)
def client(request: pytest.FixtureRequest) -> Client:
    """The client, whose libraries are imported before `real` patches them."""
    library, client = CLIENTS[request.param]
    if library:
        lib(library)
    return client


@pytest.mark.parametrize(
    ("url", "landed"),
    [
        (URL, URL),
        (URL.replace("https", "http"), URL.replace("https", "http")),
        ("https://conversations.dublin.ie1.twilio.com/v1", None),
        ("https://conversations.twilio.com:443/v1", None),
        ("https://CONVERSATIONS.Twilio.com/v1", None),
        ("https://conversations.twilio.com./v1", None),
    ],
    ids=["https", "http", "edge and region", "port", "upper case", "trailing dot"],
)
def test_request_for_the_imitated_host_reaches_only_the_fake(
    client: Client, real: Site, fake: Site, url: str, landed: str | None
) -> None:
    with activate(fake.redirection()) as redirection:
        answer = client(url)

    assert answer == {"conversations": [], "meta": {"key": "conversations"}}
    assert real.requests == []
    assert len(fake.requests) == 1
    assert landed in (None, *fake.requests)
    assert redirection.refused == []


@pytest.mark.parametrize("url", [URL, URL.replace("https", "http")], ids=["https", "http"])
def test_real_host_is_reached_without_patches(client: Client, real: Site, url: str) -> None:
    """Without this test the others would prove nothing."""
    client(url)

    assert [url] == real.requests


@pytest.mark.parametrize("scheme", ["https", "http"])
def test_other_host_of_twilio_is_refused(
    client: Client, real: Site, fake: Site, scheme: str
) -> None:
    with activate(fake.redirection()) as redirection, pytest.raises(Exception) as raised:  # noqa: PT011 - each its own
        client(f"{scheme}://api.twilio.com/2010-04-01")

    why = REFUSED.format(host="api.twilio.com")
    assert [("api.twilio.com", why)] == [
        (refusal.host, refusal.why) for refusal in redirection.refused
    ]
    assert why in every_text(raised.value)
    assert real.requests + fake.requests == []


def test_allowed_host_is_reached(client: Client, real: Site, fake: Site) -> None:
    with activate(fake.redirection(allow_hosts=["api.twilio.com"])) as redirection:
        client("https://api.twilio.com/2010-04-01")

    assert real.requests == ["https://api.twilio.com/2010-04-01"]
    assert fake.requests + redirection.refused == []


@pytest.mark.parametrize("url", [URL, URL.replace("https", "http")], ids=["https", "http"])
def test_guard_refuses_the_imitated_host(client: Client, real: Site, url: str) -> None:
    with activate(Guard(name="this run")) as guard, pytest.raises(Exception) as raised:  # noqa: PT011 - each its own
        client(url)

    assert [refusal.why for refusal in guard.refused] == [GUARDED]
    assert GUARDED in every_text(raised.value)
    assert real.requests == []


@pytest.mark.parametrize("url", [URL, URL.replace("https", "http")], ids=["https", "http"])
def test_asyncio_streams_on_uvloop_reach_the_fake_over_ipv6(
    real: Site, fake: Site, url: str
) -> None:
    with activate(fake.redirection()):
        on_uvloop(with_asyncio_streams, family=socket.AF_INET6)(url)

    assert fake.requests == [url]
    assert real.requests == []


def test_fingerprint_of_aiohttp_is_a_mismatch(fake: Site) -> None:
    async def get(url: str) -> None:
        async with aiohttp.ClientSession() as session:
            await session.get(url, ssl=aiohttp.Fingerprint(b"x" * 32))

    with activate(fake.redirection()), pytest.raises(aiohttp.ServerFingerprintMismatch):
        in_loop(get)(URL)

    assert fake.requests == []


def every_text(error: BaseException | None) -> str:
    """The texts of an exception and of its causes."""
    texts = []
    while error:
        texts += [str(error), *map(every_text, getattr(error, "exceptions", []))]
        error = error.__cause__ or error.__context__
    return "\n".join(texts)
