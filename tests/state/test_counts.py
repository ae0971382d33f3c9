"""Counts of the records that a piece of code adds and removes."""

from __future__ import annotations

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from pytest_conversations_fake import FakeConversations


def test_changes_are_counted_by_noun(fake: FakeConversations) -> None:
    talk = fake.conversations.add(unique_name="talk")
    for identity in ("ada", "ben"):
        fake.participants.add(conversation_sid=talk.sid, identity=identity)

    with fake.changes() as changes:
        conversation = Client().conversations.v1.conversations("talk")
        conversation.messages.create(body="bye")
        conversation.participants("ada").delete()
        conversation.update(friendly_name="Talk")

    assert changes == {"messages": +1, "participants": -1}


def test_repr_of_changes_has_signs(fake: FakeConversations) -> None:
    talk = fake.conversations.add(unique_name="talk")
    with fake.changes() as changes:
        fake.messages.add(conversation_sid=talk.sid)
        Client().conversations.v1.services.create(friendly_name="x")

    assert "{'services': +1, 'roles': +4, 'messages': +1}" == repr(changes)


def test_new_service_counts_with_its_roles(fake: FakeConversations) -> None:
    with fake.changes() as changes:
        Client().conversations.v1.services.create(friendly_name="x")

    assert changes == {"services": +1, "roles": +4}


def test_reading_changes_no_counts(fake: FakeConversations) -> None:
    with fake.changes() as changes:
        Client().conversations.v1.services.list()

    assert changes == {}


def test_error_inside_changes_is_raised(fake: FakeConversations) -> None:
    with pytest.raises(TwilioRestException), fake.changes():
        Client().conversations.v1.conversations("nowhere").fetch()
