"""The option `child_processes`: children without an environment of their own reach the fake."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pytest_conversations_fake import FakeConversations

# A module that finds credentials in the environment only
DESK = """
    import os
    import urllib.request
    from base64 import b64encode

    def open_desk():
        user = f"{os.environ['TWILIO_ACCOUNT_SID']}:{os.environ['TWILIO_AUTH_TOKEN']}"
        urllib.request.urlopen(
            urllib.request.Request(
                "https://conversations.twilio.com/v1/Services",
                data=b"FriendlyName=Support",
                headers={"Authorization": f"Basic {b64encode(user.encode()).decode()}"},
            )
        ).close()

    def is_redirected():
        import socket
        return hasattr(socket.getaddrinfo, "__wrapped__")

    if __name__ == "__main__":
        open_desk()
    """


def test_children_of_a_test_reach_the_fake(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        desk=DESK,
        test_it="""
        import multiprocessing
        import os
        import subprocess
        import sys
        from concurrent.futures import ProcessPoolExecutor

        import pytest
        from desk import is_redirected, open_desk

        METHODS = ["forkserver", "spawn"]
        before = dict(os.environ)

        def in_child(method, function):
            with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context(method)) as pool:
                return pool.submit(function).result()

        @pytest.mark.fake_conversations(child_processes=True)
        class TestChildren:
            @pytest.mark.parametrize("method", METHODS)
            def test_multiprocessing(self, fake_conversations, method):
                in_child(method, open_desk)
                fake_conversations.services.assert_created(friendly_name="Support")

            def test_subprocess(self, fake_conversations):
                subprocess.run([sys.executable, "desk.py"], check=True)
                fake_conversations.services.assert_created(friendly_name="Support")

            def test_environment_by_hand(self, fake_conversations):
                env = fake_conversations.subprocess_env()
                subprocess.run([sys.executable, "desk.py"], env=env, check=True)
                fake_conversations.services.assert_created(friendly_name="Support")

            def test_shell(self, fake_conversations, monkeypatch):
                monkeypatch.setenv("PYTHONPATH", "also" + os.pathsep + os.environ["PYTHONPATH"])
                assert os.system(f"{sys.executable} desk.py") == 0
                fake_conversations.services.assert_created(friendly_name="Support")

            def test_last_fork_server(self, fake_conversations):
                in_child("forkserver", open_desk)

        # Starts a fork server before the tests above, and uses one after them
        assert not in_child("forkserver", is_redirected)

        @pytest.mark.parametrize("method", METHODS)
        def test_later_child(method):
            assert not in_child(method, is_redirected)

        def test_environment_is_restored():
            names = {"PYTHONPATH", "NODE_OPTIONS", "CURL_HOME", "FAKE_CONVERSATIONS_REDIRECTION"}
            assert {name: before.get(name) for name in names} == {
                name: os.environ.get(name) for name in names
            }
        """,
    )

    suite.runpytest().assert_outcomes(passed=9)


def test_ini_option_holds_for_every_test_without_an_option_of_its_own(
    suite: pytest.Pytester,
) -> None:
    suite.makepyfile(
        """
        import os
        import pytest

        def test_ini(fake_conversations):
            assert "FAKE_CONVERSATIONS_REDIRECTION" in os.environ

        @pytest.mark.fake_conversations(child_processes=False)
        def test_marker(fake_conversations):
            assert "FAKE_CONVERSATIONS_REDIRECTION" not in os.environ

        @pytest.mark.fake_conversations(redirect=False)
        def test_contradiction(fake_conversations): ...
        """
    )

    result = suite.runpytest("-o", "fake_conversations_child_processes=true")

    result.assert_outcomes(passed=2, errors=1)
    assert (
        "fake_conversations: child_processes=True cannot be combined with redirect=False"
        in result.outlines
    )


def test_context_manager_restores_the_environment() -> None:
    before = dict(os.environ)

    with FakeConversations(child_processes=True) as fake:
        with_fake = dict(os.environ)
        directory = Path(with_fake["CURL_HOME"])

        assert directory.is_dir()
        assert fake.account_sid == with_fake["TWILIO_ACCOUNT_SID"]

    assert before == dict(os.environ)
    assert not directory.exists()


def test_value_that_is_no_flag_is_refused() -> None:
    with pytest.raises(TypeError, match=r"^child_processes must be True or False, not 'yes'$"):
        FakeConversations(child_processes="yes")  # type: ignore[arg-type]  # wrong on purpose
