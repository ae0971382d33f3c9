"""Delivery receipts: code that finds texts that did not arrive."""

from __future__ import annotations

from twilio.rest import Client

from pytest_conversations_fake import FakeConversations


def undelivered(conversation_sid: str) -> list[str]:
    """The code under test: the texts of a conversation that did not arrive everywhere."""
    conversation = Client().conversations.v1.conversations(conversation_sid)
    return [
        message.body
        for message in conversation.messages.list()
        if (message.delivery or {}).get("undelivered", "none") != "none"
    ]


def test_undelivered_text_is_found(fake_conversations: FakeConversations) -> None:
    ticket = fake_conversations.conversations.add()
    fake_conversations.participants.add(
        conversation_sid=ticket.sid,
        messaging_binding_address="+15550100",
        messaging_binding_proxy_address="+15550199",
    )
    phone = fake_conversations.handset("+15550100")
    fake_conversations.messages.add(conversation_sid=ticket.sid, author="desk", body="First")
    phone.report_status("delivered")
    fake_conversations.messages.add(conversation_sid=ticket.sid, author="desk", body="Second")
    phone.report_status("undelivered", error_code=30003)

    assert undelivered(ticket.sid) == ["Second"]
    assert [receipt.status for receipt in fake_conversations.receipts] == [
        "delivered",
        "undelivered",
    ]


def test_receipt_can_be_added(fake_conversations: FakeConversations) -> None:
    ticket = fake_conversations.conversations.add()
    message = fake_conversations.messages.add(conversation_sid=ticket.sid, body="First")
    fake_conversations.receipts.add(message_sid=message.sid, status="undelivered")

    assert undelivered(ticket.sid) == ["First"]
