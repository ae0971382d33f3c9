"""The FastAPI application on the test's own event loop, with its lifespan."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from fastapi_app import NUMBER, app
from httpx import ASGITransport, AsyncClient

from pytest_conversations_fake import FakeConversations

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def client(fake_conversations: FakeConversations) -> AsyncIterator[AsyncClient]:
    """The running application, which receives webhooks."""
    target = fake_conversations.webhooks.deliver_to(
        app,
        public_url="https://desk.example/twilio",
        events=["onMessageAdded"],
        run_in="test",
    )
    async with target, AsyncClient(transport=ASGITransport(app), base_url="http://app") as client:
        yield client


async def test_ticket_is_opened_for_a_phone(
    fake_conversations: FakeConversations, client: AsyncClient
) -> None:
    answer = await client.post("/tickets", data={"ticket": "ticket-66", "phone": "+15550100"})

    ticket = fake_conversations.conversations.one(unique_name="ticket-66")
    assert answer.json() == {"sid": ticket.sid}


async def test_text_is_confirmed(
    fake_conversations: FakeConversations, client: AsyncClient
) -> None:
    await client.post("/tickets", data={"ticket": "ticket-66", "phone": "+15550100"})
    phone = fake_conversations.handset("+15550100")

    phone.send("Where is my order?", to=NUMBER)
    await fake_conversations.settle_async()

    assert [received.body for received in phone.inbox] == ["We have received your message."]
