"""`max_requests`: what a fake says about requests that it no longer has."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from pytest_conversations_fake import FakeConversations, StrictnessError


@pytest.fixture
def fake() -> Iterator[FakeConversations]:
    """A fake that keeps two requests, and has dropped one that created a service."""
    with FakeConversations(max_requests=2) as fake:
        post(fake, "Services", FriendlyName="first")
        post(fake, "Conversations", FriendlyName="second")
        post(fake, "Conversations", FriendlyName="third")
        yield fake


def post(fake: FakeConversations, path: str, **form: str) -> None:
    auth = fake.account_sid, fake.auth_token
    requests.post(f"{fake.url}/v1/{path}", form, auth=auth)


def test_assertion_sees_the_requests_that_are_left(fake: FakeConversations) -> None:
    fake.conversations.assert_created(friendly_name="third")
    fake.conversations.assert_created(count=2)
    fake.conversations.assert_created(at_most=2)
    fake.users.assert_not_created()


def test_failure_names_the_dropped_requests(fake: FakeConversations) -> None:
    with pytest.raises(AssertionError) as raised:
        fake.services.assert_created(friendly_name="first")

    assert str(raised.value).startswith(
        "expected CreateService(friendly_name='first') once, got it 0 times\n"
    )
    assert str(raised.value).endswith("\n\n1 earlier request dropped (max_requests=2)")


def test_absence_cannot_be_asserted_of_dropped_requests(fake: FakeConversations) -> None:
    unknown = (
        "cannot tell how often there was CreateService(friendly_name='other'): "
        "1 earlier CreateService dropped (max_requests=2)"
    )

    with pytest.raises(AssertionError) as absent:
        fake.services.assert_not_created(friendly_name="other")
    with pytest.raises(AssertionError) as limited:
        fake.services.assert_created(friendly_name="other", at_most=1)

    assert [unknown] * 2 == [str(absent.value), str(limited.value)]


def test_report_and_page_name_the_dropped_requests(fake: FakeConversations) -> None:
    lines = str(fake.report()).splitlines()

    assert "1 earlier request dropped (max_requests=2)" == lines[0]
    assert lines[1].startswith("#2 POST /v1/Conversations -> 201 CH")
    assert "2 requests · 1 earlier request dropped (max_requests=2)" in fake.report().html()


def test_reset_counts_anew(fake: FakeConversations) -> None:
    fake.reset()

    fake.services.assert_not_created()
    assert "no requests" == str(fake.report()).splitlines()[0]


def test_unknown_route_of_a_dropped_request_fails_the_test() -> None:
    fake = FakeConversations(max_requests=1)

    def run() -> None:
        with fake:
            post(fake, "Nothing")
            post(fake, "Nothing")
            post(fake, "Services", FriendlyName="x")

    with pytest.raises(StrictnessError, match="POST /v1/Nothing"):
        run()
    assert [1, 1] == [len(fake.requests), len(fake._world.journal.dropped.problems)]


def test_ignored_parameter_of_a_dropped_request_is_named() -> None:
    with FakeConversations(max_requests=1) as fake:
        post(fake, "Services", FriendlyName="x", Colour="red")
        post(fake, "Services", FriendlyName="x")

        assert ["CreateService has no parameter Colour, so Twilio ignores it"] == (
            fake._ignored_parameters()
        )


@pytest.mark.parametrize(
    ("value", "error"),
    [(0, ValueError), (-1, ValueError), (True, TypeError), ("3", TypeError), (1.5, TypeError)],
)
def test_limit_that_is_no_positive_integer_is_refused(
    value: object, error: type[Exception]
) -> None:
    with pytest.raises(error) as raised:
        FakeConversations(max_requests=value)  # type: ignore[arg-type]  # wrong on purpose

    assert f"max_requests must be an integer of 1 or more, or None for no limit, not {value!r}" == (
        str(raised.value)
    )


def test_ini_option_and_marker_set_the_limit(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        import pytest
        import requests

        def kept(fake):
            for _ in range(5):
                requests.get(f"{fake.url}/v1/Services", auth=("a", "b"))
            return len(fake.requests)

        def test_ini(fake_conversations):
            assert 3 == kept(fake_conversations)

        @pytest.mark.fake_conversations(max_requests=2)
        def test_marker(fake_conversations):
            assert 2 == kept(fake_conversations)

        @pytest.mark.fake_conversations(max_requests=None)
        def test_none(fake_conversations):
            assert 5 == kept(fake_conversations)
        """
    )

    suite.runpytest("-o", "fake_conversations_max_requests=3").assert_outcomes(passed=3)
    wrong = suite.runpytest("-k", "ini", "-o", "fake_conversations_max_requests=many")

    assert (
        "fake_conversations: max_requests must be an integer of 1 or more, or None for no limit, "
        "not 'many'"
    ) in wrong.outlines
