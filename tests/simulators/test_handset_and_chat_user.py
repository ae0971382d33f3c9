"""People who text and people who chat, and what becomes of it."""

from __future__ import annotations

import asyncio
import json
import threading
from typing import Any

import pytest
from applications import HOOK, answering, at_hook
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from twilio.rest import Client

from pytest_conversations_fake import FakeConversations

ADA, BEN, DESK, LINE = "+15550100", "+15550101", "+15550199", "+15550198"

ADVICE = (
    "add a participant with both addresses, or an address configuration with "
    "auto_creation_enabled=True"
)


def texts(fake: FakeConversations, address: str, talk: Any, proxy: str | None = DESK) -> Any:
    pair = {"messaging_binding_address": address, "messaging_binding_proxy_address": proxy}
    given = {name: value for name, value in pair.items() if value}
    return fake.participants.add(conversation_sid=talk.sid, **given)


@pytest.mark.rule("inbound-pair", "webhook-header")
def test_a_text_arrives_in_the_conversation_of_its_pair(fake: FakeConversations) -> None:
    other, talk = fake.conversations.add(), fake.conversations.add()
    texts(fake, ADA, other, LINE)
    me = texts(fake, ADA, talk)
    fake.webhooks.deliver_to(answering(), public_url=HOOK, events=["onMessageAdded"])

    said = fake.handset(ADA).send("hi", to=DESK)

    assert (talk.sid, ADA, me.sid) == (said.conversation_sid, said.author, said.participant_sid)
    told = fake.webhooks.assert_delivered("onMessageAdded", body="hi")
    assert ("SMS", None) == (told.form["Source"], told.form.get("ClientIdentity"))
    assert [] == list(fake.requests)


@pytest.mark.rule("inbound-pair", "auto-creation-flow")
def test_a_text_to_nobody_is_no_matter_of_conversations(fake: FakeConversations) -> None:
    talk = fake.conversations.add()
    texts(fake, ADA, talk)
    fake.address_configurations.add(type="sms", address=LINE)
    Client().conversations.v1.conversations(talk.sid).update(state="closed")

    for number, more in (
        (DESK, ""),
        (LINE, f"; the one for {LINE} has auto_creation_enabled=False"),
    ):
        with pytest.raises(LookupError) as refused:
            fake.handset(ADA).send("hi", to=number)
        assert (
            f"this text belongs to no conversation: {ADA} and {number} are not in an open "
            f"conversation together, and {number} has no address configuration that creates one"
            f"{more}; {ADVICE}"
        ) == str(refused.value)


@pytest.mark.rule("address-text")
@pytest.mark.parametrize(
    ("configured", "phone", "near"),
    [
        (DESK, f"whatsapp:{ADA}", f"there is one for {DESK}, without the channel whatsapp"),
        (f"whatsapp:{DESK}", ADA, f"there is one for whatsapp:{DESK}, with the channel whatsapp"),
        (
            f"whatsapp:{DESK}",
            f"rcs:{ADA}",
            f"there is one for whatsapp:{DESK}, with the channel whatsapp",
        ),
    ],
)
def test_a_text_that_misses_a_configuration_by_its_channel_is_told_so(
    fake: FakeConversations, configured: str, phone: str, near: str
) -> None:
    fake.address_configurations.add(type="whatsapp", address=configured, auto_creation_enabled=True)
    fake.address_configurations.add(type="sms", address=LINE, auto_creation_enabled=True)

    with pytest.raises(LookupError) as refused:
        fake.handset(phone).send("hi", to=DESK)

    assert str(refused.value).endswith(f"configuration that creates one; {near}; {ADVICE}")


@pytest.mark.rule("inbound-pair")
def test_a_text_that_misses_a_pair_by_its_channel_is_told_so(fake: FakeConversations) -> None:
    texts(fake, f"whatsapp:{ADA}", fake.conversations.add(), f"whatsapp:{DESK}")
    texts(fake, f"whatsapp:{BEN}", fake.conversations.add(), f"whatsapp:{DESK}")

    with pytest.raises(LookupError) as refused:
        fake.handset(ADA).send("hi", to=DESK)

    pair = f"whatsapp:{ADA} and whatsapp:{DESK} are in an open conversation"
    near = f"{pair}, with the channel whatsapp"
    assert str(refused.value).endswith(f"configuration that creates one; {near}; {ADVICE}")


