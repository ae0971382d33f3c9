"""Code with the sid of a service in its settings."""

from __future__ import annotations

import pytest
from twilio.rest import Client

from pytest_conversations_fake import FakeConversations

SERVICE_SID = "IS0123456789abcdef0123456789abcdef"


def open_ticket(name: str) -> None:
    """The code under test: open a conversation in the service of the settings."""
    Client().conversations.v1.services(SERVICE_SID).conversations.create(unique_name=name)


def test_ticket_is_opened_in_the_service_of_the_settings(
    fake_conversations: FakeConversations,
) -> None:
    fake_conversations.services.add(sid=SERVICE_SID, friendly_name="Support")

    open_ticket("ticket-66")

    fake_conversations.conversations.assert_created(chat_service_sid=SERVICE_SID)


@pytest.mark.fake_conversations(seed={"default_service": {"sid": SERVICE_SID}})
def test_default_service_has_the_sid_of_the_settings(
    fake_conversations: FakeConversations,
) -> None:
    open_ticket("ticket-66")

    ticket = Client().conversations.v1.conversations("ticket-66").fetch()
    assert ticket.chat_service_sid == SERVICE_SID
