"""What `fake.webhooks` offers to a test."""

from __future__ import annotations

from pytest_conversations_fake import FakeConversations


def test_webhooks_have_four_public_members(fake: FakeConversations) -> None:
    public = [name for name in dir(fake.webhooks) if not name.startswith("_")]

    assert ["assert_delivered", "assert_not_delivered", "deliver_to", "deliveries"] == public
