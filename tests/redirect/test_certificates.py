"""Certificates for each requested name, by an authority that only this process trusts."""

from __future__ import annotations

import os
import socket
import ssl
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import truststore

from pytest_conversations_fake.redirect import activate, authority_pem, certificates

from .sites import Site
from .test_clients import URL, with_http_client, with_requests


def names(site: Site, asked: str | None) -> Any:
    context = ssl.create_default_context(cadata=authority_pem())
    context.check_hostname = False
    sock = socket.create_connection(("127.0.0.1", site.tls_port))
    with sock, context.wrap_socket(sock, server_hostname=asked) as connection:
        return connection.getpeercert()["subjectAltName"]


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("conversations.made-up.ie1.twilio.com", "conversations.made-up.ie1.twilio.com"),
        ("CONVERSATIONS.twilio.com", "conversations.twilio.com"),
        ("localhost", "localhost"),
    ],
)
def test_each_requested_name_has_a_certificate(site: Site, asked: str, answered: str) -> None:
    assert names(site, asked) == (("DNS", answered),)


def test_client_that_requests_no_name_gets_a_certificate_for_loopback_names(site: Site) -> None:
    assert names(site, None) == (
        ("DNS", "conversations.twilio.com"),
        ("DNS", "localhost"),
        ("IP Address", "127.0.0.1"),
        ("IP Address", "0:0:0:0:0:0:0:1"),
    )


def test_name_without_a_possible_certificate_gets_an_alert(site: Site) -> None:
    with pytest.raises(ssl.SSLError, match=r"(?i)unrecognized.name"):
        names(site, "not_a_name.twilio.com")


def test_concurrent_threads_get_the_same_object() -> None:
    made = certificates._once(lambda: object())

    with ThreadPoolExecutor() as pool:
        assert len(set(pool.map(lambda _: made(), range(20)))) == 1


@pytest.mark.parametrize("when", ["before", "during"])
def test_clients_with_truststore_reach_the_fake(site: Site, fake: Site, when: str) -> None:
    if when == "before":
        truststore.inject_into_ssl()
    try:
        with activate(fake.redirection()):
            if when == "during":
                truststore.inject_into_ssl()
            with_requests(URL)
            with_http_client(URL)
            certificates.client_context.__wrapped__()  # can be created then, too
            certificates.server_context()
    finally:
        truststore.extract_from_ssl()

    assert fake.requests == [URL, URL]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on this system")
@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")
def test_forked_child_trusts_the_authority(fake: Site) -> None:
    with activate(fake.redirection()):
        if not (child := os.fork()):
            try:
                with_http_client(URL)
            finally:
                os._exit(0)
        os.waitpid(child, 0)

    assert fake.requests == [URL]


def test_first_connection_may_be_made_while_freezegun_is_active(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        import freezegun
        import requests
        import trustme  # some plugins import it early, and so may an application

        def open_desk(host):
            form, auth = {"FriendlyName": "Support"}, ("user", "password")
            return requests.post(f"https://{host}/v1/Services", form, auth=auth).json()

        @freezegun.freeze_time("2030-01-01")
        def test_frozen(fake_conversations):
            desk = open_desk("conversations.twilio.com")

            assert "2030-01-01T00:00:00Z" == desk["date_created"]
            assert open_desk("conversations.dublin.ie1.twilio.com")

        def test_certificates_can_be_created_later(fake_conversations):
            assert open_desk("conversations.sydney.au1.twilio.com")
            trustme.CA().issue_cert("desk.example")
        """
    )

    suite.runpytest().assert_outcomes(passed=2)
