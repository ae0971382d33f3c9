"""A call that Twilio refuses halfway."""

import pytest
from orders import open_conversation
from twilio.base.exceptions import TwilioRestException

from pytest_conversations_fake import RateLimited


def test_conversation_is_completed_by_a_second_try(fake_conversations):
    fake_conversations.inject(RateLimited(), on="CreateConversationParticipant", times=1)

    with pytest.raises(TwilioRestException, match="Too Many Requests"):
        open_conversation("order-66", "+15550100")
    open_conversation("order-66", "+15550100")

    assert len(fake_conversations.conversations) == 1
    fake_conversations.participants.assert_created(messaging_binding_address="+15550100")
    fake_conversations.participants.assert_created(refused=20429)
