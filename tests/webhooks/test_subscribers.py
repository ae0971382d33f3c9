"""Which webhooks are told what, and when."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any
from uuid import UUID

import pytest
from conftest import Api

from pytest_conversations_fake.api.deliveries import Delivery
from pytest_conversations_fake.api.events import ACCOUNT_EVENTS, PRE_EVENTS
from pytest_conversations_fake.api.resources.services import default_service
from pytest_conversations_fake.state.account import AccountView

C = "/v1/Conversations"
TALK = f"{C}/talk"
HOOK = "https://desk.example/hook"
ON = {"x-twilio-webhook-enabled": "true"}


@pytest.fixture
def told(api: Api) -> list[Delivery]:
    """What is told of a conversation `talk`, from its creation on."""
    api.world.clock.move_to(datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc))
    api.post("/v1/Configuration/Webhooks", {"PostWebhookUrl": HOOK, "Filters": ACCOUNT_EVENTS})
    api.post(C, {"UniqueName": "talk", "Attributes": "[1]"}, headers=ON)
    return api.world.deliveries


def events(told: list[Delivery]) -> list[str]:
    return [each.event for each in told]


def test_there_are_23_events() -> None:
    assert 23 == len({*ACCOUNT_EVENTS})
    assert 10 == len(PRE_EVENTS)


@pytest.mark.rule("event-params", "event-form", "event-values", "event-services")
def test_what_is_told_of_a_conversation(api: Api, told: list[Delivery]) -> None:
    talk = api.get(TALK).response

    assert told[0].form == {
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
    assert ("POST", HOOK) == (told[0].method, told[0].url)
    assert "2026-01-02 03:04:05+00:00" == str(told[0].params["date_created"])
    assert "<Delivery onConversationAdded to https://desk.example/hook -> None>" == repr(told[0])


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
    "onUserUpdated": {"UserSid", "FriendlyName", "DateUpdated"},
}


@pytest.mark.rule("event-params", "webhook-header", "cascade-events")
def test_what_is_told_of_what_requests_do(api: Api, told: list[Delivery]) -> None:
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
        before = len(told)
        where = path.format(message)
        done = (
            api.post(where, form, headers=ON) if method == "POST" else api.delete(where, headers=ON)
        )
        message = (done.response or {}).get("sid", message)

        assert done.status < 300, done.response
        assert expected == events(told[before:])
        for each in told[before:]:
            assert SEEN[each.event] <= each.form.keys(), each.event


@pytest.mark.rule("event-params")
def test_what_a_new_record_does_not_have_is_not_told(api: Api, told: list[Delivery]) -> None:
    api.post(f"{TALK}/Messages", {"Body": "hi"}, headers=ON)

    assert not {"DateUpdated", "ParticipantSid", "Media", "ClientIdentity"} & told[-1].form.keys()


@pytest.mark.rule("webhook-header")
@pytest.mark.parametrize("header", [{}, {"x-twilio-webhook-enabled": "false"}])
def test_without_the_header_nothing_is_told(
    api: Api, told: list[Delivery], header: dict[str, str]
) -> None:
    api.post(f"{TALK}/Messages", {"Body": "hi"}, headers=header)
    api.post(TALK, {"State": "closed"}, headers=header)

    assert ["onConversationAdded"] == events(told)


@pytest.mark.rule("webhook-header")
def test_seeds_are_not_told_of(account: AccountView, told: list[Delivery]) -> None:
    talk = account.conversations.one().sid
    account.participants.add(
        conversation_sid=talk,
        messaging_binding_address="+15550101",
        messaging_binding_proxy_address="+15550199",
    )
    account.messages.add(conversation_sid=talk, body="hi")

    assert ["onConversationAdded"] == events(told)
    assert 1 == len(account.receipts)


@pytest.mark.rule("webhook-filters", "webhook-level", "webhook-flex")
def test_which_configuration_counts(api: Api, told: list[Delivery]) -> None:
    service = f"/v1/Services/{default_service(api.world.account).sid}/Configuration/Webhooks"

    def said() -> list[str]:
        before = len(told)
        api.post(f"{TALK}/Messages", {"Body": "hi"}, headers=ON)
        return [f"{each.method} {each.url}" for each in told[before:]]

    assert [f"POST {HOOK}"] == said()
    api.post("/v1/Configuration/Webhooks", {"Filters": ["onUserAdded"]})
    assert [] == said()
    api.post(service, {"Filters": ["onMessageAdded"]})
    assert [] == said()
    api.post(service, {"PostWebhookUrl": "https://service.example", "Method": "GET"})
    assert ["GET https://service.example"] == said()
    api.post(service, {"PostWebhookUrl": ""})
    api.post("/v1/Configuration/Webhooks", {"Filters": ["onMessageAdded"], "Target": "flex"})
    assert [] == said()


@pytest.mark.rule("scoped-events", "trigger-words")
def test_webhooks_of_a_conversation_are_told_besides(api: Api, told: list[Delivery]) -> None:
    def add(target: str, **configuration: Any) -> None:
        form = {f"Configuration.{name}": value for name, value in configuration.items()}
        api.post(f"{TALK}/Webhooks", {"Target": target, **form})

    add("webhook", Url="https://one.example", Filters=["onMessageAdded", "onConversationUpdated"])
    add("trigger", Url="https://two.example", Triggers=["HELP", "sos"], Method="GET")
    add("studio", FlowSid="FW" + "0" * 32)

    def urls(form: dict[str, str], path: str = f"{TALK}/Messages") -> list[str]:
        before = len(told)
        api.post(path, form, headers=ON)
        return [f"{each.method} {each.url}" for each in told[before:]]

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
    api: Api, told: list[Delivery], configuration: dict[str, Any]
) -> None:
    form = {"Configuration.Url": "https://one.example", **configuration}
    webhook = api.post(f"{TALK}/Webhooks", form).response["sid"]

    api.post(f"{TALK}/Messages", {"Body": "hi"}, headers=ON)
    api.delete(TALK, headers=ON)

    scoped = [each for each in told if each.url != HOOK]
    configured = [each for each in told if each.url == HOOK]
    events = ["onMessageAdded", "onConversationRemoved"]
    expected = configuration.get("Configuration.Filters") if len(scoped) > 1 else events[:1]
    assert expected == [each.event for each in scoped]
    for each in scoped:
        assert (webhook, "webhook") == (each.form["WebhookSid"], each.form["WebhookType"])
        assert webhook == each.params["webhook_sid"]
    assert ["onConversationAdded", *events] == [each.event for each in configured]
    assert not {"WebhookSid", "WebhookType"} & {name for each in configured for name in each.form}


@pytest.mark.rule("webhook-sid")
def test_service_webhook_does_not_get_a_webhook_sid(api: Api, told: list[Delivery]) -> None:
    service = f"/v1/Services/{default_service(api.world.account).sid}/Configuration/Webhooks"
    api.post(service, {"PostWebhookUrl": "https://two.example", "Filters": ["onMessageAdded"]})

    api.post(f"{TALK}/Messages", {"Body": "hi"}, headers=ON)

    assert "https://two.example" == told[-1].url
    assert not {"WebhookSid", "WebhookType"} & told[-1].form.keys()


@pytest.mark.rule("webhook-sid")
def test_replayed_message_has_the_sid_of_the_webhook(api: Api, told: list[Delivery]) -> None:
    for body in ("before", "replayed"):
        api.post(f"{TALK}/Messages", {"Body": body})
    form = {
        "Target": "webhook",
        "Configuration.Url": "https://late.example",
        "Configuration.Filters": "onMessageAdded",
        "Configuration.ReplayAfter": "0",
    }

    webhook = api.post(f"{TALK}/Webhooks", form).response["sid"]

    assert webhook == told[-1].form["WebhookSid"]


@pytest.mark.rule("replay-after")
def test_a_late_webhook_may_be_told_of_earlier_messages(api: Api, told: list[Delivery]) -> None:
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
        (each.event, each.url, each.params["index"]) for each in told[1:]
    ]


@pytest.mark.rule("state-events", "timer-changes")
def test_another_state_is_told_of(api: Api, told: list[Delivery]) -> None:
    form = {"State": "inactive", "Timers.Inactive": "PT1M", "Timers.Closed": "PT10M"}
    api.post(TALK, form, headers=ON)
    api.post(TALK, {"State": "inactive"}, headers=ON)
    api.post(f"{TALK}/Messages", {"Body": "hi"})
    api.world.clock.shift(days=1)

    states = [each for each in told if each.event == "onConversationStateUpdated"]
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
    assert 2 == events(told).count("onConversationUpdated")


@pytest.mark.rule("delivery-events")
def test_carriers_tell_in_any_case(api: Api, told: list[Delivery]) -> None:
    pair = {"MessagingBinding.Address": "+15550101", "MessagingBinding.ProxyAddress": "+15550199"}
    joined = api.post(f"{TALK}/Participants", pair).response["sid"]

    said = api.post(f"{TALK}/Messages", {"Body": "hi"}).response["sid"]

    [receipt] = api.get(f"{TALK}/Messages/{said}/Receipts").response["delivery_receipts"]
    assert ["onConversationAdded", "onDeliveryUpdated"] == events(told)
    assert {
        "MessageSid": said,
        "ParticipantSid": joined,
        "DeliveryReceiptSid": receipt["sid"],
        "ChannelMessageSid": receipt["channel_message_sid"],
        "Status": "sent",
        "ErrorCode": "0",
    }.items() <= told[-1].form.items()


def test_delivery_has_a_token_in_the_form_of_a_uuid(api: Api, told: list[Delivery]) -> None:
    token = api.world.sign(told[0]).headers["I-Twilio-Idempotency-Token"]

    assert token == str(UUID(token))
