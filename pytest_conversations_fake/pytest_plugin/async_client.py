"""The fixture `fake_conversations_client`, for where pytest-asyncio runs async fixtures."""

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
    """An aiohttp session with the fake's address and credentials."""
    from aiohttp import ClientSession

    user_and_password = f"{fake_conversations.account_sid}:{fake_conversations.auth_token}"
    authorization = f"Basic {b64encode(user_and_password.encode()).decode()}"
    async with ClientSession(
        fake_conversations.url, headers={"Authorization": authorization}
    ) as session:
        yield session