@pytest.mark.rule("empty-message", "auto-creation-flow")
@pytest.mark.parametrize("body", [None, ""])
def test_an_empty_text_is_refused_and_creates_nothing(
    fake: FakeConversations, body: str | None
) -> None:
    fake.address_configurations.add(type="sms", address=DESK, auto_creation_enabled=True)

    with pytest.raises(ValueError, match="Twilio refuses this: 50503 Message body not provided"):
        fake.handset(ADA).send(body, to=DESK)

    assert 0 == len(fake.conversations)
    fake.handset(ADA).send(to=DESK, media="cat.png")
    assert 1 == len(fake.conversations)


@pytest.mark.rule("auto-creation-flow")
@pytest.mark.parametrize(
    ("channel", "number", "source"),
    [
        ("sms", DESK, "SMS"),
        ("whatsapp", f"whatsapp:{DESK}", "WhatsApp"),
        ("messenger", "messenger:desk", "Messenger"),
    ],
)
def test_a_text_creates_a_conversation(
    fake: FakeConversations, channel: str, number: str, source: str
) -> None:
    service = fake.services.add()
    fake.address_configurations.add(
        type=channel,
        address=number,
        auto_creation_enabled=True,
        auto_creation_conversation_service_sid=service.sid,
    )
    events = ["onConversationAdded", "onParticipantAdded", "onMessageAdded"]
    fake.webhooks.deliver_to(answering(), public_url=HOOK, events=events)
    phone = fake.handset(ADA if channel != "messenger" else "messenger:ada", channel=channel)

    first = phone.send("hi", to=number)
    second = phone.send("again", to=number)
    fake.settle()

    [talk] = fake.conversations
    assert {talk.sid} == {first.conversation_sid, second.conversation_sid}
    assert service.sid == talk.chat_service_sid
    [person] = fake.participants
    assert person.messaging_binding == {
        "type": channel,
        "address": phone.address,
        "proxy_address": number,
    }
    fake.webhooks.assert_delivered(
        "onConversationAdded",
        messaging_binding_address=phone.address,
        messaging_binding_proxy_address=number,
    )
    told = [(each.event, each.form["Source"]) for each in fake.webhooks.deliveries]
    assert [(event, source) for event in (*events, "onMessageAdded")] == told


@pytest.mark.rule("auto-creation-webhook", "webhook-sid")
@pytest.mark.parametrize("kind", ["webhook", "studio", "default"])
def test_what_was_created_has_the_webhook_of_its_address(
    fake: FakeConversations, kind: str
) -> None:
    fake.address_configurations.add(
        type="sms",
        address=DESK,
        auto_creation_enabled=True,
        auto_creation_type=kind,
        auto_creation_webhook_url=HOOK,
        auto_creation_webhook_filters=["onMessageAdded"],
        auto_creation_studio_flow_sid="FW" + "0" * 32,
    )

    fake.handset(ADA).send("hi", to=DESK)
    fake.settle()

    flow = "FW" + "0" * 32
    told = {"webhook": [HOOK], "studio": [flow], "default": []}[kind]
    assert told == [each.url for each in fake.webhooks.deliveries]
    assert [kind] * len(told) == [each.target for each in fake.scoped_webhooks]
    if told:
        webhook = fake.scoped_webhooks.one().sid
        fake.webhooks.assert_delivered("onMessageAdded", webhook_sid=webhook)


@pytest.mark.rule("auto-creation-dropped", "pre-events", "event-params")
def test_an_application_may_drop_a_text(fake: FakeConversations) -> None:
    fake.address_configurations.add(type="sms", address=DESK, auto_creation_enabled=True)
    fake.webhooks.deliver_to(answering(403), public_url=HOOK, events=["onConversationAdd"])

    assert fake.handset(ADA).send("hi", to=DESK, media="cat.png") is None

    assert (0, 0, 0) == (len(fake.conversations), len(fake.participants), len(fake.messages))
    form = fake.webhooks.assert_delivered("onConversationAdd", failed=True).form
    assert {
        "MessagingBinding.Address": ADA,
        "MessagingBinding.ProxyAddress": DESK,
        "MessageBody": "hi",
        "Media": '[{"Filename": "cat.png"}]',
        "Source": "SMS",
    }.items() <= form.items()
    assert "ConversationSid" not in form


@pytest.mark.rule("pre-events", "pre-event-changes")
def test_an_application_may_name_what_is_created(fake: FakeConversations) -> None:
    fake.address_configurations.add(type="sms", address=DESK, auto_creation_enabled=True)
    named = '{"friendly_name": "Ticket"}'
    fake.webhooks.deliver_to(answering(200, named), public_url=HOOK, events=["onConversationAdd"])

    fake.handset(ADA).send("hi", to=DESK)

    assert "Ticket" == fake.conversations.one().friendly_name


