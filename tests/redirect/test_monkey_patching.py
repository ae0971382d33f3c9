"""gevent and eventlet replace sockets and threads; then redirection is refused."""

from __future__ import annotations

import pytest

PATCHES = {
    "gevent": "from gevent import monkey; monkey.patch_all()",
    "eventlet": "import eventlet; eventlet.monkey_patch()",
}
REPLACED = {"gevent": "socket, ssl, threading, select", "eventlet": "socket, thread, select"}

# Both warn: gevent because pytest's plugins have imported ssl, eventlet because it is deprecated
OPTIONS = ("-W", "ignore")


@pytest.fixture(params=PATCHES)
def library(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("EVENTLET_NO_GREENDNS", "yes")  # which fails where trio is installed
    name: str = request.param
    return name


def test_redirecting_fake_refuses_to_start_after_monkey_patching(
    suite: pytest.Pytester, library: str
) -> None:
    suite.makeconftest(PATCHES[library])
    suite.makepyfile(
        """
        import pytest
        from pytest_conversations_fake import FakeConversations

        def test_fixture(fake_conversations): ...

        def test_without_fixture():
            with pytest.raises(RuntimeError, match="^a fake that redirects cannot start because"):
                FakeConversations().__enter__()
        """
    )

    result = suite.runpytest_subprocess(*OPTIONS)

    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(
        [
            "fake_conversations: a fake that redirects cannot start because "
            f"{library} has replaced {REPLACED[library]}, so that calls would go to the real "
            "Twilio: do not monkey-patch, or use redirect=False and give the code the fake's url"
        ]
    )


def test_fake_without_redirection_serves_after_monkey_patching(
    suite: pytest.Pytester, library: str
) -> None:
    suite.makeconftest(PATCHES[library])
    suite.makepyfile(
        """
        import pytest
        import requests

        @pytest.mark.fake_conversations(redirect=False)
        def test_it(fake_conversations):
            fake = fake_conversations
            auth = (fake.account_sid, fake.auth_token)
            requests.post(f"{fake.url}/v1/Services", data={"FriendlyName": "Support"}, auth=auth)
            fake.services.assert_created(friendly_name="Support")

        @pytest.mark.fake_conversations(redirect=False)
        def test_webhooks(fake_conversations):
            with pytest.raises(RuntimeError, match="^the delivery of webhooks cannot start"):
                fake_conversations.webhooks.deliver_to(
                    "http://127.0.0.1:1", public_url="https://desk.example"
                )
        """
    )

    suite.runpytest_subprocess(*OPTIONS).assert_outcomes(passed=2)


def test_session_guard_refuses_to_start_after_monkey_patching(
    suite: pytest.Pytester, library: str
) -> None:
    suite.makepyfile(early_plugin=PATCHES[library], test_it="def test_it(): ...")

    guard = "fake_conversations_guard=session"
    result = suite.runpytest_subprocess("-p", "early_plugin", "-o", guard, *OPTIONS)

    assert pytest.ExitCode.USAGE_ERROR == result.ret
    result.stderr.fnmatch_lines(
        [
            "ERROR: the session guard of fake_conversations cannot start because "
            f"{library} has replaced {REPLACED[library]}, so that calls would go to the real "
            "Twilio: do not monkey-patch, or set the ini option fake_conversations_guard to off"
        ]
    )


def test_conftest_cannot_monkey_patch_under_the_session_guard(
    suite: pytest.Pytester, library: str
) -> None:
    suite.makepyfile(conftest=PATCHES[library], test_it="def test_it(): ...")

    result = suite.runpytest_subprocess("-o", "fake_conversations_guard=session", *OPTIONS)

    assert pytest.ExitCode.USAGE_ERROR == result.ret
    result.stderr.fnmatch_lines(
        [f"E *MonkeyPatchedError: {library}.*() is refused in this session because calls would *"]
    )


@pytest.mark.parametrize("guard", ["session", "fixture"])
def test_monkey_patching_under_a_guard_is_refused(
    suite: pytest.Pytester, library: str, guard: str
) -> None:
    fixture = "fake_conversations" if guard == "fixture" else ""
    suite.makepyfile(
        f"""
        import socket
        import pytest

        def test_it({fixture}):
            patched = socket.getaddrinfo
            with pytest.raises(RuntimeError, match="is refused in .*::test_it because calls"):
                {PATCHES[library]}
            assert socket.getaddrinfo is patched
        """
    )

    result = suite.runpytest_subprocess("-o", f"fake_conversations_guard={guard}", *OPTIONS)

    result.assert_outcomes(passed=1)


def test_test_after_monkey_patching_fails_under_the_session_guard(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVENTLET_NO_GREENDNS", "yes")  # on 3.10 it cannot import dnspython
    suite.makepyfile(
        early_plugin="from eventlet import monkey_patch",  # the import is not guarded yet
        test_it="""
        from early_plugin import monkey_patch

        def test_first():
            monkey_patch()

        def test_second(): ...
        """,
    )

    guard = "fake_conversations_guard=session"
    result = suite.runpytest_subprocess("-p", "early_plugin", "-o", guard, *OPTIONS)

    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(
        ["the session guard of fake_conversations cannot start because eventlet has replaced *"]
    )
