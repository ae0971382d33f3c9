"""A text from an unknown number opens a conversation."""

from __future__ import annotations

import pytest
from twilio.rest import Client

from pytest_conversations_fake import FakeConversations

NUMBER = "+15550199"


def set_up_number(service: str) -> None:
    """The code under test: let texts to the number open conversations in a service."""
    Client().conversations.v1.address_configurations.create(
        type="sms",
        address=NUMBER,
        auto_creation_enabled=True,
        auto_creation_type="webhook",
        auto_creation_conversation_service_sid=service,
        auto_creation_webhook_url="https://desk.example/twilio",
        auto_creation_webhook_filters=["onMessageAdded"],
    )


def test_first_text_opens_a_conversation(fake_conversations: FakeConversations) -> None:
    desk = fake_conversations.services.add()
    set_up_number(desk.sid)
    phone = fake_conversations.handset("+15550100")

    phone.send("Hello?", to=NUMBER)
    phone.send("Is anybody there?", to=NUMBER)

    conversation = fake_conversations.conversations.one()
    assert conversation.chat_service_sid == desk.sid
    assert [message.body for message in fake_conversations.messages] == [
        "Hello?",
        "Is anybody there?",
    ]
    participant = fake_conversations.participants.one()
    assert participant.messaging_binding_proxy_address == NUMBER


def test_conversation_has_the_webhook_of_the_number(fake_conversations: FakeConversations) -> None:
    set_up_number(fake_conversations.services.add().sid)

    fake_conversations.handset("+15550100").send("Hello?", to=NUMBER)

    fake_conversations.webhooks.assert_delivered("onMessageAdded", body="Hello?")
    assert fake_conversations.scoped_webhooks.one().target == "webhook"


def test_text_to_another_number_arrives_nowhere(fake_conversations: FakeConversations) -> None:
    set_up_number(fake_conversations.services.add().sid)

    with pytest.raises(LookupError, match="has no address configuration that creates one"):
        fake_conversations.handset("+15550100").send("Hello?", to="+15550198")
