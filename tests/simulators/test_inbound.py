"""Texts to numbers of the account, and the conversations in which they arrive."""

from __future__ import annotations

import asyncio
import threading

import pytest
from applications import HOOK, answering, at_hook
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from twilio.rest import Client

from pytest_conversations_fake import FakeConversations

from .texting import ADA, BEN, DESK, LINE, add_participant

ADVICE = (
    "add a participant with both addresses, or an address configuration with "
    "auto_creation_enabled=True"
)


@pytest.mark.rule("inbound-pair", "webhook-header")
def test_text_arrives_in_the_open_conversation_of_its_addresses(fake: FakeConversations) -> None:
    other, conversation = fake.conversations.add(), fake.conversations.add()
    add_participant(fake, ADA, other, LINE)
    me = add_participant(fake, ADA, conversation)
    fake.webhooks.deliver_to(answering(), public_url=HOOK, events=["onMessageAdded"])

    message = fake.handset(ADA).send("hi", to=DESK)

    assert (conversation.sid, ADA, me.sid) == (
        message.conversation_sid,
        message.author,
        message.participant_sid,
    )
    delivered = fake.webhooks.assert_delivered("onMessageAdded", body="hi")
    assert ("SMS", None) == (delivered.form["Source"], delivered.form.get("ClientIdentity"))
    assert [] == list(fake.requests)


@pytest.mark.rule("inbound-pair", "auto-creation-flow")
def test_error_of_a_text_without_a_conversation_names_the_records_to_add(
    fake: FakeConversations,
) -> None:
    conversation = fake.conversations.add()
    add_participant(fake, ADA, conversation)
    fake.address_configurations.add(type="sms", address=LINE)
    Client().conversations.v1.conversations(conversation.sid).update(state="closed")

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
def test_error_names_an_address_configuration_of_another_channel(
    fake: FakeConversations, configured: str, phone: str, near: str
) -> None:
    fake.address_configurations.add(type="whatsapp", address=configured, auto_creation_enabled=True)
    fake.address_configurations.add(type="sms", address=LINE, auto_creation_enabled=True)

    with pytest.raises(LookupError) as refused:
        fake.handset(phone).send("hi", to=DESK)

    assert str(refused.value).endswith(f"configuration that creates one; {near}; {ADVICE}")


@pytest.mark.rule("inbound-pair")
def test_error_names_a_participant_of_another_channel(fake: FakeConversations) -> None:
    add_participant(fake, f"whatsapp:{ADA}", fake.conversations.add(), f"whatsapp:{DESK}")
    add_participant(fake, f"whatsapp:{BEN}", fake.conversations.add(), f"whatsapp:{DESK}")

    with pytest.raises(LookupError) as refused:
        fake.handset(ADA).send("hi", to=DESK)

    pair = f"whatsapp:{ADA} and whatsapp:{DESK} are in an open conversation"
    near = f"{pair}, with the channel whatsapp"
    assert str(refused.value).endswith(f"configuration that creates one; {near}; {ADVICE}")


@pytest.mark.rule("empty-message", "auto-creation-flow")
@pytest.mark.parametrize("body", [None, ""])
def test_empty_text_is_refused_and_creates_nothing(
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
def test_first_text_creates_a_conversation(
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

    [conversation] = fake.conversations
    assert {conversation.sid} == {first.conversation_sid, second.conversation_sid}
    assert service.sid == conversation.chat_service_sid
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
    delivered = [(each.event, each.form["Source"]) for each in fake.webhooks.deliveries]
    assert [(event, source) for event in (*events, "onMessageAdded")] == delivered


@pytest.mark.rule("auto-creation-webhook", "webhook-sid")
@pytest.mark.parametrize("kind", ["webhook", "studio", "default"])
def test_created_conversation_has_the_webhook_of_its_address_configuration(
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
    delivered = {"webhook": [HOOK], "studio": [flow], "default": []}[kind]
    assert delivered == [each.url for each in fake.webhooks.deliveries]
    assert [kind] * len(delivered) == [each.target for each in fake.scoped_webhooks]
    if delivered:
        webhook = fake.scoped_webhooks.one().sid
        fake.webhooks.assert_delivered("onMessageAdded", webhook_sid=webhook)


@pytest.mark.rule("auto-creation-dropped", "pre-events", "event-params")
def test_refused_pre_event_drops_the_text(fake: FakeConversations) -> None:
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
def test_pre_event_names_the_created_conversation(fake: FakeConversations) -> None:
    fake.address_configurations.add(type="sms", address=DESK, auto_creation_enabled=True)
    named = '{"friendly_name": "Ticket"}'
    fake.webhooks.deliver_to(answering(200, named), public_url=HOOK, events=["onConversationAdd"])

    fake.handset(ADA).send("hi", to=DESK)

    assert "Ticket" == fake.conversations.one().friendly_name


@pytest.mark.rule("auto-creation-flow")
def test_two_texts_at_once_create_one_conversation(fake: FakeConversations) -> None:
    fake.address_configurations.add(type="sms", address=DESK, auto_creation_enabled=True)
    together = threading.Barrier(2)

    async def hook(request: Request) -> PlainTextResponse:
        await asyncio.to_thread(
            together.wait, 10
        )  # both pre-events arrive before either is answered
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
