"""Redirection and the guard in downstream suites, where the real Twilio would answer."""

from __future__ import annotations

from pathlib import Path

import pytest

REMEDY = (
    "To allow it, name it in allow_hosts= (FakeConversations or the marker fake_conversations) or "
    "in the ini option fake_conversations_allow_hosts"
)


@pytest.fixture
def suite(suite: pytest.Pytester) -> pytest.Pytester:
    """A suite that prints at its end which requests reached the real Twilio."""
    suite.makeconftest(
        f"""
        import sys
        import pytest

        sys.path.insert(0, {str(Path(__file__).parents[1])!r})
        import requests
        from redirect.real import make_public, real_twilio

        running = real_twilio()
        site, authority = running.__enter__()
        make_public(site, authority, pytest.MonkeyPatch())

        def pytest_terminal_summary(terminalreporter):
            terminalreporter.line(f"the real Twilio had {{site.requests}}")

        def pytest_unconfigure():
            running.__exit__(None, None, None)

        def swallow(url):
            try:
                requests.get(url)
            except requests.ConnectionError:
                pass
        """
    )
    return suite


def ran(suite: pytest.Pytester, *options: str, guard: str = "fixture") -> pytest.RunResult:
    # pytest-socket restores the functions below the patches of this conftest
    return suite.runpytest("-p", "no:socket", "-o", f"fake_conversations_guard={guard}", *options)


def refused(host: str, where: str) -> str:
    return (
        f"fake_conversations refused {host} in {where}, as it belongs to the real Twilio. {REMEDY}"
        ". To mock it beside the fake, see 'Other mocks in the same test' "
        "(docs/how-to/other-mocks.md of pytest-conversations-fake)"
    )


def guarded(where: str, host: str = "conversations.twilio.com") -> str:
    return (
        f"fake_conversations refused {host} in {where}, where no fake is active: use the fixture "
        f"fake_conversations. {REMEDY}"
    )


def judgement(text: str) -> str:
    return text.replace("[", "[[]")


def test_fixture_redirects_unmodified_code(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        desk="""
        from twilio.rest import Client

        EARLY = Client("AC" + "1" * 32, "token")

        def open_desk(name, client=None):
            client = client or Client()
            return client.conversations.v1.services.create(friendly_name=name).url
        """
    )
    suite.makepyfile(
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

    result = ran(suite)

    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["the real Twilio had []"])


