"""The same customer by SMS and by WhatsApp."""

from __future__ import annotations

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from pytest_conversations_fake import FakeConversations


def write_to(phone: str, number: str, text: str) -> None:
    """The code under test: open a conversation with a phone and write to it."""
    conversation = Client().conversations.v1.conversations.create()
    conversation.participants.create(
        messaging_binding_address=phone, messaging_binding_proxy_address=number
    )
    conversation.messages.create(author="desk", body=text)


def test_text_arrives_by_sms(fake_conversations: FakeConversations) -> None:
    write_to("+15550100", "+15550199", "Your order has left.")

    [received] = fake_conversations.handset("+15550100").inbox
    assert (received.body, received.sender) == ("Your order has left.", "+15550199")


def test_text_arrives_by_whatsapp(fake_conversations: FakeConversations) -> None:
    write_to("whatsapp:+15550100", "whatsapp:+15550199", "Your order has left.")

    phone = fake_conversations.handset("+15550100", channel="whatsapp")
    [received] = phone.inbox
    assert received.sender == "whatsapp:+15550199"
    assert not fake_conversations.handset("+15550100").inbox  # by SMS


def test_photo_arrives_with_the_answer(fake_conversations: FakeConversations) -> None:
    write_to("whatsapp:+15550100", "whatsapp:+15550199", "How does it look?")
    phone = fake_conversations.handset("+15550100", channel="whatsapp")

    phone.send("Like this.", to="+15550199", media="photo.jpg")

    answer = fake_conversations.messages.one(author="whatsapp:+15550100")
    assert answer.media[0]["content_type"] == "image/jpeg"


def test_pair_of_two_channels_is_refused(fake_conversations: FakeConversations) -> None:
    with pytest.raises(TwilioRestException, match="does not match proxy address type"):
        write_to("whatsapp:+15550100", "+15550199", "Your order has left.")

    fake_conversations.participants.assert_created(refused=50414)
