"""A world that is there before a test begins: from a file, or made up."""

from __future__ import annotations

import pytest
from helpdesk import close_tickets, reply

from pytest_conversations_fake import FakeConversations


@pytest.mark.fake_conversations(seed="examples/desk.yaml")
def test_a_reply_reaches_who_asked(fake_conversations: FakeConversations) -> None:
    ticket = fake_conversations.conversations.one(unique_name="ticket-66")

    reply(ticket.sid, "It is on its way.")

    phone = fake_conversations.handset("+15550100")
    assert [received.body for received in phone.inbox] == ["It is on its way."]


def test_a_busy_desk_is_closed(fake_conversations: FakeConversations) -> None:
    fake_conversations.populate(conversations=60, messages=300, locale="de_DE")

    closed = close_tickets(fake_conversations.default_service.sid)

    assert closed == 24
    assert fake_conversations.conversations.find(state="active") is None
