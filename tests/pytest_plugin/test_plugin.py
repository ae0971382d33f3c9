"""The plugin in the suite of a project, and the lines that it prints."""

from __future__ import annotations

import pytest
from conftest import configuration

SID = "AC" + "a" * 32


def test_each_test_gets_its_own_fake_on_one_server(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        import os
        import pytest
        import requests

        seen = {}

        @pytest.mark.parametrize("number", range(3))
        def test_it(fake_conversations, number):
            sid, token = fake_conversations.account_sid, fake_conversations.auth_token
            assert sid == os.environ["TWILIO_ACCOUNT_SID"]
            assert token == os.environ["TWILIO_AUTH_TOKEN"]
            assert not len(fake_conversations.services)
            assert not len(fake_conversations.requests)
            url = f"{fake_conversations.url}/v1/Services"
            requests.post(url, {"FriendlyName": "x"}, auth=(sid, token))
            assert 1 == len(fake_conversations.services)
            seen[sid] = fake_conversations.url

        def test_one_server_served_all():
            assert 3 == len(seen)
            assert 1 == len({*seen.values()})
            assert "TWILIO_ACCOUNT_SID" not in os.environ
        """
    )

    suite.runpytest().assert_outcomes(passed=4)


def test_sids_are_the_same_at_each_run(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        def test_it(fake_conversations):
            print(fake_conversations.account_sid, fake_conversations.services.add().sid)
        """
    )

    one, two = (suite.runpytest("-rP", "-q").stdout.lines for _ in range(2))

    printed = [line for line in one if line.startswith("AC")]
    assert printed
    assert printed == [line for line in two if line.startswith("AC")]


def test_fake_uses_the_credentials_of_the_environment(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", SID)
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "theirs")
    suite.makepyfile(
        f"""
        def test_it(fake_conversations):
            assert {SID!r} == fake_conversations.account_sid
            assert "theirs" == fake_conversations.auth_token
        """
    )

    suite.runpytest().assert_outcomes(passed=1)


def test_failed_test_shows_its_requests(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        import requests

        def test_it(fake_conversations):
            auth = fake_conversations.account_sid, fake_conversations.auth_token
            url = f"{fake_conversations.url}/v1/Services"
            requests.post(url, {"FriendlyName": "x"}, auth=auth)
            requests.post(url, {}, auth=auth)
            fake_conversations.services.assert_created(friendly_name="y")
        """
    )

    result = suite.runpytest()

    result.stdout.fnmatch_lines(
        [
            ">       fake_conversations.services.assert_created(friendly_name=*y*)",
            "E       AssertionError: expected CreateService(friendly_name='y') once, got it 0 *",
            "E       ",
            "E       nearest of 2 CreateService:",
            "E         #1 POST /v1/Services -> 201 IS*",
            "E             friendly_name: 'x', expected 'y'",
            "E         #2 POST /v1/Services -> 400",
            "E             friendly_name: not sent, expected 'y'",
            "E             refused: 20001 Missing required parameter FriendlyName in the post",
            "E               body",
            "",
            "test_failed_test_shows_its_requests.py:8: AssertionError",
            "*- Captured fake_conversations call -*",
            "#1 POST /v1/Services -> 201 IS*",
            "#2 POST /v1/Services -> 400",
            "    refused: 20001 Missing required parameter FriendlyName in the post body",
            "*= short test summary info =*",
        ],
        consecutive=True,
    )


def test_error_inside_the_fake_fails_the_test_that_caused_it(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        import pytest
        import requests
        from pytest_conversations_fake.api.resources.services import Services

        def provoke(fake, monkeypatch):
            def broken(*_):
                raise KeyError("oops")

            monkeypatch.setattr(Services, "create", broken)
            requests.post(f"{fake.url}/v1/Services", {"FriendlyName": "x"}, auth=("a", "b"))

        def test_it(fake_conversations, monkeypatch):
            provoke(fake_conversations, monkeypatch)

        @pytest.mark.xfail(reason="does not hide it")
        def test_marked(fake_conversations, monkeypatch):
            provoke(fake_conversations, monkeypatch)

        def test_another(fake_conversations): ...
        """
    )

    result = suite.runpytest()

    result.assert_outcomes(passed=2, xpassed=1, errors=2)
    assert 2 == result.outlines.count("an error inside the fake: KeyError('oops')")


def test_failed_test_shows_the_error_inside_the_fake_in_its_report_only(
    suite: pytest.Pytester,
) -> None:
    suite.makepyfile(
        """
        import requests
        from pytest_conversations_fake.api.resources.services import Services

        def test_it(fake_conversations, monkeypatch):
            def broken(*_):
                raise KeyError("oops")

            monkeypatch.setattr(Services, "create", broken)
            url = f"{fake_conversations.url}/v1/Services"
            assert 201 == requests.post(url, {"FriendlyName": "x"}, auth=("a", "b")).status_code
        """
    )

    result = suite.runpytest()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "#1 POST /v1/Services -> 500  friendly_name='x'",
            "    refused: An error occurred",
            "",
            "an error inside the fake:",
            "Traceback (most recent call last):",
            "*",
            "KeyError: 'oops'",
        ]
    )


