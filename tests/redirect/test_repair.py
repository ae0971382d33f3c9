"""Patches that tests and other plugins replace, keep or restore, in suites with fakes."""

from __future__ import annotations

from textwrap import dedent

import pytest

COMMON = """
    import os
    import socket
    import sys
    import pytest
    import requests
    from pytest_conversations_fake import FakeConversations

    BEFORE = [socket.getaddrinfo, socket.gethostbyname, socket.socket.connect, *sys.meta_path]
    URL = "https://conversations.twilio.com/v1/Services"
    session = requests.Session()
    session.auth = ("AC" + 32 * "1", "token")
    session.headers["Connection"] = "close"

    @pytest.fixture(scope="module")
    def wide():
        with FakeConversations(name="wide") as fake:
            yield fake

    def is_hooked():
        return BEFORE != [
            socket.getaddrinfo, socket.gethostbyname, socket.socket.connect, *sys.meta_path
        ]
"""


def ran(suite: pytest.Pytester, tests: str, *options: str) -> pytest.RunResult:
    suite.makepyfile(dedent(COMMON) + dedent(tests))
    return suite.runpytest(*options)


@pytest.mark.parametrize("fixtures", ["fake_conversations, monkeypatch", "monkeypatch"])
def test_patch_that_a_test_replaced_is_gone_before_the_next_test(
    suite: pytest.Pytester, fixtures: str
) -> None:
    result = ran(
        suite,
        f"""
        def test_patches({fixtures}):
            with FakeConversations():
                monkeypatch.setattr(socket, "getaddrinfo", lambda *_: "patched")
                monkeypatch.setattr(sys, "meta_path", [*sys.meta_path])
                monkeypatch.setenv("NO_PROXY", "mine")
                assert "patched" == socket.getaddrinfo("conversations.twilio.com", 443)

        def test_nothing_is_left():
            assert not is_hooked()
            assert "NO_PROXY" not in os.environ
        """,
    )

    result.assert_outcomes(passed=2)


def test_wider_fake_is_repaired_after_a_test_that_patched(suite: pytest.Pytester) -> None:
    result = ran(
        suite,
        """
        @pytest.fixture(scope="module")
        def another_patch(wide):
            with pytest.MonkeyPatch.context() as patching:
                patching.setattr(socket, "getaddrinfo", socket.getaddrinfo.__wrapped__)
                yield

        def test_patches(wide, monkeypatch):
            monkeypatch.setattr(socket, "getaddrinfo", lambda *_: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                session.get(URL)

        def test_with_another_inside(wide, fake_conversations):
            session.get(URL)
            fake_conversations.services.assert_listed()

        def test_restores_for_the_rest_of_the_module(another_patch): ...

        def test_is_whole(wide, another_patch):
            session.get(URL)
            wide.services.assert_listed()
        """,
    )

    result.assert_outcomes(passed=4)


SOCKET = """
    @pytest.fixture
    def desk(fake):
        session.get(URL)
        yield
        session.get(URL)  # pytest-socket has restored `connect` by now

    @pytest.mark.parametrize("time", range(2))
    def test_before_during_and_after(fake, desk, time):
        session.get(URL)
"""


@pytest.mark.parametrize("options", [[], ["--allow-hosts=127.0.0.1"]], ids=["installed", "allows"])
@pytest.mark.parametrize("scope", ["module", "function"])
def test_calls_in_every_phase_reach_the_fake_with_pytest_socket(
    suite: pytest.Pytester, scope: str, options: list[str]
) -> None:
    fake = f"""
        @pytest.fixture(scope="{scope}")
        def fake():
            with FakeConversations() as fake:
                yield fake
                assert {6 if scope == "module" else 3} == len(fake.requests)
    """
    after = """
        def test_after_it(): ...
    """

    result = ran(suite, dedent(fake) + dedent(SOCKET) + dedent(after), *options)

    result.assert_outcomes(passed=3)


def test_session_guard_stays_complete_with_pytest_socket(suite: pytest.Pytester) -> None:
    result = ran(
        suite,
        """
        @pytest.mark.parametrize("time", range(2))
        def test_it(time):
            with socket.socket() as sock, pytest.raises(socket.gaierror, match="refused"):
                sock.connect(("conversations.twilio.com", 443))
        """,
        *("-o", "fake_conversations_guard=session", "-o", "fake_conversations_tolerate="),
        "-o",
        "fake_conversations_tolerate=guarded-host",
    )

    result.assert_outcomes(passed=2)


@pytest.mark.parametrize("guard", ["session", "fixture"])
def test_test_that_disables_sockets_blocks_no_later_test(
    suite: pytest.Pytester, guard: str
) -> None:
    """pytest-socket restores `getaddrinfo` only where it finds its own function."""
    result = ran(
        suite,
        """
        def test_first(fake_conversations):
            session.get(URL)

        @pytest.mark.disable_socket
        @pytest.mark.filterwarnings("ignore:A test tried to use:UserWarning")
        def test_disabled(fake_conversations):
            for host in ("conversations.twilio.com", "localhost"):
                with pytest.raises(RuntimeError, match="A test tried to use socket.getaddrinfo"):
                    socket.getaddrinfo(host, 443)

        def test_later():
            assert socket.getaddrinfo("127.0.0.1", 443)
            assert socket.gethostbyname("127.0.0.1")

        def test_last(fake_conversations):
            session.get(URL)
            fake_conversations.services.assert_listed()
        """,
        "-o",
        f"fake_conversations_guard={guard}",
    )

    result.assert_outcomes(passed=4)
