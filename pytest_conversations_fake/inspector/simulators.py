"""Calls of the control API that act as phones and as chat users."""

from __future__ import annotations

from typing import Any

from ..api.iso8601 import shown_moment
from ..reports.conversations import media_data
from .control import Control
from .schemas import Json


def list_inbox(control: Control, *, phone: str, channel: str = "sms") -> Json:
    inbox = control.fake.handset(phone, channel=channel).inbox
    return {"messages": [{**_message(each.message), "sender": each.sender} for each in inbox]}


def send_text(
    control: Control,
    *,
    phone: str,
    to: str,
    body: str | None = None,
    channel: str = "sms",
    filename: str | None = None,
) -> Json:
    handset = control.fake.handset(phone, channel=channel)
    return _accepted(handset.send(body, to=to, media=filename))


def report_status(
    control: Control, *, phone: str, status: str, error_code: int = 0, channel: str = "sms"
) -> None:
    control.fake.handset(phone, channel=channel).report_status(status, error_code=error_code)


def send_chat_message(control: Control, *, identity: str, to: str, body: str) -> Json:
    return _accepted(control.fake.chat_user(identity).send(body, to=to))


def join_conversation(control: Control, *, identity: str, conversation: str) -> Json:
    participant = control.fake.chat_user(identity).join(conversation)
    return {"participant_sid": participant.sid if participant else None}


def mark_as_read(
    control: Control, *, identity: str, conversation: str, up_to: int | None = None
) -> None:
    control.fake.chat_user(identity).read(conversation, up_to=up_to)


def list_unread(control: Control, *, identity: str, conversation: str) -> Json:
    unread = control.fake.chat_user(identity).unread(conversation)
    return {"messages": [_message(each) for each in unread]}


def _accepted(message: Any) -> Json:
    """The answer to a message; a pre-event webhook may have refused it."""
    return {"message": _message(message) if message else None}


def _message(message: Any) -> Json:
    return {
        "sid": message.sid,
        "conversation_sid": message.conversation_sid,
        "index": message.index,
        "author": message.author,
        "body": message.body,
        "media": media_data(message),
        "date_created": shown_moment(message.date_created),
    }
