"""The same code, tested with unittest.mock, with responses, and with the fake."""

from __future__ import annotations

from unittest.mock import patch

import helpdesk
import pytest
import responses
from helpdesk import open_ticket
from twilio.base.exceptions import TwilioRestException

from pytest_conversations_fake import FakeConversations

CONVERSATIONS = "https://conversations.twilio.com/v1/Services/IS1/Conversations"


def test_existing_ticket_is_found_with_a_mock() -> None:
    with patch.object(helpdesk, "Client") as client:
        conversations = client.return_value.conversations.v1.services.return_value.conversations
        conversations.create.side_effect = TwilioRestException(409, "/", code=50353)
        conversations.return_value.fetch.return_value.sid = "CH1"

        assert open_ticket("IS1", 66) == "CH1"

        conversations.create.assert_called_once_with(unique_name="ticket-66", timers_closed="P7D")


def test_existing_ticket_is_found_with_responses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", "AC1")
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "token")
    with responses.RequestsMock() as mock:
        mock.post(CONVERSATIONS, json={"code": 50353, "message": "exists"}, status=409)
        mock.get(f"{CONVERSATIONS}/ticket-66", json={"sid": "CH1"})

        assert open_ticket("IS1", 66) == "CH1"


def test_existing_ticket_is_found_with_the_fake(fake_conversations: FakeConversations) -> None:
    desk = fake_conversations.services.add()
    ticket = fake_conversations.conversations.add(
        chat_service_sid=desk.sid, unique_name="ticket-66"
    )

    assert open_ticket(desk.sid, 66) == ticket.sid
