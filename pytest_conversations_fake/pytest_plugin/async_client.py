"""The fixture `fake_conversations_client`, which needs pytest-asyncio."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest_asyncio

if TYPE_CHECKING:
    from aiohttp import ClientSession

    from ..fake import FakeConversations


@pytest_asyncio.fixture
async def fake_conversations_client(
    fake_conversations: FakeConversations,
) -> AsyncIterator[ClientSession]:
    """An `aiohttp.ClientSession` with the address and the credentials of the fake."""
    from aiohttp import ClientSession

    user_and_password = f"{fake_conversations.account_sid}:{fake_conversations.auth_token}"
    authorization = f"Basic {b64encode(user_and_password.encode()).decode()}"
    async with ClientSession(
        fake_conversations.url, headers={"Authorization": authorization}
    ) as session:
        yield session
