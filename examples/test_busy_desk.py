"""Initial state from a seed file, and invented state."""

from __future__ import annotations

import pytest
from helpdesk import close_tickets, reply

from pytest_conversations_fake import FakeConversations


@pytest.mark.fake_conversations(seed="examples/desk.yaml")
def test_reply_reaches_the_customer(fake_conversations: FakeConversations) -> None:
    ticket = fake_conversations.conversations.one(unique_name="ticket-66")

    reply(ticket.sid, "It is on its way.")

    phone = fake_conversations.handset("+15550100")
    assert [received.body for received in phone.inbox] == ["It is on its way."]


def test_all_tickets_of_a_busy_desk_are_closed(fake_conversations: FakeConversations) -> None:
    fake_conversations.populate(conversations=60, messages=300, locale="de_DE")

    closed = close_tickets(fake_conversations.default_service.sid)

    assert closed == 24
    assert fake_conversations.conversations.find(state="active") is None
