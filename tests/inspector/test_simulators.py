"""Tests of calls as phones and chat users."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_conversations_fake import FakeConversations
from pytest_conversations_fake.inspector.control import Control

from .client import Client

DESK = "+15550199"
PHONE = "/phones/+15550100"


@pytest.fixture
def talk(fake: FakeConversations) -> str:
    """A conversation of a phone with the desk, and of nobody else."""
    talk = fake.conversations.add(unique_name="talk")
    fake.participants.add(
        conversation_sid=talk.sid,
        messaging_binding_address="+15550100",
        messaging_binding_proxy_address=DESK,
    )
    return talk.sid


def test_phone_texts_and_receives(client: Client, talk: str) -> None:
    body = {"to": DESK, "body": "Hi", "filename": "photo.png"}

    sent = client.post(f"{PHONE}/messages", body)["message"]
    client.post("/chat-users/ada/join", {"conversation": "talk"})
    client.post("/chat-users/ada/messages", {"to": talk, "body": "Hello"})
    [received] = client.get(f"{PHONE}/inbox")["messages"]

    assert ("Hi", "+15550100", talk) == (sent["body"], sent["author"], sent["conversation_sid"])
    assert [("photo.png", "image/png")] == [
        (each["filename"], each["content_type"]) for each in sent["media"]
    ]
    assert ("Hello", DESK) == (received["body"], received["sender"])


@pytest.mark.parametrize("phone", ["+15550100", "%2B15550100"])
def test_number_in_a_path_may_be_encoded(client: Client, talk: str, phone: str) -> None:
    assert client.post(f"/phones/{phone}/messages", {"to": DESK, "body": "Hi"})["message"]


def test_channel_chooses_another_phone(client: Client, fake: FakeConversations) -> None:
    fake.address_configurations.add(
        type="whatsapp", address=f"whatsapp:{DESK}", auto_creation_enabled=True
    )
    body = {"to": DESK, "body": "Hi", "channel": "whatsapp"}

    sent = client.post(f"{PHONE}/messages", body)["message"]
    client.post("/chat-users/ada/join", {"conversation": sent["conversation_sid"]})
    client.post("/chat-users/ada/messages", {"to": sent["conversation_sid"], "body": "Hello"})

    assert "whatsapp:+15550100" == sent["author"]
    inboxes = [client.get(f"{PHONE}/inbox{query}") for query in ("", "?channel=whatsapp")]
    assert [0, 1] == [len(inbox["messages"]) for inbox in inboxes]


def test_receipts_arrive(client: Client, fake: FakeConversations, talk: str) -> None:
    client.post("/chat-users/ada/join", {"conversation": talk})
    client.post("/chat-users/ada/messages", {"to": talk, "body": "Hello"})

    client.post(f"{PHONE}/receipts", {"status": "failed", "error_code": 30003})

    [message] = client.get(f"/conversations/{talk}")["messages"]
    assert [("failed", 30003)] == [
        (each["status"], each["error_code"]) for each in message["receipts"]
    ]


def test_chat_user_reads(client: Client, talk: str) -> None:
    client.post("/chat-users/ada%20l%C3%B6v/join", {"conversation": talk})
    for body in ("a", "b", "c"):
        client.post(f"{PHONE}/messages", {"to": DESK, "body": body})
    user = "/chat-users/ada%20l%C3%B6v"

    def unread() -> list[str]:
        answer = client.get(f"{user}/unread?conversation=talk")
        return [each["body"] for each in answer["messages"]]

    assert ["a", "b", "c"] == unread()
    client.post(f"{user}/read", {"conversation": talk, "up_to": 1})
    assert ["c"] == unread()
    client.post(f"{user}/read", {"conversation": talk})
    assert [] == unread()


@pytest.mark.parametrize(
    ("target", "body", "status", "sentence"),
    [
        ("/phones/x/messages", {"to": DESK, "body": "Hi"}, 400, "a number is in E.164 format, as "),
        (f"{PHONE}/messages", {"to": "desk", "body": "Hi"}, 400, "a number is in E.164 format"),
        (f"{PHONE}/messages", {"to": "+15550111", "body": "Hi"}, 404, "this text belongs to no "),
        (f"{PHONE}/messages", {"to": DESK}, 400, "Twilio refuses this: "),
        (f"{PHONE}/messages", {"to": DESK, "body": ""}, 400, "Twilio refuses this: "),
        (f"{PHONE}/messages", {"body": "Hi"}, 400, "the body needs 'to'"),
        (f"{PHONE}/messages", {"to": DESK, "body": None}, 400, "body is a text of 0 to 65,536 "),
        (f"{PHONE}/messages", {"to": DESK, "channel": "fax"}, 400, "channel cannot be 'fax'; "),
        (f"{PHONE}/receipts", {"status": "red"}, 400, "status cannot be 'red'; did you mean 'r"),
        ("/chat-users/ada/messages", {"to": "talk", "body": "Hi"}, 404, "ada is no participant of"),
        ("/chat-users/ada/messages", {"to": "x", "body": "Hi"}, 404, "there is no conversation 'x"),
        ("/chat-users/ada/join", {"conversation": 1}, 400, "conversation is a text of 1 to 1,000 "),
        ("/chat-users/ada/read", {"conversation": "talk", "up_to": -1}, 400, "up_to is a whole nu"),
    ],
)
def test_wrong_call_is_refused(
    client: Client, talk: str, target: str, body: object, status: int, sentence: str
) -> None:
    found = client.refusal("POST", target, body)

    assert status == found[0]
    assert found[1].startswith(sentence)


def test_message_that_a_pre_event_refuses_is_null(served: FakeConversations) -> None:
    def refuse(environ: Any, start_response: Any) -> list[bytes]:
        start_response("403 Forbidden", [])
        return [b""]

    url = "https://desk.example/h"
    served.webhooks.deliver_to(refuse, public_url=url, events=["onMessageAdd", "onParticipantAdd"])
    talk = served.conversations.add(unique_name="talk")
    served.participants.add(conversation_sid=talk.sid, identity="ada")
    client = Client(Control(served))

    message = client.post("/chat-users/ada/messages", {"to": "talk", "body": "hi"})
    joined = client.post("/chat-users/bob/join", {"conversation": "talk"})

    assert ({"message": None}, {"participant_sid": None}) == (message, joined)
