"""Host names: imitated, others of Twilio, and all others."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from pytest_conversations_fake.redirect.hosts import is_imitated, twilio_name
from pytest_conversations_fake.redirect.libraries import _loop_sock_connect
from pytest_conversations_fake.redirect.stdlib import addresses


@pytest.mark.parametrize(
    "host",
    [
        "conversations.twilio.com",
        "conversations.ie1.twilio.com",
        "conversations.dublin.ie1.twilio.com",
        "Conversations.Twilio.Com.",
        b"conversations.twilio.com",
        bytearray(b"conversations.twilio.com."),
        "conversations\u3002twilio\uff0ecom",
        "\uff43onversations.twilio.com",
    ],
)
def test_host_of_the_conversations_api_is_imitated(host: object) -> None:
    name = twilio_name(host)

    assert name
    assert is_imitated(name)


@pytest.mark.parametrize(
    "host",
    [
        "twilio.com",
        "api.twilio.com",
        "a.b.c.twilio.com",
        "conversations.a.b.c.twilio.com",
        "xconversations.twilio.com",
        b"api.ie1.twilio.com",
    ],
)
def test_other_host_of_twilio_is_not_imitated(host: object) -> None:
    name = twilio_name(host)

    assert name
    assert not is_imitated(name)


@pytest.mark.parametrize(
    "host",
    [None, "", 0, "nottwilio.com", "twilio.com.example", "localhost", b"\xff", "\udcff", "é" * 99],
)
def test_host_outside_twilio_is_not_recognized(host: object) -> None:
    assert twilio_name(host) is None


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ((443, 0, socket.SOCK_STREAM), ("127.84.87.73", 443)),
        (("https", 0, socket.SOCK_STREAM), ("127.84.87.73", 443)),
        ((b"80", socket.AF_INET, socket.SOCK_STREAM), ("127.84.87.73", 80)),
        ((None, 0, socket.SOCK_STREAM), ("127.84.87.73", 0)),
        ((443, socket.AF_INET6, socket.SOCK_STREAM), ("::ffff:127.84.87.73", 443, 0, 0)),
    ],
)
def test_address_has_the_requested_port(asked: Any, answered: Any) -> None:
    [(family, kind, proto, _, address)] = addresses(*asked)

    assert address == answered
    assert (kind, proto) == (socket.SOCK_STREAM, socket.IPPROTO_TCP)
    assert family == (socket.AF_INET6 if len(answered) == 4 else socket.AF_INET)


def test_patch_for_windows_calls_the_original() -> None:
    """As far as other systems can test it."""

    async def sock_connect(loop: Any, sock: Any, address: Any) -> Any:
        return address

    with socket.socket() as sock, pytest.raises(StopIteration) as returned:
        _loop_sock_connect(sock_connect)(None, sock, ("127.0.0.1", 1)).send(None)

    assert returned.value.value == ("127.0.0.1", 1)
