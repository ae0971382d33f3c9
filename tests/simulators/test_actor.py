"""Operations of people, with their pre-event webhooks."""

from __future__ import annotations

import asyncio
import json

import pytest
from applications import HOOK, answering, at_hook
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from twilio.rest import Client

from pytest_conversations_fake import FakeConversations

from .texting import ADA, DESK, add_participant


@pytest.mark.rule("with-participants")
@pytest.mark.parametrize("by", ["a handset", "a chat user"])
def test_action_of_a_person_ends_the_initializing_state(by: str) -> None:
    pair = {"messaging_binding": {"address": ADA, "proxy_address": DESK}}
    with FakeConversations(assume={"with-participants": "initializing"}) as fake:
        created = Client().conversations.v1.conversation_with_participants.create(
            participant=[json.dumps(pair)]
        )
        conversation = fake.conversations.one(sid=created.sid)
        assert ("initializing", "initializing") == (created.state, conversation.state)

        if by == "a handset":
            fake.handset(ADA).send("hi", to=DESK)
        else:
            fake.chat_user("ben").join(conversation)

        assert "active" == conversation.state


def test_conversation_that_its_webhook_deletes_gets_no_message(
    fake: FakeConversations,
) -> None:
    conversation = fake.conversations.add(unique_name="talk")
    add_participant(fake, ADA, conversation)

    async def hook(request: Request) -> PlainTextResponse:
        await asyncio.to_thread(Client().conversations.v1.conversations("talk").delete)
        return PlainTextResponse("")

    app = at_hook(hook)
    fake.webhooks.deliver_to(app, public_url=HOOK, events=["onMessageAdd"])

    with pytest.raises(LookupError, match=f"{conversation.sid} was removed while"):
        fake.handset(ADA).send("hi", to=DESK)
    assert 0 == len(fake.messages)


@pytest.mark.rule("pre-event-changes")
def test_invalid_change_of_a_pre_event_webhook_is_a_value_error(
    fake: FakeConversations,
) -> None:
    fake.address_configurations.add(type="sms", address=DESK, auto_creation_enabled=True)
    long = '{"friendly_name": "' + "x" * 257 + '"}'
    fake.webhooks.deliver_to(answering(200, long), public_url=HOOK, events=["onConversationAdd"])

    with pytest.raises(ValueError, match="Twilio refuses this: 50003 Friendly name too long"):
        fake.handset(ADA).send("hi", to=DESK)
    assert 0 == len(fake.conversations)
