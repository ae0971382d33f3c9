"""Credentials and the session guard, which ini options start before the first conftest."""

from __future__ import annotations

import sys

import pytest
from conftest import configuration

SID = "AC" + "a" * 32
CREDENTIALS = f"""fake_conversations_account_sid = {SID}
        fake_conversations_auth_token = token
        """


@pytest.fixture
def suite(suite: pytest.Pytester) -> pytest.Pytester:
    """A project whose ini file has credentials."""
    suite.makeini(configuration() + CREDENTIALS)
    return suite


@pytest.mark.parametrize("arguments", [[], ["-n1"]], ids=["one process", "xdist"])
def test_credentials_are_set_before_anything_of_the_project_is_imported(
    suite: pytest.Pytester, arguments: list[str]
) -> None:
    suite.makeini(configuration("xdist") + CREDENTIALS)
    suite.makepyfile(
        settings="""
        import os

        ACCOUNT_SID, AUTH_TOKEN = os.environ["TWILIO_ACCOUNT_SID"], os.environ["TWILIO_AUTH_TOKEN"]
        """,
        # As pytest-django does
        early_plugin="""
        import pytest

        @pytest.hookimpl(tryfirst=True)
        def pytest_load_initial_conftests():
            import settings
        """,
        conftest="import settings",
        test_it=f"""
        import requests
        from settings import ACCOUNT_SID, AUTH_TOKEN

        def test_credentials_are_those_of_the_fake(fake_conversations):
            url = "https://conversations.twilio.com/v1/Services"
            assert requests.get(url, auth=(ACCOUNT_SID, AUTH_TOKEN)).ok
            assert {SID!r} == fake_conversations.account_sid

        def test_credentials_stay_without_the_fixture():
            import os
            assert {SID!r} == os.environ["TWILIO_ACCOUNT_SID"]
        """,
    )

    result = suite.runpytest_subprocess("-p", "early_plugin", *arguments)

    result.assert_outcomes(passed=2)


def test_environment_is_restored_when_pytest_ends(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", "before")
    suite.makepyfile(
        f"""
        import os

        def test_it():
            assert ({SID!r}, "token") == (
                os.environ["TWILIO_ACCOUNT_SID"], os.environ["TWILIO_AUTH_TOKEN"]
            )
        """
    )
    program = """
        import os, pytest
        for _ in range(2):
            assert pytest.main(["-q"]) == 0
            print(os.environ["TWILIO_ACCOUNT_SID"], "TWILIO_AUTH_TOKEN" in os.environ)
        """
    script = suite.makefile(".script", program)

    result = suite.run(sys.executable, script)

    assert 0 == result.ret
    assert 2 == result.outlines.count("before False")


def test_plugin_that_a_conftest_loads_starts_with_that_conftest(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    suite.makeini(f"[pytest]\nfake_conversations_account_sid = {SID}")
    suite.makeconftest("pytest_plugins = ['pytest_conversations_fake.pytest_plugin.plugin']")
    suite.makepyfile(
        f"""
        import os

        SID = os.environ["TWILIO_ACCOUNT_SID"]

        def test_it(fake_conversations):
            assert SID == fake_conversations.account_sid == {SID!r}
        """
    )

    suite.runpytest_subprocess().assert_outcomes(passed=1)


CALL = """
    import socket

    def call():
        socket.getaddrinfo("api.twilio.com", 443)
    """


def test_session_guard_refuses_a_call_of_a_conftest(suite: pytest.Pytester) -> None:
    suite.makepyfile(calls=CALL, conftest="from calls import call; call()")

    result = suite.runpytest_subprocess("-o", "fake_conversations_guard=session")

    assert pytest.ExitCode.USAGE_ERROR == result.ret
    result.stderr.fnmatch_lines(
        ["E   *HostRefused: * fake_conversations refused api.twilio.com in this session, as it *"]
    )


def test_session_guard_fails_the_collection_after_a_refusal_that_a_conftest_hides(
    suite: pytest.Pytester,
) -> None:
    suite.makepyfile(
        calls=CALL,
        conftest="""
        from contextlib import suppress
        from calls import call

        with suppress(OSError):
            call()
        """,
        test_it="def test_it(): ...",
    )

    result = suite.runpytest_subprocess("-o", "fake_conversations_guard=session")

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["fake_conversations refused api.twilio.com in this session, as *"])


def test_session_guard_covers_functions_that_a_conftest_replaces(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        calls=CALL,
        conftest="""
        import socket

        resolve = socket.getaddrinfo
        socket.getaddrinfo = lambda host, port: resolve("127.0.0.1", port)
        """,
        test_it="""
        import pytest
        from calls import call

        with pytest.raises(OSError, match="refused"):
            call()
        """,
    )

    result = suite.runpytest_subprocess("-o", "fake_conversations_guard=session")

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        ["fake_conversations refused api.twilio.com in test_it.py, as it *"]
    )
