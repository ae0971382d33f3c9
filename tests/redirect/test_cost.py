"""The cost of redirection, measured by imports and loaded files instead of time."""

from __future__ import annotations

import ssl
import subprocess
import sys
from typing import Any

import pytest
import requests

from pytest_conversations_fake.redirect import activate

from .sites import Site
from .test_clients import CLIENTS, URL


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The files of certificate authorities that were read."""
    read: list[Any] = []
    original = ssl.SSLContext.load_verify_locations

    def load(context: Any, cafile: Any = None, capath: Any = None, cadata: Any = None) -> None:
        if cafile or capath:
            read.append(cafile or capath)
        original(context, cafile, capath, cadata)

    monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", load)
    monkeypatch.setattr(
        ssl.SSLContext, "load_default_certs", lambda *_: read.append("the system's")
    )
    return read


@pytest.mark.parametrize(
    "name", ["requests", "requests verify=path", "twilio", "urllib3", "urllib3 ca_certs"]
)
def test_new_sync_client_loads_no_ca_bundle(name: str, fake: Site, loaded: list[Any]) -> None:
    _, client = CLIENTS[name]

    with activate(fake.redirection()):
        client(URL)

    assert len(fake.requests) == 1
    assert loaded == [], "urllib3 has moved: redirect/libraries.py patches its ssl_wrap_socket"


def test_client_of_another_host_loads_the_ca_bundle(fake: Site, loaded: list[Any]) -> None:
    with activate(fake.redirection()), requests.Session() as session:
        session.trust_env = False
        with pytest.raises(requests.exceptions.SSLError):  # a certificate of an unknown authority
            session.get(f"https://127.0.0.1:{fake.tls_port}")

    assert len(loaded) == 1


@pytest.mark.parametrize(
    "does",
    [
        "import pytest_conversations_fake.redirect",
        "from pytest_conversations_fake.redirect import *; server_context();"
        "r = Redirection(http_port=1, tls_port=2, name=''); c = activate(r); c.__enter__();"
        "import socket; socket.getaddrinfo('conversations.twilio.com', 443);"
        "c.__exit__(None, None, None)",
    ],
    ids=["import", "on and off"],
)
def test_no_heavy_package_is_imported_before_the_first_tls_connection(does: str) -> None:
    heavy = {"aiohttp", "asyncio", "cryptography", "pytest", "trustme", "urllib3"}
    ours = "{n for n in sys.modules if n.startswith('pytest_conversations_fake.')}"
    if does.startswith("import"):
        heavy |= {"ssl"}
    asks = f"import sys; {does}; print(*({heavy} & sys.modules.keys()), *{ours})"

    run = subprocess.run([sys.executable, "-c", asks], capture_output=True, text=True, check=True)

    with_the_package = {"pytest_conversations_fake.real_time"}  # which imports only `time`
    imported = {*run.stdout.split()} - with_the_package
    assert [n for n in imported if not n.startswith("pytest_conversations_fake.redirect")] == []
