"""The functions of libraries that we patch have the form that the patches expect.

A failure names a library that has changed. Then change its entry in `redirect/libraries.py`.
"""

from __future__ import annotations

import importlib
import inspect
import re
from typing import Any

import pytest

from pytest_conversations_fake.redirect.hosts import IMITATED
from pytest_conversations_fake.redirect.libraries import _CA_BUNDLE, _CUSTOM_VERIFICATION, LIBRARIES

PARAMETERS = {
    "aiohappyeyeballs:remove_addr_infos": "addr_infos addr",
    "aiohttp.resolver:AsyncResolver.resolve": "self host port family",
    "aiohttp.resolver:AsyncResolver._resolve_with_query": "self host port family",
    "asyncio.proactor_events:BaseProactorEventLoop.sock_connect": "self sock address",
    "pytest_socket:_true_connect": None,  # in C, like `socket.connect`
    "truststore._api:SSLContext.wrap_socket": (
        "self sock server_side do_handshake_on_connect suppress_ragged_eofs server_hostname session"
    ),
    "truststore._api:SSLContext.wrap_bio": (
        "self incoming outgoing server_side server_hostname session"
    ),
    "uvloop:Loop.getaddrinfo": None,  # compiled without a signature; test_clients calls it
    "uvloop:Loop.create_connection": None,
}


@pytest.mark.parametrize("place", PARAMETERS)
def test_patched_function_has_the_expected_parameters(place: str) -> None:
    found = find(place)
    expected = PARAMETERS[place]

    if expected:
        assert expected.split() == list(inspect.signature(found).parameters), f"{place} has moved"


def test_urllib3_loads_a_ca_bundle_in_ssl_wrap_socket() -> None:
    wrap = find("urllib3.connection:ssl_wrap_socket")
    caller = inspect.getsource(importlib.import_module("urllib3.connection"))

    assert inspect.signature(wrap).parameters.keys() >= _CA_BUNDLE, "urllib3 has moved"
    assert re.search(r"ssl_wrap_socket\(\s*sock=", caller), "urllib3 calls it otherwise now"


def test_urllib3_creates_a_context_in_ssl_wrap_socket_and_match_hostname() -> None:
    wrap = find("urllib3.connection:_ssl_wrap_socket_and_match_hostname")
    known = {"server_hostname", "cert_reqs", *_CUSTOM_VERIFICATION}

    assert inspect.signature(wrap).parameters.keys() >= known, "urllib3 has moved"


def test_every_patch_of_a_library_is_checked() -> None:
    patches = {f"{name}:{place}" for name, where in LIBRARIES.items() for place in where}
    urllib3 = {
        "urllib3.connection:ssl_wrap_socket",
        "urllib3.connection:_ssl_wrap_socket_and_match_hostname",
    }

    assert patches == PARAMETERS.keys() | urllib3
    assert IMITATED.endswith("twilio.com")


def find(place: str) -> Any:
    name, _, path = place.partition(":")
    found = importlib.import_module(name)
    for attribute in path.split("."):
        assert hasattr(found, attribute), f"{name} has moved: there is no {path}"
        found = getattr(found, attribute)
    return found
