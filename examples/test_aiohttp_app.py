"""The aiohttp application, with pytest-aiohttp's `aiohttp_client` and with a phone."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp_app import NUMBER, URL, application

from pytest_conversations_fake import FakeConversations

pytestmark = pytest.mark.asyncio


async def test_ticket_is_opened_for_a_phone(
    fake_conversations: FakeConversations, aiohttp_client: Any
) -> None:
    client = await aiohttp_client(application())

    answer = await client.post("/tickets", data={"ticket": "ticket-66", "phone": "+15550100"})

    ticket = fake_conversations.conversations.one(unique_name="ticket-66")
    assert await answer.json() == {"sid": ticket.sid}


async def test_text_is_confirmed(fake_conversations: FakeConversations) -> None:
    ticket = fake_conversations.conversations.add()
    fake_conversations.participants.add(
        conversation_sid=ticket.sid,
        messaging_binding_address="+15550100",
        messaging_binding_proxy_address=NUMBER,
    )
    phone = fake_conversations.handset("+15550100")
    fake_conversations.webhooks.deliver_to(application(), public_url=URL, events=["onMessageAdded"])

    phone.send("Where is my order?", to=NUMBER)
    await fake_conversations.settle_async()

    assert [received.body for received in phone.inbox] == ["We have received your message."]
