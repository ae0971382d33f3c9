"""Proxies: those of the environment are passed by, explicit ones fail closed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pytest_conversations_fake.redirect import in_charge

from .sites import Site
from .test_clients import CLIENTS, URL, in_loop

requests = pytest.importorskip("requests", reason="requests is not installed")
httpx = pytest.importorskip("httpx", reason="httpx is not installed")
aiohttp = pytest.importorskip("aiohttp", reason="aiohttp is not installed")


def with_requests(url: str, proxy: str) -> None:
    with requests.Session() as session:
        session.get(url, proxies={"http": proxy, "https": proxy}, verify=False)


def with_httpx(url: str, proxy: str) -> None:
    with httpx.Client(proxy=proxy) as client:
        client.get(url)


async def get_with_aiohttp(url: str, proxy: str) -> None:
    async with aiohttp.ClientSession() as session, session.get(url, proxy=proxy) as response:
        await response.read()


def with_aiohttp(url: str, proxy: str) -> None:
    in_loop(get_with_aiohttp, proxy=proxy)(url)


EXPLICIT = pytest.mark.parametrize("client", [with_requests, with_httpx, with_aiohttp])


@EXPLICIT
def test_tls_through_an_explicit_proxy_fails_closed(
    client: Callable[[str, str], None], real: Site, fake: Site
) -> None:
    """The proxy is asked for a tunnel, and through that nothing is sent."""
    with in_charge(fake.route()), pytest.raises(Exception):  # noqa: B017, PT011 - each client has its own
        client(URL, f"http://{real.address}:{real.http_port}")

    assert real.requests == ["CONNECT conversations.twilio.com:443"]
    assert fake.requests == []


@EXPLICIT
def test_plain_http_through_an_explicit_proxy_is_not_noticed(
    client: Callable[[str, str], None], real: Site, fake: Site
) -> None:
    """A documented exception: the only name that is looked up is the proxy's."""
    plain = URL.replace("https", "http")

    with in_charge(fake.route()):
        client(plain, f"http://{real.address}:{real.http_port}")

    assert len(real.requests) == 1
    assert fake.requests == []


@pytest.mark.parametrize(
    "name", ["requests", "httpx", "httpx asyncio", "urllib.request", "aiohttp trust_env", "twilio"]
)
@pytest.mark.parametrize("url", [URL, URL.replace("https", "http")], ids=["https", "http"])
def test_a_proxy_of_the_environment_is_passed_by(
    name: str, url: str, real: Site, fake: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    library, client = CLIENTS[name]
    if library:
        pytest.importorskip(library, reason=f"{library} is not installed")
    with monkeypatch.context() as patching:
        for variable in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
            patching.setenv(variable, f"http://{real.address}:{real.http_port}")
        with in_charge(fake.route()):
            answer: Any = client(url)

    assert answer["conversations"] == []
    assert fake.requests == [url]
    assert real.requests == []
