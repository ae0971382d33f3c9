"""Code on twilio-python, tested with the fixture."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from helpdesk import close_tickets, open_desk, open_ticket, reply
from twilio.base.exceptions import TwilioRestException

from pytest_conversations_fake import FakeConversations, RateLimited

HERE = Path(__file__).parent


def test_desk_is_opened(fake_conversations):
    open_desk("Support")

    fake_conversations.services.assert_created(friendly_name="Support")


def test_ticket_is_opened_once(fake_conversations: FakeConversations) -> None:
    desk = fake_conversations.services.add(friendly_name="Support")

    first = open_ticket(desk.sid, 66)
    second = open_ticket(desk.sid, 66)

    assert first == second
    fake_conversations.conversations.assert_created(unique_name="ticket-66")
    fake_conversations.conversations.assert_created(unique_name="ticket-66", refused=50353)


def test_ticket_is_opened_after_a_rate_limit(fake_conversations: FakeConversations) -> None:
    desk = fake_conversations.services.add()
    fake_conversations.inject(RateLimited(), on="CreateConversation", times=1)

    open_ticket(desk.sid, 66)

    fake_conversations.conversations.assert_created(unique_name="ticket-66")
    fake_conversations.conversations.assert_created(unique_name="ticket-66", refused=20429)


def test_second_try_opens_one_ticket_whichever_call_fails(
    fake_conversations: FakeConversations,
) -> None:
    desk = fake_conversations.services.add()

    def open_in_the_end() -> None:
        try:
            open_ticket(desk.sid, 66)
        except (TwilioRestException, OSError):
            open_ticket(desk.sid, 66)

    fake_conversations.sweep(open_in_the_end).assert_survives()


def test_tickets_of_several_pages_are_closed(fake_conversations: FakeConversations) -> None:
    desk = fake_conversations.services.add()
    for _ in range(150):
        fake_conversations.conversations.add(chat_service_sid=desk.sid)

    closed = close_tickets(desk.sid)

    assert closed == 150
    assert {ticket.state for ticket in fake_conversations.conversations} == {"closed"}
    fake_conversations.conversations.assert_listed(state="active", page_size=100, count=2)


def test_open_ticket_is_closed_after_a_week(
    fake_conversations: FakeConversations,
) -> None:
    open_ticket(fake_conversations.default_service.sid, 66)

    fake_conversations.clock.shift(days=7)

    assert fake_conversations.conversations.one(unique_name="ticket-66").state == "closed"


def test_requests_are_recorded(fake_conversations: FakeConversations) -> None:
    open_desk("Support")

    [request] = fake_conversations.requests
    assert (request.operation, request.status) == ("CreateService", 201)
    assert request.params == {"friendly_name": "Support"}
    assert "twilio-python" in request.headers["user-agent"]


@pytest.mark.fake_conversations(accounts={"AC" + "1" * 32: {}, "AC" + "2" * 32: {}})
def test_accounts_are_separate(fake_conversations: FakeConversations) -> None:
    other = fake_conversations.account("AC" + "2" * 32)
    other.services.add(friendly_name="Theirs")

    open_desk("Ours")

    assert [desk.friendly_name for desk in fake_conversations.services] == ["Ours"]
    other.services.assert_not_created()


@pytest.mark.fake_conversations(account_sid="AC" + "0" * 32, auth_token="secret")
def test_wrong_token_is_refused(
    fake_conversations: FakeConversations, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "wrong")

    with pytest.raises(TwilioRestException, match="Authenticate"):
        open_desk("Support")

    fake_conversations.services.assert_not_created(friendly_name="Support")


def test_empty_reply_is_refused(fake_conversations: FakeConversations) -> None:
    ticket = fake_conversations.conversations.add()

    with pytest.raises(TwilioRestException, match="body not provided"):
        reply(ticket.sid, "")

    fake_conversations.messages.assert_created(author="desk", refused=50503)


@pytest.mark.fake_conversations(assume={"empty-message": "accepted"})
def test_empty_reply_is_sent_if_assumed(fake_conversations: FakeConversations) -> None:
    ticket = fake_conversations.conversations.add()

    reply(ticket.sid, "")

    fake_conversations.messages.assert_created(author="desk")


def test_closing_tickets_changes_no_records(fake_conversations: FakeConversations) -> None:
    desk = fake_conversations.default_service
    ticket = open_ticket(desk.sid, 66)

    with fake_conversations.changes() as changes:
        reply(ticket, "We are closing.")
        close_tickets(desk.sid)

    assert changes == {"messages": +1}


@pytest.mark.fake_conversations(redirect=False)
def test_with_an_address_and_without_redirection(fake_conversations: FakeConversations) -> None:
    client = fake_conversations.twilio_client(region="ie1", edge="dublin")

    client.conversations.v1.services.create(friendly_name="Support")

    fake_conversations.services.assert_created(friendly_name="Support")


@pytest.mark.fake_conversations(child_processes=True)
def test_request_of_a_worker_arrives(fake_conversations: FakeConversations) -> None:
    program = [sys.executable, "-c", "import helpdesk; helpdesk.open_desk('Support')"]

    subprocess.run(program, cwd=HERE, check=True)

    fake_conversations.services.assert_created(friendly_name="Support")


def test_request_of_a_child_process_arrives(fake_conversations: FakeConversations) -> None:
    program = [sys.executable, "-c", "import helpdesk; helpdesk.open_desk('Support')"]

    subprocess.run(program, env=fake_conversations.subprocess_env(), cwd=HERE, check=True)

    fake_conversations.services.assert_created(friendly_name="Support")
