"""Parameters that Twilio ignores silently."""

from __future__ import annotations

import pytest

from pytest_conversations_fake import FakeConversations

ASK = """
    import pytest
    import requests

    def ask(method, path, **sending):
        url = f"https://conversations.twilio.com/v1/{path}"
        return requests.request(method, url, auth=("user", "password"), **sending)
"""


def test_a_test_is_warned(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        ASK
        + """
    @pytest.mark.filterwarnings("default")
    def test_it(fake_conversations):
        for _ in range(2):
            form = {"Target": "webhook", "Configuration.Url": "https://a.example"}
            assert 201 == ask("POST", "Conversations", data=form).status_code
        ask("POST", "Services", data={"FriendlyName": "x", "Freindlyname": "y"})
        ask("GET", "Conversations?Colour=red")
        ask("POST", "Services", data={"friendlyName": "x"})  # is refused, and says why

    def test_nothing_is_ignored(fake_conversations):
        ask("POST", "Services", data={"FriendlyName": "x"})
        assert 404 == ask("POST", "Conversations/x", data={"FriendlyName": "x"}).status_code
        """
    )

    result = suite.runpytest()

    result.assert_outcomes(passed=2, warnings=3)
    ignores = "and Twilio ignores that"
    result.stdout.fnmatch_lines(
        [
            "  *IgnoredParametersWarning: Target, Configuration.Url are no parameters of "
            f"CreateConversation, {ignores}; did you mean CreateConversationScopedWebhook "
            "(POST …/Webhooks), which has Target, Configuration.Url?",
            "  *IgnoredParametersWarning: Freindlyname is no parameter of CreateService, "
            f"{ignores}; did you mean FriendlyName?",
            f"  *IgnoredParametersWarning: Colour is no parameter of ListConversation, {ignores}",
        ]
    )


def test_it_is_an_error_where_warnings_are(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        ASK
        + """
    def test_it(fake_conversations):
        ask("POST", "Conversations", data={"Nonsense": "x"})
        """
    )

    result = suite.runpytest()

    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["Nonsense is no parameter of *", "ERROR *::test_it - Failed: *"])


def test_without_pytest_it_can_be_asked_for() -> None:
    with FakeConversations() as fake:
        assert [] == fake._ignored_parameters()
