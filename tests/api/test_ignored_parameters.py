"""Warnings about parameters that Twilio ignores silently."""

from __future__ import annotations

import json

import pytest
from conftest import Api

from pytest_conversations_fake import FakeConversations
from pytest_conversations_fake.api.ignored_parameters import ignored_sentence

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


def test_media_url_is_ignored_with_a_hint_to_upload(api: Api) -> None:
    conversation = api.post("/v1/Conversations").response["sid"]
    messages = f"/v1/Conversations/{conversation}/Messages"

    sent = api.post(messages, {"Body": "x", "MediaUrl": "https://a.example/b.png"})

    assert (
        "CreateConversationMessage has no parameter MediaUrl, so Twilio ignores it; upload the "
        "file and send its MediaSid in place of MediaUrl"
    ) == ignored_sentence(sent)


def test_media_url_has_no_hint_where_media_is_not_sent(api: Api) -> None:
    sent = api.post("/v1/Conversations", {"MediaUrl": "https://a.example/b.png"})

    assert "CreateConversation has no parameter MediaUrl, so Twilio ignores it" == ignored_sentence(
        sent
    )


def test_json_body_is_ignored_with_a_hint_to_send_a_form(api: Api) -> None:
    body = json.dumps({"FriendlyName": "x"}).encode()

    sent = api.ask("POST", "/v1/Conversations", body, {"content-type": "application/json"})

    assert (
        "CreateConversation got a body of application/json, which Twilio ignores; send a form "
        "(application/x-www-form-urlencoded)"
    ) == ignored_sentence(sent)


def test_many_ignored_parameters_are_cut_to_ten(api: Api) -> None:
    sent = api.post("/v1/Conversations", {f"X{number}": "x" for number in range(12)})

    assert (
        "CreateConversation has no parameters X0, X1, X2, X3, X4, X5, X6, X7, X8, X9 and 2 more, "
        "so Twilio ignores them"
    ) == ignored_sentence(sent)


def test_request_without_ignored_parameters_has_no_sentence(api: Api) -> None:
    assert "" == ignored_sentence(api.post("/v1/Conversations", {"FriendlyName": "x"}))
    assert "" == ignored_sentence(api.post("/v1/Nowhere", {"FriendlyName": "x"}))
