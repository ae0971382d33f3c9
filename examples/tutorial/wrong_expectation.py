"""A test that fails: run it with `pytest wrong_expectation.py`."""

from orders import answer


def test_customer_is_answered(fake_conversations):
    conversation = fake_conversations.conversations.add(unique_name="order-66")

    answer(conversation.sid, "Where is it?")

    fake_conversations.messages.assert_created(author="desk")
