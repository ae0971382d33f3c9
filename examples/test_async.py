"""Async code on twilio-python, and a plain aiohttp session."""

from __future__ import annotations

import pytest
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.rest import Client

from pytest_conversations_fake import FakeConversations

pytestmark = pytest.mark.asyncio


async def test_asynchronous_sdk(fake_conversations: FakeConversations) -> None:
    async with AsyncTwilioHttpClient() as http_client:
        client = Client(http_client=http_client)

        await client.conversations.v1.conversations.create_async(unique_name="help")

    fake_conversations.conversations.assert_created(unique_name="help")


async def test_session_with_the_fakes_address(fake_conversations, fake_conversations_client):
    answer = await fake_conversations_client.post("/v1/Services", data={"FriendlyName": "Support"})

    assert answer.status == 201
    assert (await answer.json())["sid"] in fake_conversations.services
