"""Right and wrong uses that a type checker must tell apart; nothing executes them.

The test of this file runs mypy, which also reports an `ignore` of a line without that error.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from unittest.mock import ANY

from typing_extensions import assert_type

from pytest_conversations_fake import (
    Conversation,
    Delivery,
    FakeConversations,
    Message,
    Participant,
    RateLimited,
    RecordedRequest,
    Service,
)


def use_collections(fake: FakeConversations) -> None:
    assert_type(fake.messages.assert_created(body=ANY, conversation_sid="CH"), RecordedRequest)
    assert_type(fake.conversations.assert_listed(count=2, state="a"), list[RecordedRequest])
    assert_type(fake.participants.assert_listed(at_most=1), list[RecordedRequest])
    fake.account("AC").roles.assert_not_updated(permission=["x"])

    fake.messages.assert_created(bodi="x")  # type: ignore[call-overload]
    fake.services.assert_updated()  # type: ignore[attr-defined]
    fake.services.assert_listed(at_most=2, count=1)  # type: ignore[call-overload]
    print(fake.mesages)  # type: ignore[attr-defined]


def use_records(fake: FakeConversations) -> None:
    conversation = fake.conversations.one(unique_name="help")
    message = next(iter(fake.messages))
    participant = fake.participants.find(identity="ada")
    assert_type(conversation, Conversation)
    assert_type(message, Message)
    assert_type(participant, Participant | None)
    assert_type(list(fake.services), list[Service])
    assert_type(fake.services.add(), Service)
    assert_type(fake.default_service, Service)
    assert_type(conversation.state, str)
    assert_type(conversation.unique_name, str | None)
    assert_type(conversation.date_created, datetime)
    assert_type(conversation.timers, dict[str, str])
    assert_type(conversation.links, dict[str, str])
    assert_type(message.index, int)
    assert_type(message.media, list[dict[str, Any]] | None)

    print(conversation.statee)  # type: ignore[attr-defined]
    print(conversation._world)  # type: ignore[attr-defined]
    print(conversation.parent_sid)  # type: ignore[attr-defined]
    print(participant.identity)  # type: ignore[union-attr]
    conversation.state = "closed"  # type: ignore[misc]
    wrong: Conversation = message  # type: ignore[assignment]
    print(wrong)


def use_simulators(fake: FakeConversations, conversation: Conversation) -> None:
    phone = fake.handset("+15550100")
    ada = fake.chat_user("ada")
    assert_type(phone.send("hi", to="+15550199"), Message | None)
    assert_type(phone.inbox[0].message, Message)
    assert_type(ada.join(conversation), Participant | None)
    assert_type(ada.send("hi", to=conversation), Message | None)
    assert_type([*ada.unread(conversation)], list[Message])


def use_names_of_operations(fake: FakeConversations, request: RecordedRequest) -> None:
    fake.inject(RateLimited(), on="CreateConversation")
    print(request.operation == "CreateConversation")

    fake.inject(RateLimited(), on="CreateConversatoin")  # type: ignore[arg-type]
    print(request.operation == "CreateConversatoin")  # type: ignore[comparison-overlap]


def use_names_of_events(fake: FakeConversations, delivery: Delivery) -> None:
    fake.webhooks.deliver_to("http://127.0.0.1:5000", events=["onMessageAdded", "onUserAdded"])
    assert_type(fake.webhooks.assert_delivered("onMessageAdd"), Delivery)
    assert_type(fake.webhooks.assert_delivered("onMessageAdd", count=2), list[Delivery])
    fake.webhooks.assert_not_delivered("onConversationAdded")
    print(delivery.event == "onMessageAdded")

    fake.webhooks.deliver_to("http://127.0.0.1:5000", events=["onMesage"])  # type: ignore[list-item]
    fake.webhooks.assert_delivered("onMesage")  # type: ignore[call-overload]
    fake.webhooks.assert_not_delivered("onMesage")  # type: ignore[arg-type]
    print(delivery.event == "onMesage")  # type: ignore[comparison-overlap]