def test_request_after_its_test_is_refused_and_reported(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        import pytest
        import requests

        earlier = {}

        def test_first(fake_conversations):
            earlier["auth"] = fake_conversations.account_sid, fake_conversations.auth_token

        def test_second(fake_conversations):
            answer = requests.get(f"{fake_conversations.url}/v1/Services", auth=earlier["auth"])
            assert 401 == answer.status_code
            assert not len(fake_conversations.requests)

        def test_third(fake_conversations): ...
        """
    )

    result = suite.runpytest("-W", "default")

    result.assert_outcomes(passed=3, warnings=1)
    file = "test_request_after_its_test_is_refused_and_reported.py"
    result.stdout.fnmatch_lines(
        [
            f"{file}::test_second",
            "*FakeConversationsWarning: refused after the end of its test: GET /v1/Services: "
            f"Authentication Error - these credentials belong to {file}::test_first, which has "
            "ended; if tests share a client, set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN for all "
            "of them",
        ]
    )


def test_proxy_variables_are_restored_even_if_the_test_patches_them(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "theirs")
    suite.makepyfile(
        """
        import os

        def test_first(fake_conversations, monkeypatch):
            assert os.environ["NO_PROXY"] == "theirs,.twilio.com,twilio.com"
            monkeypatch.setenv("NO_PROXY", "a")

        def test_second():
            assert os.environ["NO_PROXY"] == "theirs"
        """
    )

    suite.runpytest().assert_outcomes(passed=2)


def test_request_between_two_fakes_is_refused_and_reported(
    suite: pytest.Pytester,
) -> None:
    suite.makepyfile(
        """
        import requests

        earlier = {}

        def test_first(fake_conversations):
            earlier["auth"] = fake_conversations.account_sid, fake_conversations.auth_token
            earlier["url"] = f"{fake_conversations.url}/v1/Services"

        def test_second():
            for _ in range(3):
                assert 401 == requests.get(earlier["url"], auth=earlier["auth"]).status_code

        def test_third(fake_conversations): ...

        def test_fourth(fake_conversations): ...
        """
    )

    result = suite.runpytest()

    result.assert_outcomes(passed=4, errors=1)  # warnings are errors here; one for all three
    result.stdout.fnmatch_lines(
        ["*FakeConversationsWarning: refused after the end of its test: GET *test_first, which*"]
    )
    result.stdout.fnmatch_lines(["ERROR *::test_third*"])


def test_unittest_case_and_module_scope_work(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        import unittest
        import pytest
        import requests
        from pytest_conversations_fake import FakeConversations

        @pytest.fixture(scope="module")
        def module_fake():
            with FakeConversations(name="module") as fake:
                yield fake

        def create(fake):
            auth = fake.account_sid, fake.auth_token
            return requests.post(f"{fake.url}/v1/Services", {"FriendlyName": "x"}, auth=auth)

        @pytest.mark.parametrize("number", [1, 2])
        def test_module_scope(module_fake, fake_conversations, number):
            create(module_fake)
            assert (number, 0) == (len(module_fake.services), len(fake_conversations.services))

        @pytest.mark.usefixtures("keep_fake")
        class TestCase(unittest.TestCase):
            def test_it(self):
                assert 201 == create(self.fake).status_code
                self.fake.services.assert_created()

        @pytest.fixture
        def keep_fake(request, fake_conversations):
            request.cls.fake = fake_conversations
        """
    )

    suite.runpytest().assert_outcomes(passed=3)


def test_plugin_works_under_xdist(suite: pytest.Pytester) -> None:
    suite.makeini(configuration("xdist"))
    suite.makepyfile(
        """
        import pytest
        import requests

        @pytest.mark.parametrize("number", range(8))
        def test_it(fake_conversations, number):
            requests.get(f"{fake_conversations.url}/v1/Services", auth=("a", "b"))
            fake_conversations.services.assert_listed()
        """
    )

    suite.runpytest("-n", "2").assert_outcomes(passed=8)


@pytest.mark.parametrize(
    ("verbosity", "shown"),
    [
        pytest.param(
            [], "*body='Dear all, dear al…ar all, dear all') once, got it 0 times", id="quiet"
        ),
        pytest.param(["-v"], f"*body='Dear all{', dear all' * 20}') once, got it 0 times", id="-v"),
    ],
)
def test_long_values_are_cut_unless_pytest_is_verbose(
    suite: pytest.Pytester, verbosity: list[str], shown: str
) -> None:
    suite.makepyfile(
        """
        def test_it(fake_conversations):
            fake_conversations.messages.assert_created(body="Dear all" + ", dear all" * 20)
        """
    )

    result = suite.runpytest(*verbosity)

    result.stdout.fnmatch_lines([f"E {shown}"])
    cut = "E       cut to fit; pytest -v shows all"
    assert (not verbosity) == (cut in result.stdout.lines)


def test_violation_of_a_test_names_the_marker(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        from pytest_conversations_fake import RateLimited

        def test_it(fake_conversations):
            fake_conversations.inject(RateLimited())
        """
    )

    result = suite.runpytest()

    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(
        [
            "no request met the fault RateLimited(retry_after=1) on any operation",
            "To accept this, set tolerate=[[]'unmet-fault'] in the marker",
            "fake_conversations or in the ini option fake_conversations_tolerate.",
        ]
    )
