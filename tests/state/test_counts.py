"""Counts of what a piece of code adds and removes."""

from __future__ import annotations

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from pytest_conversations_fake import FakeConversations


def test_what_changed_is_counted(fake: FakeConversations) -> None:
    talk = fake.conversations.add(unique_name="talk")
    for identity in ("ada", "ben"):
        fake.participants.add(conversation_sid=talk.sid, identity=identity)

    with fake.changes() as changes:
        conversation = Client().conversations.v1.conversations("talk")
        conversation.messages.create(body="bye")
        conversation.participants("ada").delete()
        conversation.update(friendly_name="Talk")

    assert changes == {"messages": +1, "participants": -1}


def test_what_changed_reads_as_tests_write_it(fake: FakeConversations) -> None:
    talk = fake.conversations.add(unique_name="talk")
    with fake.changes() as changes:
        fake.messages.add(conversation_sid=talk.sid)
        Client().conversations.v1.services.create(friendly_name="x")

    assert "{'services': +1, 'roles': +4, 'messages': +1}" == repr(changes)


def test_a_service_brings_its_roles(fake: FakeConversations) -> None:
    with fake.changes() as changes:
        Client().conversations.v1.services.create(friendly_name="x")

    assert changes == {"services": +1, "roles": +4}


def test_nothing_changes_by_looking(fake: FakeConversations) -> None:
    with fake.changes() as changes:
        Client().conversations.v1.services.list()

    assert changes == {}


def test_an_error_goes_on(fake: FakeConversations) -> None:
    with pytest.raises(TwilioRestException), fake.changes():
        Client().conversations.v1.conversations("nowhere").fetch()
