"""The public members of `fake.webhooks` and their arguments."""

from __future__ import annotations

from typing import Any

import pytest
from applications import EVENTS, HOOK, answering, say, silent, with_flask

from pytest_conversations_fake import FakeConversations


@pytest.fixture
def fake(fake: FakeConversations) -> FakeConversations:
    fake.conversations.add(unique_name="talk")
    return fake


def test_webhooks_have_five_public_members(fake: FakeConversations) -> None:
    public = [name for name in dir(fake.webhooks) if not name.startswith("_")]

    assert [
        "assert_delivered",
        "assert_not_delivered",
        "deliver_to",
        "deliveries",
        "resend",
    ] == public


@pytest.mark.parametrize(
    ("timeout", "error"),
    [(0, ValueError), (-1, ValueError), (True, TypeError), ("5", TypeError)],
)
def test_invalid_timeout_is_refused(
    fake: FakeConversations, timeout: Any, error: type[Exception]
) -> None:
    with pytest.raises(error, match="timeout must be a number of seconds above 0, or None"):
        fake.webhooks.deliver_to(silent(), public_url=HOOK, timeout=timeout)


@pytest.mark.parametrize(
    ("target", "options", "error", "text"),
    [
        (5, {"public_url": HOOK}, TypeError, "a target is a URL, or an application of ASGI, WSGI"),
        ("desk", {"public_url": HOOK}, TypeError, "a target is a URL"),
        (answering(), {"public_url": "https://u:99999"}, ValueError, "public_url cannot be .*Port"),
        (answering(), {"public_url": f"https://{'ä' * 64}.de"}, ValueError, "public_url cannot be"),
        (with_flask, {}, TypeError, "public_url is a URL, as in https://desk.example, not None"),
        ("http://a", {"events": ["onMesageAdded"]}, ValueError, "did you mean 'onMessageAdded'"),
        ("http://a", {"run_in": "test"}, TypeError, "run_in='test' is for applications"),
        (with_flask, {"public_url": HOOK, "run_in": "tests"}, ValueError, "did you mean 'test'"),
        (answering(), {"public_url": HOOK, "run_in": "test"}, RuntimeError, "no event loop runs"),
    ],
)
def test_invalid_argument_is_refused(
    fake: FakeConversations, target: object, options: Any, error: type[Exception], text: str
) -> None:
    with pytest.raises(error, match=text):
        fake.webhooks.deliver_to(target, **options)


def test_events_for_a_second_url_are_refused(fake: FakeConversations) -> None:
    fake.webhooks.deliver_to(answering(), public_url=HOOK, events=EVENTS)

    with pytest.raises(ValueError, match=f"is configured for {HOOK} already"):
        fake.webhooks.deliver_to(answering(), public_url="https://another.example", events=EVENTS)


def test_events_as_one_string_are_refused(fake: FakeConversations) -> None:
    with pytest.raises(TypeError, match="events is a list of event names, not 'onMessageAdded'"):
        fake.webhooks.deliver_to(answering(), public_url=HOOK, events="onMessageAdded")


def test_missing_delivery_without_a_configured_webhook_says_so(fake: FakeConversations) -> None:
    with pytest.raises(AssertionError, match="no webhook is configured"):
        fake.webhooks.assert_delivered("onMessageAdded", body="hi")


def test_delivery_with_another_parameter_is_shown(fake: FakeConversations) -> None:
    fake.webhooks.deliver_to(answering(), public_url=HOOK, events=EVENTS)
    say("hello")

    with pytest.raises(AssertionError, match="body: 'hello', expected 'hi'"):
        fake.webhooks.assert_delivered("onMessageAdded", body="hi", index=0)


def test_unexpected_delivery_is_an_assertion_error(fake: FakeConversations) -> None:
    fake.webhooks.deliver_to(answering(), public_url=HOOK, events=EVENTS)
    say("hello")

    fake.webhooks.assert_not_delivered("onMessageAdded", body="hi")
    with pytest.raises(AssertionError, match="expected no onMessageAdded"):
        fake.webhooks.assert_not_delivered("onMessageAdded", body="hello")


@pytest.mark.parametrize("name", ["assert_delivered", "assert_not_delivered"])
def test_misspelled_event_or_parameter_is_refused(fake: FakeConversations, name: str) -> None:
    assertion = getattr(fake.webhooks, name)

    with pytest.raises(ValueError, match="there is no event 'onMessageAded'; did you mean"):
        assertion("onMessageAded")
    with pytest.raises(TypeError, match="onMessageAdded has no parameter 'bod'; did you"):
        assertion("onMessageAdded", bod="hi")
