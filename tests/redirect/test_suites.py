"""Redirection in downstream suites, where the real Twilio would answer."""

from __future__ import annotations

import pytest

from .suites import as_pattern, ran, refused


def test_fixture_redirects_unmodified_code(public_suite: pytest.Pytester) -> None:
    public_suite.makepyfile(
        desk="""
        from twilio.rest import Client

        EARLY = Client("AC" + "1" * 32, "token")

        def open_desk(name, client=None):
            client = client or Client()
            return client.conversations.v1.services.create(friendly_name=name).url
        """
    )
    public_suite.makepyfile(
        """
        import socket
        from desk import EARLY, open_desk

        def test_it(fake_conversations):
            url = open_desk("Support")
            open_desk("Sales", EARLY)
            desk = fake_conversations.services.one(friendly_name="Support")
            assert url == f"https://conversations.twilio.com/v1/Services/{desk.sid}"
            fake_conversations.services.assert_created(friendly_name="Sales")

        def test_nothing_is_left_of_it():
            assert not hasattr(socket.socket.connect, "__wrapped__")
            assert not hasattr(socket.getaddrinfo, "__wrapped__")
        """
    )

    result = ran(public_suite)

    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["the real Twilio had []"])


def test_pooled_connections_are_dropped_before_a_test_without_the_fixture(
    public_suite: pytest.Pytester,
) -> None:
    public_suite.makepyfile(
        """
        import pytest
        import requests

        session = requests.Session()
        session.auth = ("user", "password")
        ports = []

        def get():
            answer = session.get("https://conversations.twilio.com/v1/Services", stream=True)
            sock = answer.raw.connection.sock  # the real one closes it
            ports.append(sock and sock.getsockname()[1])
            answer.content

        def test_first(fake_conversations):
            get()
            fake_conversations.services.assert_listed()

        def test_second_goes_on_with_the_same_connection(fake_conversations):
            get()
            fake_conversations.services.assert_listed()
            assert ports[0] == ports[1]

        @pytest.mark.fake_conversations(redirect=False)
        def test_third_is_left_alone(fake_conversations):
            get()
            fake_conversations.services.assert_not_listed()

        def test_fourth(fake_conversations):
            session.get(f"{fake_conversations.url}/v1/Services")
            requests.get("https://conversations.twilio.com/v1/Services", auth=session.auth)
            fake_conversations.services.assert_listed(count=2)

        def test_fifth_has_no_fake():
            get()
        """
    )

    result = ran(public_suite)

    result.assert_outcomes(passed=5)
    url = "https://conversations.twilio.com/v1/Services"
    result.stdout.fnmatch_lines([f"the real Twilio had {[url, url]}".replace("[", "[[]")])


def test_patches_are_removed_after_a_failed_setup(public_suite: pytest.Pytester) -> None:
    public_suite.makepyfile(
        """
        import os
        import socket
        import ssl
        import sys
        import pytest

        def state():
            return [
                socket.getaddrinfo,
                socket.socket.connect,
                ssl.SSLContext.wrap_socket,
                ssl.SSLContext.wrap_bio,
                sys.modules["urllib3.connection"].ssl_wrap_socket,
                list(sys.meta_path),
                {name: os.environ.get(name) for name in ("NO_PROXY", "no_proxy")},
            ]

        before = state()

        @pytest.fixture
        def broken(fake_conversations):
            assert socket.getaddrinfo is not before[0]
            raise RuntimeError("broken")

        def test_it(broken): ...

        def test_another():
            assert before == state()
        """
    )

    ran(public_suite).assert_outcomes(passed=1, errors=1)


def test_fake_of_a_wider_scope_gets_the_hosts_back_after_a_test(
    public_suite: pytest.Pytester,
) -> None:
    public_suite.makepyfile(
        """
        import pytest
        import requests
        from pytest_conversations_fake import FakeConversations

        URL = "https://conversations.twilio.com/v1/Services"
        session = requests.Session()
        session.auth = ("user", "password")

        @pytest.fixture(scope="module")
        def outer():
            with FakeConversations(name="outer") as fake:
                yield fake

        def test_outer(outer):
            session.get(URL)
            outer.services.assert_listed()

        def test_inner(outer, fake_conversations):
            session.get(URL)
            fake_conversations.services.assert_listed()

        def test_outer_again(outer):
            session.get(URL)
            outer.services.assert_listed(count=2)
        """
    )

    result = ran(public_suite)

    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(["the real Twilio had []"])


# Other hosts of Twilio


def test_swallowed_refusal_fails_the_test_once(public_suite: pytest.Pytester) -> None:
    public_suite.makepyfile(
        """
        import pytest
        from conftest import swallow

        def test_it(fake_conversations):
            swallow("https://api.twilio.com/1")
            swallow("https://api.twilio.com/2")

        @pytest.mark.xfail(reason="which must not hide it")
        def test_marked(fake_conversations):
            swallow("https://api.twilio.com/3")

        def test_another(fake_conversations): ...
        """
    )

    result = ran(public_suite)

    result.assert_outcomes(errors=2, passed=2, xpassed=1)
    [file] = public_suite.path.glob("test_*.py")
    for test in ("test_it", "test_marked"):
        text = refused("api.twilio.com", f"{file.name}::{test}")
        assert 1 == str(result.stdout).count(text)
    result.stdout.fnmatch_lines(["the real Twilio had []"])


def test_refusals_of_a_failed_test_are_in_its_report_only(public_suite: pytest.Pytester) -> None:
    public_suite.makepyfile(
        """
        from conftest import swallow

        def test_it(fake_conversations):
            swallow("https://api.twilio.com")
            assert not "that it was refused"
        """
    )

    result = ran(public_suite)

    result.assert_outcomes(failed=1)
    [file] = public_suite.path.glob("test_*.py")
    result.stdout.fnmatch_lines(
        [
            "*- Captured fake_conversations call -*",
            refused("api.twilio.com", f"{file.name}::test_it"),
            "the real Twilio had []",
        ],
        consecutive=True,
    )


def test_host_that_the_marker_allows_is_reached(public_suite: pytest.Pytester) -> None:
    public_suite.makepyfile(
        """
        import pytest
        import requests

        @pytest.mark.fake_conversations(allow_hosts=["api.twilio.com"])
        def test_allowed(fake_conversations):
            requests.get("https://api.twilio.com/1")

        @pytest.mark.fake_conversations(redirect=False)
        def test_without_redirection(fake_conversations):
            requests.get("https://api.twilio.com/2")
        """
    )

    result = ran(public_suite)

    result.assert_outcomes(passed=2)
    urls = ["https://api.twilio.com/1", "https://api.twilio.com/2"]
    result.stdout.fnmatch_lines([as_pattern(f"the real Twilio had {urls}")])


@pytest.mark.parametrize(
    "option",
    [
        "fake_conversations_allow_hosts=lookups.twilio.com api.*",
        "fake_conversations_guard=off",
        "fake_conversations_redirect=no",
    ],
)
def test_host_that_the_ini_file_allows_is_reached(
    public_suite: pytest.Pytester, option: str
) -> None:
    public_suite.makepyfile(
        """
        import requests

        def test_it(fake_conversations):
            requests.get("https://api.twilio.com")
        """
    )

    result = ran(public_suite, "-o", option)

    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["the real Twilio had [[]'https://api.twilio.com/']"])
