"""The actions of chat users."""

from __future__ import annotations

from typing import Any

import pytest
from applications import HOOK, answering

from pytest_conversations_fake import FakeConversations


@pytest.mark.rule("webhook-header", "unread", "user-made")
def test_chat_user_joins_sends_and_reads(fake: FakeConversations) -> None:
    conversation = fake.conversations.add(unique_name="talk")
    events = ["onParticipantAdded", "onMessageAdded", "onParticipantUpdated", "onUserAdded"]
    fake.webhooks.deliver_to(answering(), public_url=HOOK, events=events)
    ada, ben = fake.chat_user("ada"), fake.chat_user("ben")

    for user, name in ((ada, conversation), (ben, conversation.sid)):
        user.join(name)
    message = ada.send("hello", to="talk")
    ada.send("anybody?", to="talk")

    assert ["hello", "anybody?"] == [each.body for each in ben.unread(conversation)]
    assert [] == ada.unread(conversation)
    ben.read(conversation, up_to=0)
    row = fake.user_conversations.one(user_sid=fake.users.one(identity="ben").sid)
    assert (0, 1) == (row.last_read_message_index, row.unread_messages_count)
    ben.read(conversation)
    assert (1, 0) == (row.last_read_message_index, row.unread_messages_count)
    assert "ada" == message.author
    delivered = fake.webhooks.assert_delivered("onMessageAdded", body="hello")
    assert ("SDK", "ada") == (delivered.form["Source"], delivered.form["ClientIdentity"])
    fake.webhooks.assert_delivered("onParticipantUpdated", identity="ben", count=2)
    fake.webhooks.assert_delivered("onUserAdded", identity="ada")


def test_unknown_conversation_is_an_error(fake: FakeConversations) -> None:
    ada = fake.chat_user("ada")

    with pytest.raises(LookupError, match=r"^there is no conversation 'nowhere'$"):
        ada.join("nowhere")


@pytest.mark.parametrize(
    "act",
    [
        lambda user, conversation: user.send("hi", to=conversation),
        lambda user, conversation: user.read(conversation),
        lambda user, conversation: user.unread(conversation),
    ],
    ids=["send", "read", "unread"],
)
def test_chat_user_who_has_not_joined_gets_an_error(fake: FakeConversations, act: Any) -> None:
    conversation = fake.conversations.add()

    with pytest.raises(LookupError) as refused:
        act(fake.chat_user("ada"), conversation)

    assert f"ada is no participant of {conversation.sid}; call join() first" == str(refused.value)


def test_second_join_is_refused_as_twilio_does(fake: FakeConversations) -> None:
    conversation = fake.conversations.add()
    ada = fake.chat_user("ada")
    ada.join(conversation)

    with pytest.raises(ValueError, match="Twilio refuses this: 50433 Participant already exists"):
        ada.join(conversation)
