"""The Flask application, with a phone that texts it."""

from __future__ import annotations

from flask_app import NUMBER, app

from pytest_conversations_fake import FakeConversations


def test_ticket_is_opened_for_a_phone(fake_conversations: FakeConversations) -> None:
    form = {"ticket": "ticket-66", "phone": "+15550100"}

    answer = app.test_client().post("/tickets", data=form)

    ticket = fake_conversations.conversations.one(unique_name="ticket-66")
    assert answer.json == {"sid": ticket.sid}
    fake_conversations.participants.assert_created(
        conversation_sid=ticket.sid, messaging_binding_address="+15550100"
    )


def test_text_is_confirmed(fake_conversations: FakeConversations) -> None:
    fake_conversations.webhooks.deliver_to(
        app, public_url="https://desk.example/twilio", events=["onMessageAdded"]
    )
    app.test_client().post("/tickets", data={"ticket": "ticket-66", "phone": "+15550100"})
    phone = fake_conversations.handset("+15550100")

    phone.send("Where is my order?", to=NUMBER)
    fake_conversations.settle()

    assert [received.body for received in phone.inbox] == ["We have received your message."]


def test_event_with_a_wrong_signature_is_refused(fake_conversations: FakeConversations) -> None:
    fake_conversations.webhooks.deliver_to(
        app,
        public_url="https://desk.example/twilio",
        events=["onMessageAdded"],
        auth_token="of somebody else",
    )
    app.test_client().post("/tickets", data={"ticket": "ticket-66", "phone": "+15550100"})

    fake_conversations.handset("+15550100").send("Where is my order?", to=NUMBER)

    refused = fake_conversations.webhooks.assert_delivered("onMessageAdded", failed=True)
    assert refused.status == 403
    fake_conversations.messages.assert_not_created(author="desk")
