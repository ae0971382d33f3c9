"""The test of `record_a_session.py`, with the placeholders replaced."""

from __future__ import annotations

from flask_app import app

from pytest_conversations_fake import FakeConversations


def test_recorded_session(fake_conversations: FakeConversations) -> None:
    # The application that receives the webhooks for https://desk.example/twilio:
    application = app
    fake_conversations.webhooks.deliver_to(
        application, public_url="https://desk.example/twilio", events=["onMessageAdded"]
    )

    # Call the code under test here, so that it sends CreateConversation,
    # CreateConversationParticipant.
    app.test_client().post("/tickets", data={"ticket": "ticket-66", "phone": "+15550100"})

    fake_conversations.conversations.assert_created(unique_name="ticket-66")
    fake_conversations.participants.assert_created(
        messaging_binding_address="+15550100",
        messaging_binding_proxy_address="+15550199",
    )

    phone = fake_conversations.handset("+15550100")
    phone.send("Where is my order?", to="+15550199")
    fake_conversations.webhooks.assert_delivered(
        "onMessageAdded", source="SMS", body="Where is my order?", author="+15550100"
    )
    fake_conversations.messages.assert_created(author="desk", body="We have received your message.")

    assert [message.body for message in phone.inbox] == [
        "We have received your message.",
    ]
    assert len(fake_conversations.requests) == 3
    assert len(fake_conversations.webhooks.deliveries) == 1
