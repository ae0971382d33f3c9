"""Texts that handsets send and receive, and reports of their delivery."""

from __future__ import annotations

import asyncio
import re

import pytest
from applications import HOOK, answering, at_hook
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from twilio.rest import Client

from pytest_conversations_fake import FakeConversations
from pytest_conversations_fake.api.resources.receipts import STATUSES

from .texting import ADA, BEN, DESK, add_participant


@pytest.mark.rule("media-shown")
def test_text_with_a_file_has_media(fake: FakeConversations) -> None:
    add_participant(fake, ADA, fake.conversations.add())

    message = fake.handset(ADA).send(to=DESK, media="cat.png")

    [file] = message.media
    assert (None, "image/png", "cat.png") == (message.body, file["content_type"], file["filename"])


@pytest.mark.rule("texted-receipts", "delivery-summary", "delivery-events")
def test_message_of_another_author_arrives_and_its_status_changes(fake: FakeConversations) -> None:
    conversation = fake.conversations.add()
    add_participant(fake, ADA, conversation)
    fake.webhooks.deliver_to(answering(), public_url=HOOK, events=["onDeliveryUpdated"])
    phone = fake.handset(ADA)
    phone.send("hello?", to=DESK)
    Client().conversations.v1.conversations(conversation.sid).messages.create(
        author="bot", body="hi"
    )

    [received] = phone.inbox
    phone.report_status("delivered")
    phone.report_status("failed", error_code=30003)  # too late, as it was delivered
    phone.report_status("read")

    assert "[<'hi' from +15550199>]" == repr(phone.inbox)
    assert ("hi", DESK, "bot") == (received.body, received.sender, received.message.author)
    summary = received.message.delivery
    assert ("all", "all", "none") == tuple(
        summary[each] for each in ("delivered", "read", "failed")
    )
    delivered = fake.webhooks.assert_delivered("onDeliveryUpdated", count=3)
    assert ["sent", "delivered", "read"] == [each.params["status"] for each in delivered]


def test_failed_delivery_has_the_error_code(fake: FakeConversations) -> None:
    conversation = fake.conversations.add()
    add_participant(fake, ADA, conversation)
    fake.messages.add(conversation_sid=conversation.sid, body="hi")

    fake.handset(ADA).report_status("undelivered", error_code=30005)

    receipt = fake.receipts.one()
    assert ("undelivered", 30005) == (receipt.status, receipt.error_code)
    assert "all" == fake.messages.one().delivery["undelivered"]


@pytest.mark.rule("inbound-pair", "group-author")
def test_group_text_reaches_all_other_phones(fake: FakeConversations) -> None:
    conversation = fake.conversations.add()
    for address in (ADA, BEN):
        add_participant(fake, address, conversation, None)
    fake.participants.add(
        conversation_sid=conversation.sid, identity="cyd", messaging_binding_projected_address=DESK
    )
    ada, ben, cyd = fake.handset(ADA), fake.handset(BEN), fake.chat_user("cyd")

    ada.send("hi all", to=DESK)
    cyd.send("hi ada", to=conversation)

    assert "[<'hi all' from +15550100>, <'hi ada' from +15550199>]" == repr(ben.inbox)
    assert "[<'hi ada' from +15550199>]" == repr(ada.inbox)


def test_application_answers_a_text(fake: FakeConversations) -> None:
    fake.address_configurations.add(type="sms", address=DESK, auto_creation_enabled=True)

    async def hook(request: Request) -> PlainTextResponse:
        form = await request.form()
        conversation = Client().conversations.v1.conversations(str(form["ConversationSid"]))
        if form["Source"] == "SMS":
            await asyncio.to_thread(
                conversation.messages.create, author="bot", body="how can I help?"
            )
        return PlainTextResponse("")

    app = at_hook(hook)
    fake.webhooks.deliver_to(app, public_url=HOOK, events=["onMessageAdded"])
    phone = fake.handset(ADA)

    phone.send("help", to=DESK)
    fake.settle()

    assert ["how can I help?"] == [each.body for each in phone.inbox]
    fake.messages.assert_created(author="bot")


def test_inbox_keeps_messages_of_a_deleted_conversation(fake: FakeConversations) -> None:
    conversation = fake.conversations.add()
    add_participant(fake, ADA, conversation)
    fake.messages.add(conversation_sid=conversation.sid, body="bye")
    phone = fake.handset(ADA)

    Client().conversations.v1.conversations(conversation.sid).delete()

    assert ["bye"] == [each.body for each in phone.inbox]
    phone.report_status("delivered")


@pytest.mark.parametrize(
    ("status", "reachable"),
    [
        ("sent", {"delivered", "read", "failed", "undelivered"}),
        ("delivered", {"read"}),
        ("read", set()),
        ("failed", set()),
        ("undelivered", set()),
    ],
)
def test_reported_status_changes_a_message_only_as_a_carrier_can(
    fake: FakeConversations, status: str, reachable: set[str]
) -> None:
    conversation = fake.conversations.add()
    add_participant(fake, ADA, conversation)
    changed = set()

    for reported in STATUSES:
        fake.messages.add(conversation_sid=conversation.sid, body="hi")
        receipt = list(fake.receipts)[-1]
        fake.handset(ADA).report_status(status)
        assert status == receipt.status
        fake.handset(ADA).report_status(reported)
        if receipt.status != status:
            changed.add(receipt.status)

    assert reachable == changed


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (
            "5550100",
            "a number is in E.164 format, as in +15550100, or has one of these channels in "
            "front: whatsapp, messenger, gbm, email, rcs, apple; not '5550100'",
        ),
        ("chat:ada", "apple; not 'chat:ada'"),
    ],
)
def test_handset_without_a_valid_number_is_refused(
    fake: FakeConversations, number: str, text: str
) -> None:
    with pytest.raises(ValueError, match=f"{re.escape(text)}$"):
        fake.handset(number)


def test_text_to_an_invalid_number_is_refused(fake: FakeConversations) -> None:
    with pytest.raises(ValueError, match=r"apple; not 'desk'$"):
        fake.handset(ADA).send("hi", to="desk")


def test_unknown_status_is_refused(fake: FakeConversations) -> None:
    with pytest.raises(ValueError, match=r"^a status is one of sent, .*, not 'lost'$"):
        fake.handset(ADA).report_status("lost")
