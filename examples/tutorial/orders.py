"""The code under test: conversations with customers about their orders."""

from __future__ import annotations

from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

NUMBER = "+15550199"


def open_conversation(order: str, phone: str) -> str:
    """Open the conversation about an order unless it exists, and add the phone. Return its sid."""
    conversations = Client().conversations.v1.conversations
    try:
        conversation = conversations.create(unique_name=order)
    except TwilioRestException as error:
        if error.code != 50353:  # it exists
            raise
        conversation = conversations(order).fetch()
    conversation.participants.create(
        messaging_binding_address=phone, messaging_binding_proxy_address=NUMBER
    )
    sid: str = conversation.sid
    return sid


def answer(conversation: str, text: str) -> None:
    """Answer a customer's *text*."""
    messages = Client().conversations.v1.conversations(conversation).messages
    messages.create(author="shop", body=f"We will look into it: {text}")
