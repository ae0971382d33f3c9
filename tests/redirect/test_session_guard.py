"""The guard for the whole session, in downstream suites beside a real Twilio."""

from __future__ import annotations

import pytest

from .suites import as_pattern, guarded, ran, refused


def test_test_without_the_fixture_is_not_guarded_by_default(public_suite: pytest.Pytester) -> None:
    public_suite.makepyfile(
        """
        import requests

        requests.get("https://conversations.twilio.com/v1")

        def test_it():
            requests.get("https://api.twilio.com")
        """
    )

    result = ran(public_suite)

    result.assert_outcomes(passed=1)
    urls = ["https://conversations.twilio.com/v1", "https://api.twilio.com/"]
    result.stdout.fnmatch_lines([as_pattern(f"the real Twilio had {urls}")])


def test_session_guard_refuses_connections_during_collection(public_suite: pytest.Pytester) -> None:
    public_suite.makepyfile(
        test_raises="""
        import requests

        requests.get("https://conversations.twilio.com/v1")
        """,
        test_swallows="""
        from conftest import swallow

        swallow("https://api.twilio.com")

        def test_it(): ...
        """,
    )

    result = ran(public_suite, guard="session")

    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines(
        [
            "*_ ERROR collecting test_raises.py _*",
            f"E   *{guarded('test_raises.py')}*",
            "*_ ERROR collecting test_swallows.py _*",
            refused("api.twilio.com", "test_swallows.py"),
            "the real Twilio had []",
        ]
    )


def test_session_guard_fails_a_test_with_a_refused_connection(
    public_suite: pytest.Pytester,
) -> None:
    public_suite.makepyfile(
        """
        import pytest
        from conftest import swallow

        URL = "https://conversations.twilio.com/v1/Services"

        def test_body():
            swallow(URL)

        @pytest.mark.xfail(reason="which must not hide it")
        def test_marked():
            swallow(URL)

        @pytest.fixture
        def early():
            swallow(URL)

        @pytest.fixture
        def late():
            yield
            swallow(URL)

        def test_set_up(early): ...

        def test_tear_down(late): ...

        def test_failed(late):
            swallow(URL)
            assert not "again at its end"

        def test_innocent(): ...

        @pytest.mark.fake_conversations(tolerate=["guarded-host"])
        def test_tolerant():
            swallow(URL)

        def test_with_a_fake(fake_conversations):
            swallow(URL)
        """
    )

    result = ran(public_suite, guard="session")

    result.assert_outcomes(passed=4, failed=3, errors=2)
    [file] = public_suite.path.glob("test_*.py")
    for test in ("test_body", "test_marked", "test_set_up", "test_tear_down"):
        text = guarded(f"{file.name}::{test}")
        result.stdout.fnmatch_lines([as_pattern(text)])
        assert 1 == str(result.stdout).count(text)
    failed = guarded(f"{file.name}::test_failed")
    result.stdout.fnmatch_lines(["*- Captured fake_conversations call -*", failed])
    assert 1 == str(result.stdout).count(failed)
    result.stdout.fnmatch_lines(["the real Twilio had []"])


def test_session_guard_allows_hosts_of_ini_file_and_marker(
    public_suite: pytest.Pytester,
) -> None:
    public_suite.makepyfile(
        """
        import pytest
        import requests

        requests.get("https://api.twilio.com/collection")

        def test_ini():
            requests.get("https://api.twilio.com/test")

        @pytest.mark.fake_conversations(allow_hosts=["conversations.twilio.com"])
        def test_marker():
            requests.get("https://conversations.twilio.com/v1")
        """
    )

    result = ran(
        public_suite, "-o", "fake_conversations_allow_hosts=api.twilio.com", guard="session"
    )

    result.assert_outcomes(passed=2)
    urls = [
        "https://api.twilio.com/collection",
        "https://api.twilio.com/test",
        "https://conversations.twilio.com/v1",
    ]
    result.stdout.fnmatch_lines([as_pattern(f"the real Twilio had {urls}")])


def test_pooled_connection_to_the_fake_does_not_bypass_the_session_guard(
    public_suite: pytest.Pytester,
) -> None:
    public_suite.makepyfile(
        """
        import requests

        URL = "https://conversations.twilio.com/v1/Services"
        session = requests.Session()

        def test_first(fake_conversations):
            session.get(URL)

        def test_second():
            session.get(URL)
        """
    )

    result = ran(public_suite, guard="session")

    result.assert_outcomes(passed=1, failed=1)
    [file] = public_suite.path.glob("test_*.py")
    result.stdout.fnmatch_lines(
        [f"E *{guarded(f'{file.name}::test_second')}*", "the real Twilio had []"]
    )


def test_unknown_guard_is_a_usage_error(public_suite: pytest.Pytester) -> None:
    result = ran(public_suite, guard="sesion")

    assert pytest.ExitCode.USAGE_ERROR == result.ret
    result.stderr.fnmatch_lines(
        [
            "ERROR: the ini option fake_conversations_guard cannot be 'sesion'; "
            "did you mean 'session'? There is: fixture, session, off"
        ]
    )
