"""A bot, tested with a simulated phone and a chat user."""

from __future__ import annotations

import bot
import pytest

from pytest_conversations_fake import FakeConversations


@pytest.fixture
def desk(fake_conversations: FakeConversations) -> str:
    """A number that creates a conversation for each text; the bot receives its messages."""
    fake_conversations.webhooks.deliver_to(
        bot.application(), public_url=bot.URL, events=["onMessageAdded"]
    )
    fake_conversations.address_configurations.add(
        type="sms", address="+15550199", auto_creation_enabled=True
    )
    return "+15550199"


def test_bot_answers_a_text(fake_conversations: FakeConversations, desk: str) -> None:
    phone = fake_conversations.handset("+15550100")

    phone.send("help", to=desk)
    fake_conversations.settle()

    assert [received.body for received in phone.inbox] == ["You said: help"]
    fake_conversations.webhooks.assert_delivered("onMessageAdded", body="help", source="SMS")


def test_request_with_a_wrong_signature_is_refused(fake_conversations: FakeConversations) -> None:
    fake_conversations.webhooks.deliver_to(
        bot.application(), public_url=bot.URL, events=["onMessageAdded"], auth_token="wrong"
    )
    talk = fake_conversations.conversations.add()
    ada = fake_conversations.chat_user("ada")
    ada.join(talk)

    ada.send("help", to=talk)

    refused = fake_conversations.webhooks.assert_delivered("onMessageAdded", failed=True)
    assert refused.status == 403
    fake_conversations.messages.assert_not_created(author="bot")