def test_pooled_connections_are_dropped_before_a_test_without_the_fixture(
    suite: pytest.Pytester,
) -> None:
    suite.makepyfile(
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

    result = ran(suite)

    result.assert_outcomes(passed=5)
    url = "https://conversations.twilio.com/v1/Services"
    result.stdout.fnmatch_lines([f"the real Twilio had {[url, url]}".replace("[", "[[]")])


def test_patches_are_removed_after_a_failed_setup(suite: pytest.Pytester) -> None:
    suite.makepyfile(
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

    ran(suite).assert_outcomes(passed=1, errors=1)


def test_fake_of_a_wider_scope_gets_the_hosts_back_after_a_test(suite: pytest.Pytester) -> None:
    suite.makepyfile(
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

    result = ran(suite)

    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(["the real Twilio had []"])


# Other hosts of Twilio


def test_swallowed_refusal_fails_the_test_once(suite: pytest.Pytester) -> None:
    suite.makepyfile(
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

    result = ran(suite)

    result.assert_outcomes(errors=2, passed=2, xpassed=1)
    [file] = suite.path.glob("test_*.py")
    for test in ("test_it", "test_marked"):
        text = refused("api.twilio.com", f"{file.name}::{test}")
        assert 1 == str(result.stdout).count(text)
    result.stdout.fnmatch_lines(["the real Twilio had []"])


def test_refusals_of_a_failed_test_are_in_its_report_only(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        from conftest import swallow

        def test_it(fake_conversations):
            swallow("https://api.twilio.com")
            assert not "that it was refused"
        """
    )

    result = ran(suite)

    result.assert_outcomes(failed=1)
    [file] = suite.path.glob("test_*.py")
    result.stdout.fnmatch_lines(
        [
            "*- Captured fake_conversations call -*",
            refused("api.twilio.com", f"{file.name}::test_it"),
            "the real Twilio had []",
        ],
        consecutive=True,
    )


def test_host_that_the_marker_allows_is_reached(suite: pytest.Pytester) -> None:
    suite.makepyfile(
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

    result = ran(suite)

    result.assert_outcomes(passed=2)
    urls = ["https://api.twilio.com/1", "https://api.twilio.com/2"]
    result.stdout.fnmatch_lines([f"the real Twilio had {urls}".replace("[", "[[]")])


@pytest.mark.parametrize(
    "option",
    [
        "fake_conversations_allow_hosts=lookups.twilio.com api.*",
        "fake_conversations_guard=off",
        "fake_conversations_redirect=no",
    ],
)
def test_host_that_the_ini_file_allows_is_reached(suite: pytest.Pytester, option: str) -> None:
    suite.makepyfile(
        """
        import requests

        def test_it(fake_conversations):
            requests.get("https://api.twilio.com")
        """
    )

    result = ran(suite, "-o", option)

    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["the real Twilio had [[]'https://api.twilio.com/']"])


# The guard for the whole session


def test_test_without_the_fixture_is_not_guarded_by_default(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        import requests

        requests.get("https://conversations.twilio.com/v1")

        def test_it():
            requests.get("https://api.twilio.com")
        """
    )

    result = ran(suite)

    result.assert_outcomes(passed=1)
    urls = ["https://conversations.twilio.com/v1", "https://api.twilio.com/"]
    result.stdout.fnmatch_lines([f"the real Twilio had {urls}".replace("[", "[[]")])


def test_session_guard_refuses_connections_during_collection(suite: pytest.Pytester) -> None:
    suite.makepyfile(
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

    result = ran(suite, guard="session")

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


def test_session_guard_fails_a_test_with_a_refused_connection(suite: pytest.Pytester) -> None:
    suite.makepyfile(
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

    result = ran(suite, guard="session")

    result.assert_outcomes(passed=4, failed=3, errors=2)
    [file] = suite.path.glob("test_*.py")
    for test in ("test_body", "test_marked", "test_set_up", "test_tear_down"):
        text = guarded(f"{file.name}::{test}")
        result.stdout.fnmatch_lines([judgement(text)])
        assert 1 == str(result.stdout).count(text)
    failed = guarded(f"{file.name}::test_failed")
    result.stdout.fnmatch_lines(["*- Captured fake_conversations call -*", failed])
    assert 1 == str(result.stdout).count(failed)
    result.stdout.fnmatch_lines(["the real Twilio had []"])


def test_session_guard_allows_hosts_of_ini_file_and_marker(
    suite: pytest.Pytester,
) -> None:
    suite.makepyfile(
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

    result = ran(suite, "-o", "fake_conversations_allow_hosts=api.twilio.com", guard="session")

    result.assert_outcomes(passed=2)
    urls = [
        "https://api.twilio.com/collection",
        "https://api.twilio.com/test",
        "https://conversations.twilio.com/v1",
    ]
    result.stdout.fnmatch_lines([f"the real Twilio had {urls}".replace("[", "[[]")])


def test_pooled_connection_to_the_fake_does_not_bypass_the_session_guard(
    suite: pytest.Pytester,
) -> None:
    suite.makepyfile(
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

    result = ran(suite, guard="session")

    result.assert_outcomes(passed=1, failed=1)
    [file] = suite.path.glob("test_*.py")
    result.stdout.fnmatch_lines(
        [f"E *{guarded(f'{file.name}::test_second')}*", "the real Twilio had []"]
    )


def test_unknown_guard_is_a_usage_error(suite: pytest.Pytester) -> None:
    result = ran(suite, guard="sesion")

    assert pytest.ExitCode.USAGE_ERROR == result.ret
    result.stderr.fnmatch_lines(
        [
            "ERROR: the ini option fake_conversations_guard cannot be 'sesion'; "
            "did you mean 'session'? There is: fixture, session, off"
        ]
    )
