"""Warnings about parameters that Twilio ignores silently."""

from __future__ import annotations

import pytest

from pytest_conversations_fake import FakeConversations

SEND = """
    import pytest
    import requests

    def send(method, path, **options):
        url = f"https://conversations.twilio.com/v1/{path}"
        return requests.request(method, url, auth=("user", "password"), **options)
"""


def test_ignored_parameters_are_warnings_of_the_test(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        SEND
        + """
    @pytest.mark.filterwarnings("default")
    def test_it(fake_conversations):
        for _ in range(2):
            form = {"Target": "webhook", "Configuration.Url": "https://a.example"}
            assert 201 == send("POST", "Conversations", data=form).status_code
        send("POST", "Services", data={"FriendlyName": "x", "Freindlyname": "y"})
        send("GET", "Conversations?Colour=red")
        send("POST", "Services", data={"friendlyName": "x"})  # is refused, and says why

    def test_nothing_is_ignored(fake_conversations):
        send("POST", "Services", data={"FriendlyName": "x"})
        assert 404 == send("POST", "Conversations/x", data={"FriendlyName": "x"}).status_code
        """
    )

    result = suite.runpytest()

    result.assert_outcomes(passed=2, warnings=3)
    result.stdout.fnmatch_lines(
        [
            "  *IgnoredParametersWarning: CreateConversation has no parameters Target, "
            "Configuration.Url, so Twilio ignores them; did you mean "
            "CreateConversationScopedWebhook (POST …/Webhooks), "
            "which has Target, Configuration.Url?",
            "  *IgnoredParametersWarning: CreateService has no parameter Freindlyname, "
            "so Twilio ignores it; did you mean FriendlyName?",
            "  *IgnoredParametersWarning: ListConversation has no parameter Colour, "
            "so Twilio ignores it",
        ]
    )


def test_ignored_parameter_fails_if_warnings_are_errors(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        SEND
        + """
    def test_it(fake_conversations):
        send("POST", "Conversations", data={"Nonsense": "x"})
        """
    )

    result = suite.runpytest()

    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(
        ["CreateConversation has no parameter Nonsense, *", "ERROR *::test_it*"]
    )


def test_fake_without_pytest_lists_ignored_parameters() -> None:
    with FakeConversations() as fake:
        assert [] == fake._ignored_parameters()
