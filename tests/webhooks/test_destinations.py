"""Which application a URL leads to."""

from __future__ import annotations

import pytest
from applications import EVENTS, answers_nothing, say, with_flask
from twilio.rest import Client

from pytest_conversations_fake import FakeConversations


@pytest.fixture
def fake(fake: FakeConversations) -> FakeConversations:
    fake.conversations.add(unique_name="talk")
    return fake


def test_url_of_this_machine_needs_no_target(fake: FakeConversations) -> None:
    with FakeConversations(redirect=False) as another:
        Client().conversations.v1.configuration.webhooks().update(
            post_webhook_url=f"{another.url}/v1/Services", filters=EVENTS
        )
        say()

        assert 401 == fake.webhooks.assert_delivered("onMessageAdded", failed=True).status


def test_url_of_another_machine_without_a_target_gets_no_request(fake: FakeConversations) -> None:
    Client().conversations.v1.configuration.webhooks().update(
        post_webhook_url="https://desk.example/hook", filters=EVENTS
    )
    say()

    delivered = fake.webhooks.assert_delivered("onMessageAdded")

    assert (None, "no target") == (delivered.status, delivered.error)
    fake._check_strict()


@pytest.mark.parametrize("target", ["ftp://u:hunter2@desk", with_flask])
def test_refused_public_url_hides_its_password(fake: FakeConversations, target: object) -> None:
    with pytest.raises(TypeError) as refused:
        fake.webhooks.deliver_to(target, public_url="ftp://u:hunter2@desk")

    text = "public_url is a URL, as in https://desk.example, not 'ftp://u:***@desk'"
    assert text == str(refused.value)


@pytest.mark.parametrize(
    ("configured", "public_url", "found"),
    [
        ("https://Desk.example/hook", "https://desk.example", True),
        ("https://desk.example:443/hook", "https://desk.example/hook", True),
        ("https://desk.example/hook?x=1", "https://DESK.example/hook/", True),
        ("https://u:p@desk.example/hook", "https://desk.example", True),
        ("https://desk.example.evil/hook", "https://desk.example", False),
        ("https://desk.example/hooks", "https://desk.example/hook", False),
        ("https://desk.example:8443/hook", "https://desk.example", False),
        ("http://desk.example/hook", "https://desk.example", False),
    ],
)
def test_public_url_matches_urls_below_it(
    fake: FakeConversations, configured: str, public_url: str, found: bool
) -> None:
    fake.webhooks.deliver_to(answers_nothing, public_url=public_url)
    webhooks = Client().conversations.v1.configuration.webhooks()
    webhooks.update(post_webhook_url=configured, filters=EVENTS)
    say()

    delivered = fake.webhooks.assert_delivered("onMessageAdded")

    assert (200 if found else None) == delivered.status


def test_address_with_a_path_gets_requests_below_that_path(fake: FakeConversations) -> None:
    with FakeConversations(redirect=False) as another:
        for public_url in (None, "https://desk.example/twilio"):
            base = f"{another.url}/desk"
            url = base if public_url is None else f"{public_url}/messages?x=1"
            fake.webhooks.deliver_to(base, public_url=public_url)
            webhooks = Client().conversations.v1.configuration.webhooks()
            webhooks.update(post_webhook_url=url, filters=EVENTS)
            say()
            fake.settle()

        assert ["/desk", "/desk/messages"] == [each.path for each in another.requests]
        fake.webhooks.assert_delivered("onMessageAdded", failed=True, count=2)
