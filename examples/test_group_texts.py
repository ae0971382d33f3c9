"""A group text: two phones and an agent in one conversation."""

from __future__ import annotations

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from pytest_conversations_fake import FakeConversations

NUMBER = "+15550199"


def open_group(agent: str, *phones: str) -> str:
    """The code under test: open a group text of an agent and phones. Return its sid."""
    conversation = Client().conversations.v1.conversations.create()
    conversation.participants.create(identity=agent, messaging_binding_projected_address=NUMBER)
    for phone in phones:
        conversation.participants.create(messaging_binding_address=phone)
    sid: str = conversation.sid
    return sid


def test_text_reaches_the_others_of_the_group(fake_conversations: FakeConversations) -> None:
    open_group("ada", "+15550100", "+15550101")
    ben, cyd = map(fake_conversations.handset, ("+15550100", "+15550101"))

    ben.send("When do we meet?", to=NUMBER)

    [received] = cyd.inbox
    assert (received.body, received.sender) == ("When do we meet?", "+15550100")
    assert not ben.inbox


def test_message_of_the_agent_comes_from_the_projected_number(
    fake_conversations: FakeConversations,
) -> None:
    group = open_group("ada", "+15550100", "+15550101")

    fake_conversations.chat_user("ada").send("At ten.", to=group)

    [received] = fake_conversations.handset("+15550100").inbox
    assert (received.body, received.sender) == ("At ten.", NUMBER)


def test_second_group_of_the_same_people_is_refused(fake_conversations: FakeConversations) -> None:
    open_group("ada", "+15550100", "+15550101")

    with pytest.raises(TwilioRestException, match="already exists as Conversation"):
        open_group("ada", "+15550100", "+15550101")

    fake_conversations.participants.assert_created(refused=50438)


@pytest.mark.fake_conversations(assume={"group-texting": "off"})
def test_account_may_be_unable_to_send_group_texts(fake_conversations: FakeConversations) -> None:
    with pytest.raises(TwilioRestException):
        open_group("ada", "+15550100", "+15550101")

    fake_conversations.participants.assert_created(refused=50452)
