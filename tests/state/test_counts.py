"""What a piece of code changes, and how often it asks."""

from __future__ import annotations

import re

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

    assert "{'services': +1, 'messages': +1, 'roles': +4}" == repr(changes)


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


def test_what_was_asked_too_often_is_shown(fake: FakeConversations) -> None:
    for name in ("one", "two"):
        fake.conversations.add(unique_name=name)
        Client().conversations.v1.conversations(name).fetch()
    with pytest.raises(TwilioRestException):
        Client().conversations.v1.conversations("none").fetch()

    fake.assert_at_most(3, "FetchConversation")
    fake.assert_at_most(1, "FetchConversation", sid=fake.conversations.one(unique_name="one").sid)
    fake.assert_at_most(0, "ListConversation")
    with pytest.raises(AssertionError) as error:
        fake.assert_at_most(2, "FetchConversation")
    assert (
        "expected FetchConversation() 2 times at most, got it 3 times\n\n"
        "  #1 GET /v1/Conversations/one -> 200 CH…\n"
        "  #2 GET /v1/Conversations/two -> 200 CH…\n"
        "  #3 GET /v1/Conversations/none -> 404\n"
        "      refused: 20404 The requested resource /Conversations/none was not\n"
        "        found"
    ) == re.sub("CH[0-9a-f]{4}", "CH", str(error.value))
    with pytest.raises(TypeError, match="did you mean 'sid'"):
        fake.assert_at_most(2, "FetchConversation", sidd="x")
    with pytest.raises(ValueError, match="there is no operation 'FetchConversations'"):
        fake.assert_at_most(2, "FetchConversations")
