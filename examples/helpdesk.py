"""The code under test: a help desk that opens a Twilio conversation for each ticket."""

from __future__ import annotations

from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client


def open_desk(name: str) -> str:
    """Open a desk, which is a conversation service of its own. Return its sid."""
    sid: str = Client().conversations.v1.services.create(friendly_name=name).sid
    return sid


def open_ticket(desk: str, number: int) -> str:
    """Open the conversation of a ticket unless it exists. Return its sid."""
    conversations = Client().conversations.v1.services(desk).conversations
    name = f"ticket-{number}"
    try:
        sid: str = conversations.create(unique_name=name, timers_closed="P7D").sid
    except TwilioRestException as error:
        if error.code == 20429:
            return open_ticket(desk, number)
        if error.code != 50353:
            raise
        sid = conversations(name).fetch().sid
    return sid


def reply(ticket: str, text: str) -> None:
    """Send *text* to the customer."""
    Client().conversations.v1.conversations(ticket).messages.create(author="desk", body=text)


def close_tickets(desk: str) -> int:
    """Close every open ticket. Return their number."""
    conversations = Client().conversations.v1.services(desk).conversations
    tickets = conversations.list(state="active", page_size=100)
    for ticket in tickets:
        conversations(ticket.sid).update(state="closed")
    return len(tickets)