@pytest.mark.rule("media-shown")
def test_a_text_may_carry_a_file(fake: FakeConversations) -> None:
    texts(fake, ADA, fake.conversations.add())

    said = fake.handset(ADA).send(to=DESK, media="cat.png")

    [file] = said.media
    assert (None, "image/png", "cat.png") == (said.body, file["content_type"], file["filename"])


@pytest.mark.rule("texted-receipts", "delivery-summary", "delivery-events")
def test_a_phone_gets_what_others_say(fake: FakeConversations) -> None:
    talk = fake.conversations.add()
    texts(fake, ADA, talk)
    fake.webhooks.deliver_to(answering(), public_url=HOOK, events=["onDeliveryUpdated"])
    phone = fake.handset(ADA)
    phone.send("hello?", to=DESK)
    Client().conversations.v1.conversations(talk.sid).messages.create(author="bot", body="hi")

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
    told = fake.webhooks.assert_delivered("onDeliveryUpdated", count=3)
    assert ["sent", "delivered", "read"] == [each.params["status"] for each in told]


def test_a_carrier_may_fail(fake: FakeConversations) -> None:
    talk = fake.conversations.add()
    texts(fake, ADA, talk)
    fake.messages.add(conversation_sid=talk.sid, body="hi")

    fake.handset(ADA).report_status("undelivered", error_code=30005)

    receipt = fake.receipts.one()
    assert ("undelivered", 30005) == (receipt.status, receipt.error_code)
    assert "all" == fake.messages.one().delivery["undelivered"]


@pytest.mark.rule("inbound-pair", "group-author")
def test_a_group_text_reaches_everybody(fake: FakeConversations) -> None:
    talk = fake.conversations.add()
    for address in (ADA, BEN):
        texts(fake, address, talk, None)
    fake.participants.add(
        conversation_sid=talk.sid, identity="cyd", messaging_binding_projected_address=DESK
    )
    ada, ben, cyd = fake.handset(ADA), fake.handset(BEN), fake.chat_user("cyd")

    ada.send("hi all", to=DESK)
    cyd.send("hi ada", to=talk)

    assert "[<'hi all' from +15550100>, <'hi ada' from +15550199>]" == repr(ben.inbox)
    assert "[<'hi ada' from +15550199>]" == repr(ada.inbox)


@pytest.mark.rule("webhook-header", "unread", "user-made")
def test_a_chat_user_joins_says_and_reads(fake: FakeConversations) -> None:
    talk = fake.conversations.add(unique_name="talk")
    events = ["onParticipantAdded", "onMessageAdded", "onParticipantUpdated", "onUserAdded"]
    fake.webhooks.deliver_to(answering(), public_url=HOOK, events=events)
    ada, ben = fake.chat_user("ada"), fake.chat_user("ben")

    for user, name in ((ada, talk), (ben, talk.sid)):
        user.join(name)
    said = ada.send("hello", to="talk")
    ada.send("anybody?", to="talk")

    assert ["hello", "anybody?"] == [each.body for each in ben.unread(talk)]
    assert [] == ada.unread(talk)
    ben.read(talk, up_to=0)
    row = fake.user_conversations.one(user_sid=fake.users.one(identity="ben").sid)
    assert (0, 1) == (row.last_read_message_index, row.unread_messages_count)
    ben.read(talk)
    assert (1, 0) == (row.last_read_message_index, row.unread_messages_count)
    assert "ada" == said.author
    told = fake.webhooks.assert_delivered("onMessageAdded", body="hello")
    assert ("SDK", "ada") == (told.form["Source"], told.form["ClientIdentity"])
    fake.webhooks.assert_delivered("onParticipantUpdated", identity="ben", count=2)
    fake.webhooks.assert_delivered("onUserAdded", identity="ada")


@pytest.mark.rule("with-participants")
@pytest.mark.parametrize("by", ["a handset", "a chat user"])
def test_what_people_do_ends_initializing(by: str) -> None:
    pair = {"messaging_binding": {"address": ADA, "proxy_address": DESK}}
    with FakeConversations(assume={"with-participants": "initializing"}) as fake:
        made = Client().conversations.v1.conversation_with_participants.create(
            participant=[json.dumps(pair)]
        )
        talk = fake.conversations.one(sid=made.sid)
        assert ("initializing", "initializing") == (made.state, talk.state)

        if by == "a handset":
            fake.handset(ADA).send("hi", to=DESK)
        else:
            fake.chat_user("ben").join(talk)

        assert "active" == talk.state


