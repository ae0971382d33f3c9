"""The events that requests cause, and the webhooks that subscribe to them."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any
from uuid import UUID

import pytest
from conftest import Api

from pytest_conversations_fake.api.deliveries import Delivery
from pytest_conversations_fake.api.events import ACCOUNT_EVENTS, PRE_EVENTS
from pytest_conversations_fake.api.resources.services import default_service
from pytest_conversations_fake.api.signing import sign
from pytest_conversations_fake.state.account import AccountView

C = "/v1/Conversations"
TALK = f"{C}/talk"
HOOK = "https://desk.example/hook"
ON = {"x-twilio-webhook-enabled": "true"}


@pytest.fixture
def deliveries(api: Api) -> list[Delivery]:
    """The deliveries of a conversation `talk`, from its creation on."""
    api.world.clock.move_to(datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc))
    api.post("/v1/Configuration/Webhooks", {"PostWebhookUrl": HOOK, "Filters": ACCOUNT_EVENTS})
    api.post(C, {"UniqueName": "talk", "Attributes": "[1]"}, headers=ON)
    return api.world.deliveries


def events(deliveries: list[Delivery]) -> list[str]:
    return [each.event for each in deliveries]


def test_twilio_has_23_events_and_10_pre_events() -> None:
    assert 23 == len({*ACCOUNT_EVENTS})
    assert 10 == len(PRE_EVENTS)


@pytest.mark.rule("event-params", "event-form", "event-values", "event-services")
def test_event_of_a_conversation_has_its_parameters(api: Api, deliveries: list[Delivery]) -> None:
    talk = api.get(TALK).response

    assert deliveries[0].form == {
        "AccountSid": api.world.account.sid,
        "EventType": "onConversationAdded",
        "Source": "API",
        "RetryCount": "0",
        "ConversationSid": talk["sid"],
        "ChatServiceSid": talk["chat_service_sid"],
        "MessagingServiceSid": talk["messaging_service_sid"],
        "DateCreated": "2026-01-02T03:04:05.000Z",
        "DateUpdated": "2026-01-02T03:04:05.000Z",
        "UniqueName": "talk",
        "Attributes": "[1]",
        "State": "active",
    }
    assert ("POST", HOOK) == (deliveries[0].method, deliveries[0].url)
    assert "2026-01-02 03:04:05+00:00" == str(deliveries[0].params["date_created"])
    assert "<Delivery onConversationAdded to https://desk.example/hook -> None>" == repr(
        deliveries[0]
    )


SEEN: dict[str, set[str]] = {
    "onConversationUpdated": {"FriendlyName", "DateUpdated", "State"},
    "onConversationRemoved": {"DateRemoved", "UniqueName"},
    "onMessageAdded": {"MessageSid", "Index", "DateCreated", "Body", "Author", "Attributes"},
    "onMessageUpdated": {"MessageSid", "Index", "DateUpdated", "Body"},
    "onMessageRemoved": {"MessageSid", "Index", "DateRemoved"},
    "onParticipantAdded": {"ParticipantSid", "Identity", "RoleSid", "DateCreated"},
    "onParticipantUpdated": {"ParticipantSid", "DateUpdated", "LastReadMessageIndex"},
    "onParticipantRemoved": {"ParticipantSid", "DateRemoved"},
    "onUserAdded": {"UserSid", "Identity", "RoleSid", "Attributes", "ChatServiceSid"},
    "onUserUpdated": {"UserSid", "FriendlyName", "DateCreated", "DateUpdated"},
}

# Parameters that other events about the same kind of record carry
ABSENT: dict[str, set[str]] = {
    "onMessageAdded": {"DateUpdated"},
    "onParticipantAdded": {"DateUpdated", "LastReadMessageIndex"},
    "onParticipantRemoved": {"LastReadMessageIndex"},
    "onUserAdded": {"DateUpdated"},
}


@pytest.mark.rule("event-params", "webhook-header", "cascade-events")
def test_each_request_causes_its_events(api: Api, deliveries: list[Delivery]) -> None:
    steps: list[tuple[str, str, Any, list[str]]] = [
        ("POST", TALK, {"FriendlyName": "x"}, ["onConversationUpdated"]),
        ("POST", TALK, {}, []),
        (
            "POST",
            f"{TALK}/Participants",
            {"Identity": "ada"},
            ["onParticipantAdded", "onUserAdded"],
        ),
        (
            "POST",
            f"{TALK}/Participants/ada",
            {"LastReadMessageIndex": "0"},
            ["onParticipantUpdated"],
        ),
        ("POST", "/v1/Users/ada", {"FriendlyName": "Ada"}, ["onUserUpdated"]),
        ("POST", f"{TALK}/Messages", {"Body": "hi"}, ["onMessageAdded"]),
        ("POST", f"{TALK}/Messages/{{}}", {"Body": "hello"}, ["onMessageUpdated"]),
        ("DELETE", f"{TALK}/Messages/{{}}", None, ["onMessageRemoved"]),
        ("DELETE", f"{TALK}/Participants/ada", None, ["onParticipantRemoved"]),
        ("POST", f"{TALK}/Messages", {"Body": "hi"}, ["onMessageAdded"]),
        ("DELETE", TALK, None, ["onConversationRemoved"]),
        ("DELETE", "/v1/Users/ada", None, []),
    ]
    message = ""
    for method, path, form, expected in steps:
        before = len(deliveries)
        where = path.format(message)
        done = (
            api.post(where, form, headers=ON) if method == "POST" else api.delete(where, headers=ON)
        )
        message = (done.response or {}).get("sid", message)

        assert done.status < 300, done.response
        assert expected == events(deliveries[before:])
        for each in deliveries[before:]:
            assert SEEN[each.event] <= each.form.keys(), each.event
            assert not ABSENT.get(each.event, set()) & each.form.keys(), each.event


@pytest.mark.rule("event-params")
def test_parameters_without_a_value_are_left_out(api: Api, deliveries: list[Delivery]) -> None:
    api.post(f"{TALK}/Messages", {"Body": "hi"}, headers=ON)

    assert (
        not {"DateUpdated", "ParticipantSid", "Media", "ClientIdentity"}
        & deliveries[-1].form.keys()
    )


@pytest.mark.rule("webhook-header")
@pytest.mark.parametrize("header", [{}, {"x-twilio-webhook-enabled": "false"}])
def test_request_without_the_webhook_header_causes_no_event(
    api: Api, deliveries: list[Delivery], header: dict[str, str]
) -> None:
    api.post(f"{TALK}/Messages", {"Body": "hi"}, headers=header)
    api.post(TALK, {"State": "closed"}, headers=header)

    assert ["onConversationAdded"] == events(deliveries)


@pytest.mark.rule("webhook-header")
def test_added_records_cause_no_events(account: AccountView, deliveries: list[Delivery]) -> None:
    talk = account.conversations.one().sid
    account.participants.add(
        conversation_sid=talk,
        messaging_binding_address="+15550101",
        messaging_binding_proxy_address="+15550199",
    )
    account.messages.add(conversation_sid=talk, body="hi")

    assert ["onConversationAdded"] == events(deliveries)
    assert 1 == len(account.receipts)


@pytest.mark.rule("webhook-filters", "webhook-level", "webhook-flex")
def test_service_configuration_with_a_url_overrides_the_account(
    api: Api, deliveries: list[Delivery]
) -> None:
    service = f"/v1/Services/{default_service(api.world.account).sid}/Configuration/Webhooks"

    def send() -> list[str]:
        before = len(deliveries)
        api.post(f"{TALK}/Messages", {"Body": "hi"}, headers=ON)
        return [f"{each.method} {each.url}" for each in deliveries[before:]]

    assert [f"POST {HOOK}"] == send()
    api.post("/v1/Configuration/Webhooks", {"Filters": ["onUserAdded"]})
    assert [] == send()
    api.post(service, {"Filters": ["onMessageAdded"]})
    assert [] == send()
    api.post(service, {"PostWebhookUrl": "https://service.example", "Method": "GET"})
    assert ["GET https://service.example"] == send()
    api.post(service, {"PostWebhookUrl": ""})
    api.post("/v1/Configuration/Webhooks", {"Filters": ["onMessageAdded"], "Target": "flex"})
    assert [] == send()


@pytest.mark.rule("scoped-events", "trigger-words")
def test_scoped_webhooks_get_events_in_addition(api: Api, deliveries: list[Delivery]) -> None:
    def add(target: str, **configuration: Any) -> None:
        form = {f"Configuration.{name}": value for name, value in configuration.items()}
        api.post(f"{TALK}/Webhooks", {"Target": target, **form})

    add("webhook", Url="https://one.example", Filters=["onMessageAdded", "onConversationUpdated"])
    add("trigger", Url="https://two.example", Triggers=["HELP", "sos"], Method="GET")
    add("studio", FlowSid="FW" + "0" * 32)

    def urls(form: dict[str, str], path: str = f"{TALK}/Messages") -> list[str]:
        before = len(deliveries)
        api.post(path, form, headers=ON)
        return [f"{each.method} {each.url}" for each in deliveries[before:]]

    flow = "POST FW" + "0" * 32
    assert [f"POST {HOOK}", "POST https://one.example", flow] == urls({"Body": "hi"})
    assert [f"POST {HOOK}", "POST https://one.example", "GET https://two.example", flow] == urls(
        {"Body": "please help!"}
    )
    assert [f"POST {HOOK}", "POST https://one.example"] == urls({"FriendlyName": "x"}, TALK)
    assert [f"POST {HOOK}"] == urls({}, C)


@pytest.mark.rule("webhook-sid")
@pytest.mark.parametrize(
    "configuration",
    [
        {"Target": "webhook", "Configuration.Filters": ["onMessageAdded", "onConversationRemoved"]},
        {
            "Target": "webhook",
            "Configuration.Filters": ["onMessageAdded"],
            "Configuration.Method": "GET",
        },
        {"Target": "trigger", "Configuration.Triggers": ["hi"]},
        {"Target": "studio", "Configuration.FlowSid": "FW" + "0" * 32},
    ],
)
def test_scoped_webhook_gets_its_sid_and_type_and_configured_webhook_does_not(
    api: Api, deliveries: list[Delivery], configuration: dict[str, Any]
) -> None:
    form = {"Configuration.Url": "https://one.example", **configuration}
    webhook = api.post(f"{TALK}/Webhooks", form).response["sid"]

    api.post(f"{TALK}/Messages", {"Body": "hi"}, headers=ON)
    api.delete(TALK, headers=ON)

    scoped = [each for each in deliveries if each.url != HOOK]
    configured = [each for each in deliveries if each.url == HOOK]
    events = ["onMessageAdded", "onConversationRemoved"]
    expected = configuration.get("Configuration.Filters") if len(scoped) > 1 else events[:1]
    assert expected == [each.event for each in scoped]
    for each in scoped:
        assert (webhook, "webhook") == (each.form["WebhookSid"], each.form["WebhookType"])
        assert webhook == each.params["webhook_sid"]
    assert ["onConversationAdded", *events] == [each.event for each in configured]
    assert not {"WebhookSid", "WebhookType"} & {name for each in configured for name in each.form}


@pytest.mark.rule("webhook-sid")
def test_service_webhook_does_not_get_a_webhook_sid(api: Api, deliveries: list[Delivery]) -> None:
    service = f"/v1/Services/{default_service(api.world.account).sid}/Configuration/Webhooks"
    api.post(service, {"PostWebhookUrl": "https://two.example", "Filters": ["onMessageAdded"]})

    api.post(f"{TALK}/Messages", {"Body": "hi"}, headers=ON)

    assert "https://two.example" == deliveries[-1].url
    assert not {"WebhookSid", "WebhookType"} & deliveries[-1].form.keys()


@pytest.mark.rule("webhook-sid")
def test_replayed_message_has_the_sid_of_the_webhook(api: Api, deliveries: list[Delivery]) -> None:
    for body in ("before", "replayed"):
        api.post(f"{TALK}/Messages", {"Body": body})
    form = {
        "Target": "webhook",
        "Configuration.Url": "https://late.example",
        "Configuration.Filters": "onMessageAdded",
        "Configuration.ReplayAfter": "0",
    }

    webhook = api.post(f"{TALK}/Webhooks", form).response["sid"]

    assert webhook == deliveries[-1].form["WebhookSid"]


@pytest.mark.rule("replay-after")
def test_replay_after_delivers_earlier_messages(api: Api, deliveries: list[Delivery]) -> None:
    for number in range(4):
        api.post(f"{TALK}/Messages", {"Body": str(number)})
    form = {
        "Target": "webhook",
        "Configuration.Url": "https://late.example",
        "Configuration.Filters": "onMessageAdded",
    }

    api.post(f"{TALK}/Webhooks", form)
    api.post(f"{TALK}/Webhooks", {**form, "Configuration.ReplayAfter": "1"})

    assert [("onMessageAdded", "https://late.example", n) for n in (2, 3)] == [
        (each.event, each.url, each.params["index"]) for each in deliveries[1:]
    ]


@pytest.mark.rule("state-events", "timer-changes")
def test_state_change_causes_an_event_with_its_reason(api: Api, deliveries: list[Delivery]) -> None:
    form = {"State": "inactive", "Timers.Inactive": "PT1M", "Timers.Closed": "PT10M"}
    api.post(TALK, form, headers=ON)
    api.post(TALK, {"State": "inactive"}, headers=ON)
    api.post(f"{TALK}/Messages", {"Body": "hi"})
    api.world.clock.shift(days=1)

    states = [each for each in deliveries if each.event == "onConversationStateUpdated"]
    assert [
        ("active", "inactive", "API", "2026-01-02T03:04:05.000Z"),
        ("inactive", "active", "EVENT", "2026-01-02T03:04:05.000Z"),
        ("active", "inactive", "TIMER", "2026-01-02T03:05:05.000Z"),
        ("inactive", "closed", "TIMER", "2026-01-02T03:14:05.000Z"),
    ] == [
        tuple(each.form[name] for name in ("StateFrom", "StateTo", "Reason", "StateUpdated"))
        for each in states
    ]
    assert {"ConversationSid", "ChatServiceSid", "MessagingServiceSid"} <= states[0].form.keys()
    assert 2 == events(deliveries).count("onConversationUpdated")


@pytest.mark.rule("delivery-events")
def test_receipt_causes_an_event_without_the_webhook_header(
    api: Api, deliveries: list[Delivery]
) -> None:
    pair = {"MessagingBinding.Address": "+15550101", "MessagingBinding.ProxyAddress": "+15550199"}
    joined = api.post(f"{TALK}/Participants", pair).response["sid"]

    message = api.post(f"{TALK}/Messages", {"Body": "hi"}).response["sid"]

    [receipt] = api.get(f"{TALK}/Messages/{message}/Receipts").response["delivery_receipts"]
    assert ["onConversationAdded", "onDeliveryUpdated"] == events(deliveries)
    assert {
        "MessageSid": message,
        "ParticipantSid": joined,
        "DeliveryReceiptSid": receipt["sid"],
        "ChannelMessageSid": receipt["channel_message_sid"],
        "Status": "sent",
        "ErrorCode": "0",
    }.items() <= deliveries[-1].form.items()


def test_delivery_has_a_token_in_the_form_of_a_uuid(api: Api, deliveries: list[Delivery]) -> None:
    token = sign(api.world, deliveries[0]).headers["I-Twilio-Idempotency-Token"]

    assert token == str(UUID(token))
