"""The fake's clock, and one clock for the fake and the code under test."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import time_machine
from twilio.rest import Client

from pytest_conversations_fake import FakeConversations

START = datetime(2030, 1, 1, tzinfo=timezone.utc)


def open_ticket() -> str:
    """Open a conversation that closes after a week without a message. Return its sid."""
    conversations = Client().conversations.v1.conversations
    sid: str = conversations.create(state="active", timers_closed="P7D").sid
    return sid


def is_old(sid: str) -> bool:
    """Whether a conversation was opened more than three days ago."""
    opened = Client().conversations.v1.conversations(sid).fetch().date_created
    return datetime.now(timezone.utc) - opened > timedelta(days=3)


def test_message_restarts_the_timer(fake_conversations: FakeConversations) -> None:
    ticket = fake_conversations.conversations.one(sid=open_ticket())

    fake_conversations.clock.shift(days=6)
    fake_conversations.messages.add(conversation_sid=ticket.sid)
    fake_conversations.clock.shift(days=6)
    assert ticket.state == "active"

    fake_conversations.clock.shift(days=1)
    assert ticket.state == "closed"


def test_clock_of_the_fake_does_not_move_the_code(fake_conversations: FakeConversations) -> None:
    ticket = open_ticket()

    fake_conversations.clock.shift(days=4)

    assert not is_old(ticket)


def test_time_machine_moves_both(fake_conversations: FakeConversations) -> None:
    with time_machine.travel(START, tick=False) as traveller:
        ticket = open_ticket()

        traveller.shift(timedelta(days=4))
        assert is_old(ticket)

        traveller.shift(timedelta(days=3))
        assert fake_conversations.conversations.one(sid=ticket).state == "closed"
