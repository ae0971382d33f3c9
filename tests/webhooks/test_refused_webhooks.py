"""The hints of a failure when an application refuses a webhook."""

from __future__ import annotations

import os

import pytest
from applications import EVENTS, HOOK, answering, say
from twilio.rest import Client

from pytest_conversations_fake import FakeConversations

ACCOUNT, OTHER = "AC" + "1" * 32, "AC" + "2" * 32
TOKEN = "s3cret" * 5

CAUSES = (
    "; where the signature is refused, the usual causes are public_url, its scheme (http or https, "
    "see behind_proxy=) and auth_token="
)


@pytest.fixture(autouse=True)
def without_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"):
        monkeypatch.delenv(name, raising=False)


def refused(fake: FakeConversations, status: int = 403, **options: str) -> str:
    """The first line of the failure when an application responds with *status*."""
    failing = pytest.raises(AssertionError)
    with failing as failed, fake:
        fake.conversations.add(unique_name="talk")
        fake.webhooks.deliver_to(answering(status), public_url=HOOK, events=EVENTS, **options)
        say()
        fake.settle()
    report = " ".join(str(fake.report()).split())
    hint = str(failed.value).partition("; ")[2].partition("\n")[0]
    assert not hint or hint in report
    assert TOKEN not in str(failed.value) + report
    return str(failed.value).partition("\n")[0]


@pytest.mark.parametrize("status", [401, 403])
def test_failure_names_the_signed_url_and_the_origin_of_the_token(status: int) -> None:
    assert (
        f"a webhook failed: onMessageAdded to {HOOK} -> {status}; it was signed for {HOOK} with "
        f"the fake's own auth token{CAUSES}"
    ) == refused(FakeConversations(), status)


@pytest.mark.parametrize("status", [400, 404, 500])
def test_failure_with_another_status_has_no_hint(status: int) -> None:
    text = refused(FakeConversations(), status)

    assert f"a webhook failed: onMessageAdded to {HOOK} -> {status}" == text


def test_failure_names_the_environment_as_origin_of_the_token(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", TOKEN)

    text = refused(FakeConversations())

    assert f"with the auth token of the environment (TWILIO_AUTH_TOKEN){CAUSES}" in text


def test_failure_names_the_option_as_origin_of_the_token() -> None:
    text = refused(FakeConversations(), auth_token=TOKEN)

    assert f"with the auth_token= of deliver_to{CAUSES}" in text


@pytest.mark.parametrize(
    "fake",
    [
        lambda: FakeConversations(auth_token=TOKEN),
        lambda: FakeConversations(accounts={ACCOUNT: {"auth_token": TOKEN}}),
    ],
)
def test_failure_names_the_fake_as_origin_of_the_token(fake: type[FakeConversations]) -> None:
    text = refused(fake())

    origin = "the auth token in the fake's arguments (auth_token= or accounts=)"
    assert f"with {origin}{CAUSES}" in text


def test_failure_names_the_last_request_as_origin_of_the_token() -> None:
    failing = pytest.raises(AssertionError)
    with failing as failed, FakeConversations() as fake:
        fake.webhooks.deliver_to(answering(403), public_url=HOOK, events=EVENTS)
        talk = Client(OTHER, TOKEN).conversations.v1.conversations.create()
        talk.messages.create(body="hi", x_twilio_webhook_enabled="true")
        fake.settle()

    origin = "the auth token of the last request that did not use the fake's own"
    assert f"with {origin}{CAUSES}" in str(failed.value)
    assert TOKEN not in str(failed.value)
    assert os.environ.get("TWILIO_AUTH_TOKEN") is None


def test_hint_behind_a_proxy_names_the_public_url(fake: FakeConversations) -> None:
    fake.conversations.add(unique_name="talk")
    fake.webhooks.deliver_to(answering(403), public_url=HOOK, events=EVENTS, behind_proxy=True)
    say()

    failed = fake.webhooks.assert_delivered("onMessageAdded", failed=True)

    assert failed.hint.startswith(f"it was signed for {HOOK} with ")
