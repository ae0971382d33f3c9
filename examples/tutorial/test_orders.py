"""The first tests."""

from orders import open_conversation


def test_conversation_is_opened(fake_conversations):
    open_conversation("order-66", "+15550100")

    fake_conversations.conversations.assert_created(unique_name="order-66")
    fake_conversations.participants.assert_created(messaging_binding_address="+15550100")
