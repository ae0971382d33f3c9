"""API keys, and several accounts."""

from __future__ import annotations

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from pytest_conversations_fake import FakeConversations

OURS, THEIRS = "AC" + "1" * 32, "AC" + "2" * 32
KEY = "SK" + "1" * 32
ACCOUNTS = {
    OURS: {"auth_token": "our token", "api_keys": {KEY: "secret of the key"}},
    THEIRS: {},
}


def open_desk(user: str, password: str, account_sid: str | None = None) -> None:
    """The code under test."""
    client = Client(user, password, account_sid)
    client.conversations.v1.services.create(friendly_name="Support")


@pytest.mark.fake_conversations(accounts=ACCOUNTS)
def test_api_key_is_accepted(fake_conversations: FakeConversations) -> None:
    open_desk(KEY, "secret of the key", OURS)

    fake_conversations.services.assert_created(friendly_name="Support")


@pytest.mark.fake_conversations(accounts=ACCOUNTS)
def test_wrong_secret_is_refused(fake_conversations: FakeConversations) -> None:
    with pytest.raises(TwilioRestException, match="Authenticate"):
        open_desk(KEY, "wrong", OURS)

    fake_conversations.services.assert_not_created()


@pytest.mark.fake_conversations(accounts=ACCOUNTS)
def test_desk_is_opened_for_a_customer(fake_conversations: FakeConversations) -> None:
    customer = fake_conversations.account(THEIRS)

    open_desk(customer.account_sid, customer.auth_token)

    customer.services.assert_created(friendly_name="Support")
    assert not fake_conversations.services
