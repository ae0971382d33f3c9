"""Pre-events: an application that refuses and changes messages before they are created."""

from __future__ import annotations

import pytest
from flask import Flask, request
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from pytest_conversations_fake import FakeConversations

app = Flask(__name__)


@app.post("/twilio")
def check_message() -> tuple[dict[str, str], int]:
    text = request.form["Body"]
    if "password" in text:
        return {}, 400
    return {"body": text.replace("darn", "****")}, 200


@pytest.fixture
def ticket(fake_conversations: FakeConversations) -> str:
    """The sid of a conversation; the application is asked before each of its messages."""
    fake_conversations.webhooks.deliver_to(
        app, public_url="https://desk.example/twilio", events=["onMessageAdd"]
    )
    return fake_conversations.conversations.add().sid


def test_message_with_a_password_is_not_created(
    fake_conversations: FakeConversations, ticket: str
) -> None:
    ada = fake_conversations.chat_user("ada")
    ada.join(ticket)

    assert ada.send("My password is 1234", to=ticket) is None

    assert not fake_conversations.messages
    fake_conversations.webhooks.assert_delivered("onMessageAdd", failed=True)


def test_message_is_changed(fake_conversations: FakeConversations, ticket: str) -> None:
    ada = fake_conversations.chat_user("ada")
    ada.join(ticket)

    ada.send("darn!", to=ticket)

    assert fake_conversations.messages.one().body == "****!"


@pytest.mark.fake_conversations(assume={"pre-events": "everybody"})
def test_message_of_a_request_is_refused(
    fake_conversations: FakeConversations, ticket: str
) -> None:
    messages = Client().conversations.v1.conversations(ticket).messages

    with pytest.raises(TwilioRestException, match="Webhook disabled processing of command"):
        messages.create(body="My password is 1234", x_twilio_webhook_enabled="true")

    fake_conversations.messages.assert_created(refused=50056)
    fake_conversations.webhooks.assert_delivered("onMessageAdd", failed=True)
