"""Numbers, and people who text."""

from __future__ import annotations

from typing import Any

from pytest_conversations_fake import FakeConversations

ADA, BEN, DESK, LINE = "+15550100", "+15550101", "+15550199", "+15550198"


def add_participant(
    fake: FakeConversations, address: str, conversation: Any, proxy: str | None = DESK
) -> Any:
    """Add a person who texts; without a *proxy* as part of a group text."""
    binding = {"messaging_binding_address": address, "messaging_binding_proxy_address": proxy}
    params = {name: value for name, value in binding.items() if value}
    return fake.participants.add(conversation_sid=conversation.sid, **params)
