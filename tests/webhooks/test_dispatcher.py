"""Where a test may settle."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from applications import APPLICATIONS, EVENTS, HOOK, say

from pytest_conversations_fake import FakeConversations

REFUSAL = (
    "an application called settle(), which waits for applications and so for its own caller; call "
    "it in the test"
)


@pytest.fixture
def fake(fake: FakeConversations) -> FakeConversations:
    fake.conversations.add(unique_name="talk")
    return fake


@pytest.mark.parametrize("run_in", ["thread", "test"])
@pytest.mark.parametrize("kind", ["flask", "starlette", "aiohttp"])
def test_settle_in_a_handler_is_refused(fake: FakeConversations, kind: str, run_in: Any) -> None:
    refusals: list[str] = []

    def handle(url: str, form: dict[str, str], signature: str) -> None:
        with pytest.raises(RuntimeError) as refused:
            fake.settle()
        refusals.append(str(refused.value))

    async def run() -> None:
        app = APPLICATIONS[kind](handle)
        async with fake.webhooks.deliver_to(app, public_url=HOOK, events=EVENTS, run_in=run_in):
            await asyncio.to_thread(say)

    asyncio.run(run())

    assert 200 == fake.webhooks.assert_delivered("onMessageAdded").status
    assert [REFUSAL] == refusals
