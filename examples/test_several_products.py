"""Conversations by the fake, and another Twilio product by `responses`, in one test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import responses
from twilio.rest import Client

from pytest_conversations_fake import FakeConversations


def open_ticket(phone: str) -> None:
    """The code under test: open a conversation, and confirm it by a text of api.twilio.com."""
    client = Client()
    client.conversations.v1.conversations.create(unique_name=phone)
    client.messages.create(to=phone, from_="+15550199", body="We have opened a ticket.")


@pytest.fixture
def mock() -> Iterator[responses.RequestsMock]:
    """A mock of all hosts but those of Conversations."""
    with responses.RequestsMock() as mock:
        mock.add_passthru("https://conversations.")
        yield mock


def test_ticket_is_confirmed_by_a_text(
    fake_conversations: FakeConversations, mock: responses.RequestsMock
) -> None:
    path = f"/2010-04-01/Accounts/{fake_conversations.account_sid}/Messages.json"
    sent = mock.post(f"https://api.twilio.com{path}", json={"sid": "SM" + "0" * 32}, status=201)

    open_ticket("+15550100")

    fake_conversations.conversations.assert_created(unique_name="+15550100")
    assert "We+have+opened+a+ticket." in sent.calls[0].request.body
