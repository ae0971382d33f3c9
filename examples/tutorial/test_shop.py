"""A text, its webhook, and the answer on the phone."""

from orders import NUMBER, open_conversation
from shop import app


def test_text_is_answered(fake_conversations):
    fake_conversations.webhooks.deliver_to(
        app, public_url="https://shop.example/twilio", events=["onMessageAdded"]
    )
    open_conversation("order-66", "+15550100")
    phone = fake_conversations.handset("+15550100")

    phone.send("Where is it?", to=NUMBER)
    fake_conversations.settle()

    assert [received.body for received in phone.inbox] == ["We will look into it: Where is it?"]
