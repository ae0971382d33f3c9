"""Every resource: create, fetch, list, update and delete, at both levels."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import ORIGIN, Api, breaking

from pytest_conversations_fake.state.account import AccountView

ROLE, FLOW = "RL" + "0" * 32, "FW" + "0" * 32
TALK = "/Conversations/talk"

# The path, the form and the answer of the creation; the form and the answer of an update
LIVES: dict[str, tuple[str, dict[str, Any], dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    "message": (
        f"{TALK}/Messages",
        {"Author": "ada", "Body": "hi", "Attributes": '{"a":  1}', "Subject": "s"},
        {"index": 0, "author": "ada", "body": "hi", "attributes": '{"a":  1}', "media": None},
        {"Body": "bye", "Author": "bob"},
        {"index": 0, "author": "bob", "body": "bye", "attributes": '{"a":  1}'},
    ),
    "media message": (
        f"{TALK}/Messages",
        {"MediaSid": "ME" + "0" * 32},
        {"author": "system", "body": None, "participant_sid": None, "delivery": None},
        {"Attributes": "[]"},
        {"attributes": "[]"},
    ),
    "chat participant": (
        f"{TALK}/Participants",
        {"Identity": "ada", "Attributes": "[1]"},
        {"identity": "ada", "attributes": "[1]", "messaging_binding": None},
        {"LastReadMessageIndex": "3", "LastReadTimestamp": "2020-01-02T03:04:05Z"},
        {"last_read_message_index": 3, "last_read_timestamp": "2020-01-02T03:04:05Z"},
    ),
    "texting participant": (
        f"{TALK}/Participants",
        {
            "MessagingBinding.Address": "whatsapp:+15550101",
            "MessagingBinding.ProxyAddress": "whatsapp:+15550102",
        },
        {
            "identity": None,
            "messaging_binding": {
                "type": "whatsapp",
                "address": "whatsapp:+15550101",
                "proxy_address": "whatsapp:+15550102",
            },
        },
        {"Attributes": '{"a": 1}'},
        {"attributes": '{"a": 1}'},
    ),
    "webhook": (
        f"{TALK}/Webhooks",
        {
            "Target": "webhook",
            "Configuration.Url": "https://a.example",
            "Configuration.Method": "GeT",
            "Configuration.Filters": ["onMessageAdded", "onMessageRemoved"],
        },
        {
            "target": "webhook",
            "configuration": {
                "url": "https://a.example",
                "method": "GET",
                "filters": ["onMessageAdded", "onMessageRemoved"],
            },
        },
        {"Configuration.Filters": ["onMessageUpdated"]},
        {
            "configuration": {
                "url": "https://a.example",
                "method": "GET",
                "filters": ["onMessageUpdated"],
            },
        },
    ),
    "trigger": (
        f"{TALK}/Webhooks",
        {"Target": "trigger", "Configuration.Url": "u", "Configuration.Triggers": ["a", "b"]},
        {"configuration": {"url": "u", "method": "POST", "triggers": ["a", "b"]}},
        {"Configuration.Triggers": "c"},
        {"configuration": {"url": "u", "method": "POST", "triggers": ["c"]}},
    ),
    "studio": (
        f"{TALK}/Webhooks",
        {"Target": "studio", "Configuration.FlowSid": FLOW, "Configuration.ReplayAfter": "0"},
        {"configuration": {"flow_sid": FLOW}},
        {"Configuration.FlowSid": FLOW.replace("0", "1")},
        {"configuration": {"flow_sid": FLOW.replace("0", "1")}},
    ),
    "user": (
        "/Users",
        {"Identity": "ada", "FriendlyName": "Ada", "Attributes": "{}"},
        {"identity": "ada", "friendly_name": "Ada", "is_online": None},
        {"FriendlyName": ""},
        {"identity": "ada", "friendly_name": None},
    ),
    "role": (
        "/Roles",
        {"FriendlyName": "r", "Type": "Service", "Permission": ["joinConversation"]},
        {"friendly_name": "r", "type": "service", "permissions": ["joinConversation"]},
        {"Permission": ["editOwnUserInfo", "createConversation"]},
        {"friendly_name": "r", "permissions": ["editOwnUserInfo", "createConversation"]},
    ),
}


@pytest.mark.parametrize("kind", LIVES)
def test_record_is_created_fetched_listed_updated_and_deleted(
    api: Api, root: str, kind: str
) -> None:
    path, sent, shown, change, changed = LIVES[kind]

    created = api.post(f"{root}{path}", sent)

    body = created.response
    assert 201 == created.status, body
    assert shown == {name: body[name] for name in shown}
    url = f"{created.path}/{body['sid']}".replace("talk", body.get("conversation_sid", ""))
    assert f"{ORIGIN}{url}" == body["url"]
    assert body == api.get(url).response
    key = path.rpartition("/")[2].lower()
    assert body in api.get(f"{root}{path}").response[key]

    updated = api.post(url, change).response

    assert {**body, **changed} == {**updated, "date_updated": body["date_updated"]}
    assert updated == api.get(url).response
    assert 204 == api.delete(url).status
    assert 404 == api.get(url).status
    assert updated not in api.get(f"{root}{path}").response[key]


@pytest.mark.rule("webhook-defaults", "notifications", "event-names")
@pytest.mark.parametrize(
    ("path", "change", "changed"),
    [
        pytest.param(
            "/v1/Configuration",
            {"DefaultInactiveTimer": "PT1M", "DefaultMessagingServiceSid": "MG" + "1" * 32},
            {
                "default_inactive_timer": "PT1M",
                "default_messaging_service_sid": "MG" + "1" * 32,
            },
            id="configuration",
        ),
        pytest.param(
            "/v1/Configuration/Webhooks",
            {"Method": "get", "Filters": ["onUserAdded", "onUserUpdate"], "Target": "FLEX"},
            {"method": "GET", "filters": ["onUserAdded", "onUserUpdate"], "target": "flex"},
            id="webhooks",
        ),
        pytest.param(
            "/v1/Services/{}/Configuration",
            {"ReachabilityEnabled": "True"},
            {"reachability_enabled": True},
            id="service configuration",
        ),
        pytest.param(
            "/v1/Services/{}/Configuration/Webhooks",
            {"PreWebhookUrl": "https://a.example", "Filters": "", "Method": "POST"},
            {"pre_webhook_url": "https://a.example", "filters": [], "method": "POST"},
            id="service webhooks",
        ),
        pytest.param(
            "/v1/Services/{}/Configuration/Notifications",
            {
                "LogEnabled": "true",
                "NewMessage.Enabled": "true",
                "NewMessage.Template": "t",
                "NewMessage.WithMedia.Enabled": "false",
                "AddedToConversation.Sound": "ding",
            },
            {
                "log_enabled": True,
                "new_message": {
                    "enabled": True,
                    "template": "t",
                    "with_media": {"enabled": False},
                },
                "added_to_conversation": {"enabled": False, "sound": "ding"},
                "removed_from_conversation": {"enabled": False},
            },
            id="notifications",
        ),
    ],
)
def test_configuration_exists_and_keeps_an_update(
    api: Api, account: AccountView, path: str, change: dict[str, Any], changed: dict[str, Any]
) -> None:
    path = path.format(account.services.add().sid)
    before = api.get(path).response

    assert before == api.post(path).response
    after = api.post(path, change).response

    assert {**before, **changed} == after == api.get(path).response
    assert f"{ORIGIN}{path}" == after["url"]


@pytest.mark.rule("new-service", "default-roles")
def test_configuration_of_a_new_service_names_its_roles(api: Api) -> None:
    sid = api.post("/v1/Services", {"FriendlyName": "x"}).response["sid"]

    roles = api.get(f"/v1/Services/{sid}/Roles").response["roles"]
    configured = api.get(f"/v1/Services/{sid}/Configuration").response

    names = {role["sid"]: role["friendly_name"] for role in roles}
    assert ["channel admin", "channel user", "service admin", "service user"] == [*names.values()]
    assert "channel admin" == names[configured["default_conversation_creator_role_sid"]]
    assert "channel user" == names[configured["default_conversation_role_sid"]]
    assert "service user" == names[configured["default_chat_service_role_sid"]]


@pytest.mark.rule("short-paths", "default-service")
def test_short_paths_use_the_new_default_service(api: Api, account: AccountView) -> None:
    desk = account.services.add()
    account.conversations.add(chat_service_sid=desk.sid, unique_name="there")

    api.post("/v1/Configuration", {"DefaultChatServiceSid": desk.sid})

    assert desk == account.default_service
    assert 200 == api.get("/v1/Conversations/there").status
    link = api.get("/v1/Configuration").response["links"]["service"]
    assert f"{ORIGIN}/v1/Services/{desk.sid}/Configuration" == link
    unknown = {"DefaultChatServiceSid": "IS" + "0" * 32}
    assert 20001 == api.post("/v1/Configuration", unknown).response["code"]


@pytest.mark.rule("by-address", "address-type", "address-filter", "address-once", "auto-creation")
def test_address_is_unique_and_found_by_address(api: Api) -> None:
    path = "/v1/Configuration/Addresses"
    form = {"Type": "whAtsAPP", "Address": "whatsapp:+15550101", "AddressCountry": "CA"}
    created = api.post(path, {**form, "AutoCreation.Type": "studio"}).response

    assert ("whAtsAPP", "CA") == (created["type"], created["address_country"])
    assert created == api.get(f"{path}/whatsapp:+15550101").response
    refused = api.post(path, form)
    assert (409, 20409) == (refused.status, refused.response["code"])
    updated = api.post(f"{path}/whatsapp:+15550101", {"AutoCreation.Enabled": "true"}).response
    assert updated["auto_creation"] == {
        "enabled": True,
        "type": "studio",
        "conversation_service_sid": None,
        "webhook_url": None,
        "webhook_method": None,
        "webhook_filters": None,
        "studio_flow_sid": None,
        "studio_retry_count": None,
        "binding_name": None,
    }
    assert [updated] == api.get(f"{path}?Type=WHATSAPP").response["address_configurations"]
    assert [] == api.get(f"{path}?Type=sms").response["address_configurations"]
    assert 204 == api.delete(f"{path}/whatsapp:+15550101").status
    assert 201 == api.post(path, form).status


@pytest.mark.rule("credential-secrets", "credential-sandbox")
def test_credential_does_not_show_its_secrets(api: Api) -> None:
    form = {"Type": "ApN", "FriendlyName": "x", "Certificate": "c", "Sandbox": "true"}
    created = api.post("/v1/Credentials", form).response

    assert ("apn", "x", "True") == (created["type"], created["friendly_name"], created["sandbox"])
    assert "c" not in created.values()
    assert created == api.get(f"/v1/Credentials/{created['sid']}").response
    updated = api.post(f"/v1/Credentials/{created['sid']}", {"Type": "fcm"}).response
    assert ("fcm", None) == (updated["type"], updated["sandbox"])


@pytest.mark.rule("message-index", "index-kept", "message-order", "message-page-token")
def test_message_indexes_count_on_and_lists_have_either_order(api: Api, root: str) -> None:
    path = f"{root}{TALK}/Messages"
    sids = [api.post(path, {"Body": str(number)}).response["sid"] for number in range(3)]
    api.delete(f"{path}/{sids[2]}")
    api.post(path, {"Body": "3"})

    def indexes(query: str) -> list[int]:
        return [each["index"] for each in api.get(f"{path}?{query}").response["messages"]]

    assert [0, 1, 3] == indexes("")
    assert [3, 1, 0] == indexes("Order=DeSc")
    second = api.get(api.get(f"{path}?Order=desc&PageSize=2").response["meta"]["next_page_url"])
    assert [0] == [each["index"] for each in second.response["messages"]]
    assert "Order=desc" in second.response["meta"]["url"]
    assert 19038 == api.get(f"{path}?PageToken=PT-1").response["code"]


@pytest.mark.rule("not-imitated")
@pytest.mark.parametrize(
    ("path", "what"),
    [
        ("/v2/Conversations", "Conversations v2"),
        ("/v1/Conversations/CH0/Export", "the export of a conversation"),
        (
            "/v1/Services/IS0/Conversations/CH0/Messages/IM0/ChannelMetadata",
            "the channel metadata of a message",
        ),
        ("/v1/Services/IS0/Media", "the upload of media"),
        ("/v3/wsconnect", "the socket of the client SDKs"),
    ],
)
def test_path_that_the_fake_does_not_imitate_is_explained(api: Api, path: str, what: str) -> None:
    refused = api.get(path)

    assert (501, 20501) == (refused.status, refused.response["code"])
    text = f"Twilio has {what}, and this fake does not imitate it"
    assert text == refused.response["message"]


@pytest.mark.rule("timer-maximum")
def test_timer_beyond_the_calendar_is_refused(api: Api) -> None:
    for name, code in [("DefaultInactiveTimer", 50379), ("DefaultClosedTimer", 50380)]:
        refused = api.post("/v1/Configuration", {name: "P3000000D"})

        assert code == refused.response["code"]


def test_record_named_like_a_path_of_twilio_is_found(api: Api) -> None:
    api.post("/v1/Conversations", {"UniqueName": "Export"})
    api.post("/v1/Users", {"Identity": "ChannelMetadata"})

    assert 200 == api.get("/v1/Conversations/Export").status
    assert 200 == api.get("/v1/Users/ChannelMetadata").status


@pytest.mark.parametrize(
    ("path", "form", "code", "rule"),
    [
        breaking("missing-parameter", "Configuration/Addresses", {"Type": "sms", "Address": ""},
                 20001),
        breaking("missing-parameter", "Roles",
                 {"FriendlyName": "", "Type": "service", "Permission": ["joinConversation"]},
                 20001),
        breaking("somebody", "Users", {"Identity": ""}, 50204),
        breaking("somebody", "Conversations/talk/Participants", {"Identity": ""}, 50204),
        breaking("somebody", "Conversations/talk/Participants/ada", {"Identity": ""}, 50204),
        breaking("read-index-form", "Users/ada/Conversations/talk", {"LastReadMessageIndex": "x"},
                 50421),
    ],
)  # fmt: skip
def test_empty_text_is_refused_where_a_value_is_needed(
    api: Api, account: AccountView, path: str, form: dict[str, str], code: int, rule: str
) -> None:
    talk = account.conversations.add(unique_name="talk")
    account.participants.add(conversation_sid=talk.sid, identity="ada")

    refused = api.post(f"/v1/{path}", form)

    assert (400, code, rule) == (refused.status, refused.response["code"], refused.rule)


@pytest.mark.rule("message-defaults", "empty-text")
def test_empty_author_is_ignored(api: Api) -> None:
    api.post("/v1/Conversations", {"UniqueName": "talk"})
    said = api.post("/v1/Conversations/talk/Messages", {"Author": "", "Body": "hi"}).response

    assert "system" == said["author"]
    path = f"/v1/Conversations/talk/Messages/{said['sid']}"
    assert "ada" == api.post(path, {"Author": "ada"}).response["author"]
    assert "ada" == api.post(path, {"Author": "", "Body": ""}).response["author"]


def test_webhook_method_of_auto_creation_is_shown_for_every_type(api: Api) -> None:
    form = {"Type": "sms", "Address": "+15550101", "AutoCreation.WebhookMethod": "GET"}

    created = api.post("/v1/Configuration/Addresses", form).response

    assert "GET" == created["auto_creation"]["webhook_method"]