def test_mistakes_are_said(fake: FakeConversations) -> None:
    talk = fake.conversations.add(unique_name="talk")
    ada, phone = fake.chat_user("ada"), fake.handset(ADA)

    for wrong, error, text in (
        (
            lambda: fake.handset("5550100"),
            ValueError,
            "a number is in E.164 format",
        ),
        (lambda: fake.handset("chat:ada"), ValueError, "apple; not 'chat:ada'"),
        (lambda: phone.send("hi", to="desk"), ValueError, "not 'desk'"),
        (
            lambda: phone.report_status("lost"),
            ValueError,
            "a status is one of sent, delivered, read",
        ),
        (lambda: ada.join("nowhere"), LookupError, "there is no conversation 'nowhere'"),
        (lambda: ada.send("hi", to=talk), LookupError, "ada is no participant of CH"),
    ):
        with pytest.raises(error, match=text.replace("+", r"\+")):
            wrong()
    ada.join("talk")
    with pytest.raises(ValueError, match="Twilio refuses this: 50433 Participant already exists"):
        ada.join("talk")


def test_a_whole_round_trip(fake: FakeConversations) -> None:
    fake.address_configurations.add(type="sms", address=DESK, auto_creation_enabled=True)

    async def hook(request: Request) -> PlainTextResponse:
        form = await request.form()
        talk = Client().conversations.v1.conversations(str(form["ConversationSid"]))
        if form["Source"] == "SMS":
            await asyncio.to_thread(talk.messages.create, author="bot", body="how can I help?")
        return PlainTextResponse("")

    app = at_hook(hook)
    fake.webhooks.deliver_to(app, public_url=HOOK, events=["onMessageAdded"])
    phone = fake.handset(ADA)

    phone.send("help", to=DESK)
    fake.settle()

    assert ["how can I help?"] == [each.body for each in phone.inbox]
    fake.messages.assert_created(author="bot")


def test_a_phone_keeps_what_it_got(fake: FakeConversations) -> None:
    talk = fake.conversations.add()
    texts(fake, ADA, talk)
    fake.messages.add(conversation_sid=talk.sid, body="bye")
    phone = fake.handset(ADA)

    Client().conversations.v1.conversations(talk.sid).delete()

    assert ["bye"] == [each.body for each in phone.inbox]
    phone.report_status("delivered")


def test_what_is_gone_by_the_answer_takes_no_message(fake: FakeConversations) -> None:
    talk = fake.conversations.add(unique_name="talk")
    texts(fake, ADA, talk)

    async def hook(request: Request) -> PlainTextResponse:
        await asyncio.to_thread(Client().conversations.v1.conversations("talk").delete)
        return PlainTextResponse("")

    app = at_hook(hook)
    fake.webhooks.deliver_to(app, public_url=HOOK, events=["onMessageAdd"])

    with pytest.raises(LookupError, match=f"{talk.sid} was removed while"):
        fake.handset(ADA).send("hi", to=DESK)
    assert 0 == len(fake.messages)


@pytest.mark.rule("auto-creation-flow")
def test_two_texts_at_once_create_one_conversation(fake: FakeConversations) -> None:
    fake.address_configurations.add(type="sms", address=DESK, auto_creation_enabled=True)
    together = threading.Barrier(2)

    async def hook(request: Request) -> PlainTextResponse:
        await asyncio.to_thread(together.wait, 10)  # both are asked before either is answered
        return PlainTextResponse("")

    app = at_hook(hook)
    fake.webhooks.deliver_to(app, public_url=HOOK, events=["onConversationAdd"])
    phone = fake.handset(ADA)
    senders = [
        threading.Thread(target=phone.send, args=[body], kwargs={"to": DESK})
        for body in ("one", "two")
    ]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()

    assert (1, 1, 2) == (len(fake.conversations), len(fake.participants), len(fake.messages))


@pytest.mark.rule("pre-event-changes")
def test_a_change_that_twilio_refuses_is_a_mistake_of_the_test(fake: FakeConversations) -> None:
    fake.address_configurations.add(type="sms", address=DESK, auto_creation_enabled=True)
    long = '{"friendly_name": "' + "x" * 257 + '"}'
    fake.webhooks.deliver_to(answering(200, long), public_url=HOOK, events=["onConversationAdd"])

    with pytest.raises(ValueError, match="Twilio refuses this: 50003 Friendly name too long"):
        fake.handset(ADA).send("hi", to=DESK)
    assert 0 == len(fake.conversations)
