"""Code that reads lists of several pages."""

from __future__ import annotations

from twilio.rest import Client

from pytest_conversations_fake import FakeConversations


def texts(conversation_sid: str) -> list[str]:
    """The code under test: the texts of a conversation, read in pages of 50."""
    messages = Client().conversations.v1.conversations(conversation_sid).messages
    return [message.body for message in messages.stream(page_size=50)]


def test_all_pages_are_read(fake_conversations: FakeConversations) -> None:
    ticket = fake_conversations.conversations.add()
    for number in range(120):
        fake_conversations.messages.add(conversation_sid=ticket.sid, body=f"Text {number}")

    found = texts(ticket.sid)

    assert found == [f"Text {number}" for number in range(120)]
    pages = fake_conversations.messages.assert_listed(page_size=50, count=3)
    assert ["page_token" in page.params for page in pages] == [False, True, True]


def test_one_page_is_enough(fake_conversations: FakeConversations) -> None:
    ticket = fake_conversations.conversations.add()

    texts(ticket.sid)

    fake_conversations.messages.assert_listed(at_most=1)
