"""The options of the fixture: marker, ini options, and how pytest lists them."""

from __future__ import annotations

import pytest
from conftest import configuration

pytestmark = pytest.mark.newest

SID = "AC" + "a" * 32


def test_marker_and_ini_options_set_credentials(suite: pytest.Pytester) -> None:
    suite.makefile(".toml", pyproject="")
    suite.makeini(
        f"""{configuration()}fake_conversations_account_sid = {SID}
        fake_conversations_auth_token = from the ini file
        """
    )
    suite.makepyfile(
        f"""
        import pytest
        import requests

        def credentials(fake):
            return fake.account_sid, fake.auth_token

        def test_ini(fake_conversations):
            assert ({SID!r}, "from the ini file") == credentials(fake_conversations)
            refused = requests.get(f"{{fake_conversations.url}}/v1/Services", auth=("a", "b"))
            assert 401 == refused.status_code

        @pytest.mark.fake_conversations(auth_token="from the class")
        class TestIt:
            def test_class(self, fake_conversations):
                assert ({SID!r}, "from the class") == credentials(fake_conversations)

            @pytest.mark.fake_conversations(auth_token="from the test")
            def test_closest(self, fake_conversations):
                assert ({SID!r}, "from the test") == credentials(fake_conversations)
        """
    )

    suite.runpytest().assert_outcomes(passed=3)


def test_marker_accepts_a_user_name_in_place_of_a_sid(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        import os
        import pytest
        import requests
        from twilio.rest import Client

        def services(user):
            url = "https://conversations.twilio.com/v1/Services"
            return requests.get(url, auth=(user, os.environ["TWILIO_AUTH_TOKEN"]))

        @pytest.mark.fake_conversations(account_sid="dev")
        def test_it(fake_conversations):
            service = Client().conversations.v1.services.create(friendly_name="x")

            assert os.environ["TWILIO_ACCOUNT_SID"] == "dev"
            assert service.account_sid == fake_conversations.account_sid
            assert service.account_sid.startswith("AC")
            assert services(fake_conversations.account_sid).status_code == 200
            assert services("other").status_code == 401
            assert fake_conversations.twilio_client().conversations.v1.services.list()

        @pytest.mark.fake_conversations(auth_token="secret")
        def test_environment(fake_conversations, monkeypatch):
            assert os.environ["TWILIO_AUTH_TOKEN"] == "secret"
            assert services(os.environ["TWILIO_ACCOUNT_SID"]).status_code == 200
        """
    )

    suite.runpytest().assert_outcomes(passed=2)


def test_wrong_marker_argument_prints_one_line(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        import pytest

        @pytest.mark.fake_conversations(acount_sid="x")
        def test_keyword(fake_conversations): ...

        @pytest.mark.fake_conversations("x")
        def test_position(fake_conversations): ...

        @pytest.mark.fake_conversations(allow_hosts="api.twilio.com")
        def test_text(fake_conversations): ...

        @pytest.mark.fake_conversations(account_sid="me:you")
        def test_sid(fake_conversations): ...
        """
    )

    result = suite.runpytest()

    result.assert_outcomes(errors=4)
    assert [
        "fake_conversations: the marker has no keyword 'acount_sid'; did you mean 'account_sid'? "
        "There is: account_sid, auth_token, redirect, child_processes, allow_hosts, assume, owned, "
        "tolerate, seed, max_requests, accounts",
        "fake_conversations: the marker accepts only keywords, not ('x',)",
        "fake_conversations: allow_hosts is a list of host names, not 'api.twilio.com'",
        "fake_conversations: account_sid is AC and 32 hexadecimal digits, or another user name of "
        "printable characters without a colon, not 'me:you'",
    ] == [line for line in result.outlines if line.startswith("fake_conversations: ")]


def test_accounts_of_a_marker_override_credentials_of_ini_options(suite: pytest.Pytester) -> None:
    suite.makeini(
        "[pytest]\n"
        "fake_conversations_account_sid = AC00000000000000000000000000000000\n"
        "fake_conversations_auth_token = secret\n"
    )
    suite.makepyfile(
        """
        import pytest

        ACCOUNT = "AC" + "1" * 32
        pytestmark = pytest.mark.fake_conversations(accounts={ACCOUNT: {"auth_token": "other"}})

        def test_accounts(fake_conversations):
            assert (ACCOUNT, "other") == (
                fake_conversations.account_sid, fake_conversations.auth_token
            )

        @pytest.mark.fake_conversations(auth_token="closest")
        def test_token(fake_conversations):
            assert "closest" == fake_conversations.auth_token
            assert "AC" + "0" * 32 == fake_conversations.account_sid
        """
    )

    suite.runpytest().assert_outcomes(passed=2)


@pytest.mark.parametrize(
    ("option", "text"),
    [
        ("redirect = maybe", "accepts true or false: invalid truth value 'maybe'"),
        (
            "allow_hosts = 'x",
            "accepts words, quoted like those of a shell: No closing quotation",
        ),
    ],
)
def test_unreadable_ini_option_fails_the_test_with_its_name(
    suite: pytest.Pytester, option: str, text: str
) -> None:
    suite.makeini(f"[pytest]\nfake_conversations_{option}")
    suite.makepyfile("def test_it(fake_conversations): ...")

    result = suite.runpytest()

    result.assert_outcomes(errors=1)
    name = option.split()[0]
    line = f"fake_conversations: the ini option fake_conversations_{name} {text}"
    assert line in result.outlines


def test_pytest_shows_marker_options_and_fixture_docstring(suite: pytest.Pytester) -> None:
    suite.runpytest("--markers").stdout.fnmatch_lines(
        [
            "@pytest.mark.fake_conversations(account_sid=None, auth_token=None, redirect=True, "
            "child_processes=False, allow_hosts=(), assume={}, owned=(), tolerate=(), seed=None, "
            "max_requests=None, accounts=None): set options of the fixture fake_conversations, "
            "like the ini options fake_conversations_[*]"
        ]
    )
    suite.runpytest("--help").stdout.fnmatch_lines(
        [
            "  fake_conversations_account_sid (string):",
            "  fake_conversations_auth_token (string):",
            "  fake_conversations_redirect (bool):",
            "  fake_conversations_allow_hosts (args):",
            "  fake_conversations_guard (string):",
        ]
    )
    suite.runpytest("--fixtures").stdout.fnmatch_lines(
        [
            "fake_conversations -- *",
            "    A working imitation of the Twilio Conversations v1 API that records every *",
        ]
    )
