"""Every resource keeps what it is told, at both levels, and is found by all its names."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import ORIGIN, Api

from pytest_conversations_fake.api.resources import RESOURCES
from pytest_conversations_fake.api.world import World
from pytest_conversations_fake.expectations.account import AccountView


@pytest.fixture
def account(world: World) -> AccountView:
    return AccountView(world, world.account)


@pytest.fixture(params=["account level", "service level"])
def root(request: pytest.FixtureRequest, account: AccountView) -> str:
    """How the paths of a level begin, with a conversation `talk` in it."""
    service = account.default_service if "account" in request.param else account.services.add()
    account.conversations.add(chat_service_sid=service.sid, unique_name="talk")
    return "/v1" if "account" in request.param else f"/v1/Services/{service.sid}"


ROLE, FLOW = "RL" + "0" * 32, "FW" + "0" * 32
TALK = "/Conversations/talk"

# Where to create it, with what, what that shows; what to change, and what that shows
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
        {"MessagingBinding.ProxyAddress": "null"},
        {"messaging_binding": {"type": "whatsapp", "address": "whatsapp:+15550101"}},
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
def test_a_life_from_beginning_to_end(api: Api, root: str, kind: str) -> None:
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
            {"ReachabilityEnabled": "True", "DefaultChatServiceRoleSid": ROLE},
            {"reachability_enabled": True, "default_chat_service_role_sid": ROLE},
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
def test_a_configuration_is_there_from_the_start_and_keeps_what_it_is_told(
    api: Api, account: AccountView, path: str, change: dict[str, Any], changed: dict[str, Any]
) -> None:
    path = path.format(account.services.add().sid)
    before = api.get(path).response

    assert before == api.post(path).response
    after = api.post(path, change).response

    assert {**before, **changed} == after == api.get(path).response
    assert f"{ORIGIN}{path}" == after["url"]


def test_a_new_service_points_to_its_own_roles(api: Api) -> None:
    sid = api.post("/v1/Services", {"FriendlyName": "x"}).response["sid"]

    roles = api.get(f"/v1/Services/{sid}/Roles").response["roles"]
    configured = api.get(f"/v1/Services/{sid}/Configuration").response

    names = {role["sid"]: role["friendly_name"] for role in roles}
    assert ["channel admin", "channel user", "service admin", "service user"] == [*names.values()]
    assert "channel admin" == names[configured["default_conversation_creator_role_sid"]]
    assert "channel user" == names[configured["default_conversation_role_sid"]]
    assert "service user" == names[configured["default_chat_service_role_sid"]]


def test_another_default_service_is_what_the_short_paths_mean(
    api: Api, account: AccountView
) -> None:
    desk = account.services.add()
    account.conversations.add(chat_service_sid=desk.sid, unique_name="there")

    api.post("/v1/Configuration", {"DefaultChatServiceSid": desk.sid})

    assert desk == account.default_service
    assert 200 == api.get("/v1/Conversations/there").status
    link = api.get("/v1/Configuration").response["links"]["service"]
    assert f"{ORIGIN}/v1/Services/{desk.sid}/Configuration" == link
    unknown = {"DefaultChatServiceSid": "IS" + "0" * 32}
    assert 20001 == api.post("/v1/Configuration", unknown).response["code"]


def test_an_address_is_found_by_itself_and_kept_once(api: Api) -> None:
    path = "/v1/Configuration/Addresses"
    form = {"Type": "whAtsAPP", "Address": "whatsapp:+15550101", "AddressCountry": "CA"}
    created = api.post(path, {**form, "AutoCreation.Type": "studio"}).response

    assert ("whAtsAPP", "CA") == (created["type"], created["address_country"])
    assert created == api.get(f"{path}/whatsapp:+15550101").response
    assert 409 == api.post(path, form).status
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


def test_a_credential_keeps_its_secrets_to_itself(api: Api) -> None:
    form = {"Type": "ApN", "FriendlyName": "x", "Certificate": "c", "Sandbox": "true"}
    created = api.post("/v1/Credentials", form).response

    assert ("apn", "x", "True") == (created["type"], created["friendly_name"], created["sandbox"])
    assert "c" not in created.values()
    assert created == api.get(f"/v1/Credentials/{created['sid']}").response
    updated = api.post(f"/v1/Credentials/{created['sid']}", {"Type": "fcm"}).response
    assert ("fcm", None) == (updated["type"], updated["sandbox"])


def test_messages_count_on_and_come_in_either_order(api: Api, root: str) -> None:
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


def test_an_author_who_takes_part_is_linked(api: Api, root: str) -> None:
    ada = api.post(f"{root}{TALK}/Participants", {"Identity": "ada"}).response["sid"]
    phone = {"MessagingBinding.Address": "+15550101", "MessagingBinding.ProxyAddress": "+15550102"}
    texting = api.post(f"{root}{TALK}/Participants", phone).response["sid"]

    def author(name: str) -> Any:
        said = api.post(f"{root}{TALK}/Messages", {"Author": name})
        return said.response["participant_sid"]

    assert [ada, texting, None] == [author("ada"), author("+15550101"), author("nobody")]


def test_who_joins_becomes_a_user_and_sees_the_conversation(api: Api, root: str) -> None:
    joined = api.post(f"{root}{TALK}/Participants", {"Identity": "ada"}).response
    for _ in range(3):
        api.post(f"{root}{TALK}/Messages")

    user = api.get(f"{root}/Users/ada").response
    [seen] = api.get(f"{root}/Users/ada/Conversations").response["conversations"]

    assert (None, None) == (user["friendly_name"], seen["unread_messages_count"])
    assert (joined["sid"], user["sid"]) == (seen["participant_sid"], seen["user_sid"])
    conversation = f"{ORIGIN}{root}/Conversations/{joined['conversation_sid']}"
    assert f"{user['url']}/Conversations/{joined['conversation_sid']}" == seen["url"]
    assert {"participant": joined["url"], "conversation": conversation} == seen["links"]

    path = f"{root}/Users/ada/Conversations/talk"
    read = api.post(path, {"LastReadMessageIndex": "0", "NotificationLevel": "muted"}).response

    assert (2, 0, "muted") == (
        read["unread_messages_count"],
        read["last_read_message_index"],
        read["notification_level"],
    )
    assert read == api.get(path).response
    assert 0 == api.get(f"{root}{TALK}/Participants/ada").response["last_read_message_index"]

    assert 204 == api.delete(path).status

    assert 404 == api.get(path).status
    assert 404 == api.get(f"{root}{TALK}/Participants/ada").status
    assert 200 == api.get(f"{root}{TALK}").status


def test_a_deleted_user_leaves_every_conversation(api: Api, root: str) -> None:
    api.post(f"{root}{TALK}/Participants", {"Identity": "ada"})
    api.post(f"{root}{TALK}/Participants", {"Identity": "bob"})

    api.delete(f"{root}/Users/ada")

    listed = api.get(f"{root}{TALK}/Participants").response["participants"]
    assert ["bob"] == [each["identity"] for each in listed]
    assert 404 == api.get(f"{root}/Users/ada/Conversations").status


def test_participants_are_found_by_who_or_where_they_are(api: Api, root: str) -> None:
    pair = {"MessagingBinding.Address": "+15550101", "MessagingBinding.ProxyAddress": "+15550102"}
    by_phone = api.post(f"{root}{TALK}/Participants", pair).response
    api.post(f"{root}{TALK}/Participants", {"Identity": "ada"})
    other = api.post(f"{root}/Conversations").response["sid"]
    api.post(f"{root}/Conversations/{other}/Participants", {"Identity": "ada"})
    path = f"{root}/ParticipantConversations"

    def found(query: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = api.get(f"{path}?{query}").response["conversations"]
        return rows

    [row] = found("Address=%2B15550101")
    assert by_phone["sid"] == row["participant_sid"]
    assert row["participant_messaging_binding"] == {
        "type": "sms",
        "address": "+15550101",
        "proxy_address": "+15550102",
        "projected_address": None,
        "level": None,
        "name": None,
    }
    assert by_phone["url"] == row["links"]["participant"]
    sids = [each["conversation_sid"] for each in found("Identity=ada")]
    assert sids == sorted(sids)
    assert 2 == len(sids)
    pages = api.get(f"{path}?Identity=ada&PageSize=1").response["meta"]["next_page_url"]
    assert sids[1:] == [
        each["conversation_sid"] for each in api.get(pages).response["conversations"]
    ]
    assert [] == found("") == found("Identity=nobody")
    assert 50451 == api.get(f"{path}?Identity=ada&Address=x").response["code"]


def test_a_conversation_with_participants(api: Api, root: str) -> None:
    people = [
        '{"identity": "ada"}',
        '{"messaging_binding": {"address": "+15550101", "proxy_address": "+15550102"}}',
    ]
    path = f"{root}/ConversationWithParticipants"

    alone = api.post(path, {"UniqueName": "alone"})
    together = api.post(path, {"Participant": people, "State": "inactive"})

    assert [201, 202] == [alone.status, together.status]
    body = together.response
    assert f"{ORIGIN}{root}/Conversations/{body['sid']}" == body["url"]
    assert {"participants", "messages", "webhooks"} == body["links"].keys()
    joined = api.get(f"{root}/Conversations/{body['sid']}/Participants").response["participants"]
    assert ["ada", None] == [each["identity"] for each in joined]
    assert 200 == api.get(f"{root}/Users/ada").status


@pytest.mark.parametrize(
    ("participants", "code"),
    [
        (["{"], 50424),
        (["[]"], 50424),
        (['{"identity": 5}'], 50424),
        (['{"name": "ada"}'], 50424),
        (['{"messaging_binding": []}'], 50424),
        ([f'{{"identity": "{number}"}}' for number in range(11)], 50426),
    ],
)
def test_a_conversation_with_malformed_participants_is_refused(
    api: Api, participants: list[str], code: int
) -> None:
    refused = api.post("/v1/ConversationWithParticipants", {"Participant": participants})

    assert (400, code) == (refused.status, refused.response["code"])
    assert [] == api.get("/v1/Conversations").response["conversations"]


def test_a_conversation_whose_participant_is_refused_is_closed(api: Api) -> None:
    twice = ['{"identity": "ada"}'] * 2

    created = api.post("/v1/ConversationWithParticipants", {"Participant": twice})

    assert (202, "closed") == (created.status, created.response["state"])


@pytest.mark.parametrize(
    ("form", "status", "code"),
    [
        ({}, 400, 50204),
        ({"Identity": "ada"}, 409, 50433),
        (
            {"MessagingBinding.Address": "+15550101", "MessagingBinding.ProxyAddress": "+15550102"},
            409,
            50416,
        ),
    ],
)
def test_a_participant_is_somebody_and_not_there_yet(
    api: Api, account: AccountView, form: dict[str, str], status: int, code: int
) -> None:
    talk = account.conversations.add(unique_name="talk").sid
    account.participants.add(conversation_sid=talk, identity="ada")
    account.participants.add(
        conversation_sid=talk,
        messaging_binding_address="+15550101",
        messaging_binding_proxy_address="+15550102",
    )

    refused = api.post("/v1/Conversations/talk/Participants", form)

    assert (status, code) == (refused.status, refused.response["code"])


def test_an_identity_is_a_user_once(api: Api) -> None:
    api.post("/v1/Users", {"Identity": "ada"})

    assert 50201 == api.post("/v1/Users", {"Identity": "ada"}).response["code"]
    assert 201 == api.post("/v1/Users", {"Identity": "Ada"}).status


def test_what_carriers_write_can_be_seeded(api: Api, account: AccountView) -> None:
    talk = account.conversations.add(unique_name="talk")
    message = account.messages.add(conversation_sid=talk.sid)
    phone = account.participants.add(
        conversation_sid=talk.sid,
        messaging_binding_address="+15550101",
        messaging_binding_proxy_address="+15550102",
    )

    account.receipts.add(message_sid=message.sid, participant_sid=phone.sid, status="read")
    failed = account.receipts.add(message_sid=message.sid, status="failed", error_code=30003)

    path = f"/v1/Conversations/talk/Messages/{message.sid}"
    assert api.get(path).response["delivery"] == {
        "total": 2,
        "sent": "some",
        "delivered": "some",
        "read": "some",
        "failed": "some",
        "undelivered": "none",
    }
    shown = api.get(f"{path}/Receipts/{failed.sid}").response
    assert ("failed", 30003) == (shown["status"], shown["error_code"])
    assert 2 == len(api.get(f"{path}/Receipts").response["delivery_receipts"])


def test_what_phones_register_can_be_seeded(api: Api, account: AccountView) -> None:
    desk = account.services.add()
    for kind, identity in [("apn", "ada"), ("fcm", "ada"), ("fcm", "bob")]:
        account.bindings.add(chat_service_sid=desk.sid, binding_type=kind, identity=identity)
    path = f"/v1/Services/{desk.sid}/Bindings"

    def count(query: str) -> int:
        return len(api.get(f"{path}?{query}").response["bindings"])

    assert [3, 2, 1, 3, 1] == [
        count(""),
        count("BindingType=FCM"),
        count("Identity=bob"),
        count("Identity=bob&Identity=ada"),
        count("BindingType=fcm&Identity=ada"),
    ]
    meta = api.get(f"{path}?Identity=bob&Identity=ada&PageSize=1").response["meta"]
    assert "?Identity=bob&Identity=ada&PageSize=1&" in meta["next_page_url"]


def test_what_is_known_of_a_file_can_be_seeded(api: Api, account: AccountView) -> None:
    account.conversations.add(unique_name="talk")
    photo = account.media.add(filename="a.png", content_type="image/png", size=17)

    said = api.post("/v1/Conversations/talk/Messages", {"MediaSid": photo.sid}).response

    assert said["media"] == [
        {"sid": photo.sid, "size": 17, "content_type": "image/png", "filename": "a.png"}
    ]


def test_every_noun_has_add(account: AccountView) -> None:
    talk = account.conversations.add()
    message = account.messages.add(conversation_sid=talk.sid)
    below = {"conversation_sid": talk.sid}

    added = [
        account.services.add().friendly_name,
        account.users.add().identity,
        account.roles.add().friendly_name,
        account.credentials.add().type,
        account.address_configurations.add().address,
        account.bindings.add().identity,
        account.media.add().size,
        account.participants.add(**below).identity,
        account.participants.add(messaging_binding_address="+15550101", **below).identity,
        account.scoped_webhooks.add(**below).target,
        account.receipts.add(message_sid=message.sid).status,
        account.conversation_with_participants.add(participant=['{"identity": "x"}']).state,
    ]

    assert added == [
        "service-1",
        "user-1",
        "role-9",
        "apn",
        "address-1",
        "binding-1",
        0,
        "participant-1",
        None,
        "webhook",
        "sent",
        "active",
    ]


def test_what_follows_from_other_records_has_no_add(account: AccountView) -> None:
    with pytest.raises(TypeError, match="user_conversations follow from other records"):
        account.user_conversations.add()
    with pytest.raises(TypeError, match="configuration follow from other records"):
        account.configuration.add()


def test_seeds_that_belong_to_nothing_are_refused(account: AccountView) -> None:
    with pytest.raises(TypeError, match=r"messages.add\(\) needs conversation_sid"):
        account.messages.add(body="hi")
    with pytest.raises(ValueError, match="there is no Conversation 'CH0'"):
        account.messages.add(conversation_sid="CH0")


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
def test_what_twilio_has_and_the_fake_has_not_is_said_plainly(
    api: Api, path: str, what: str
) -> None:
    refused = api.get(path)

    assert 501 == refused.status
    text = f"Twilio has {what}, and this fake does not imitate it"
    assert text == refused.response["message"]


def test_no_timer_is_too_long_for_the_calendar(api: Api) -> None:
    for name, code in [("DefaultInactiveTimer", 50379), ("DefaultClosedTimer", 50380)]:
        refused = api.post("/v1/Configuration", {name: "P3000000D"})

        assert code == refused.response["code"]


def test_a_record_may_be_called_what_twilio_calls_something_else(api: Api) -> None:
    api.post("/v1/Conversations", {"UniqueName": "Export"})
    api.post("/v1/Users", {"Identity": "ChannelMetadata"})

    assert 200 == api.get("/v1/Conversations/Export").status
    assert 200 == api.get("/v1/Users/ChannelMetadata").status


def test_a_view_is_asked_for_by_the_sid_of_its_conversation(api: Api, account: AccountView) -> None:
    talk = account.conversations.add()
    account.participants.add(conversation_sid=talk.sid, identity="ada")

    api.post(f"/v1/Users/ada/Conversations/{talk.sid}", {"LastReadMessageIndex": "1"})

    account.user_conversations.assert_updated(conversation_sid=talk.sid)


@pytest.mark.parametrize(
    ("path", "form", "code"),
    [
        ("/v1/Configuration/Addresses", {"Type": "sms", "Address": ""}, 20001),
        (
            "/v1/Roles",
            {"FriendlyName": "", "Type": "service", "Permission": ["joinConversation"]},
            20001,
        ),
        ("/v1/Users", {"Identity": ""}, 50204),
        ("/v1/Conversations/talk/Participants", {"Identity": ""}, 50204),
        ("/v1/Conversations/talk/Participants/ada", {"Identity": ""}, 50204),
        ("/v1/Users/ada/Conversations/talk", {"LastReadMessageIndex": "x"}, 50421),
    ],
)
def test_what_can_not_be_empty_is_refused(
    api: Api, account: AccountView, path: str, form: dict[str, str], code: int
) -> None:
    talk = account.conversations.add(unique_name="talk")
    account.participants.add(conversation_sid=talk.sid, identity="ada")

    refused = api.post(path, form)

    assert (400, code) == (refused.status, refused.response["code"])


def test_an_empty_author_is_nobody_in_particular(api: Api) -> None:
    api.post("/v1/Conversations", {"UniqueName": "talk"})
    said = api.post("/v1/Conversations/talk/Messages", {"Author": "", "Body": "hi"}).response

    assert "system" == said["author"]
    path = f"/v1/Conversations/talk/Messages/{said['sid']}"
    assert "ada" == api.post(path, {"Author": "ada"}).response["author"]
    assert "ada" == api.post(path, {"Author": "", "Body": ""}).response["author"]


def test_a_new_identity_is_a_user_too(api: Api, account: AccountView) -> None:
    talk = account.conversations.add(unique_name="talk")
    account.participants.add(conversation_sid=talk.sid, identity="ada")

    api.post("/v1/Conversations/talk/Participants/ada", {"Identity": "bob"})

    assert ["ada", "bob"] == [user.identity for user in account.users]
    assert 200 == api.get("/v1/Users/bob/Conversations/talk").status


def test_everything_that_dir_names_can_be_looked_at(account: AccountView) -> None:
    talk = account.conversation_with_participants.add(participant=['{"identity": "ada"}'])
    message = account.messages.add(conversation_sid=talk.sid)
    for below in (account.scoped_webhooks, account.participants):
        below.add(conversation_sid=talk.sid)
    account.receipts.add(message_sid=message.sid)
    for other in ("services", "credentials", "address_configurations", "bindings", "media"):
        getattr(account, other).add()

    looked = {
        resource.collection: [getattr(record, name) for name in dir(record)]
        for resource in RESOURCES
        for record in getattr(account, resource.collection)
    }

    assert {resource.collection for resource in RESOURCES} == looked.keys()
    assert account.participants.find(identity="ada") != account.user_conversations.find()


def test_records_of_views_are_live(api: Api, account: AccountView) -> None:
    talk = account.conversations.add(unique_name="talk")
    account.participants.add(conversation_sid=talk.sid, identity="ada")
    seen, row = account.user_conversations.one(), account.participant_conversations.one()

    api.post("/v1/Users/ada/Conversations/talk", {"NotificationLevel": "muted"})
    api.post("/v1/Conversations/talk", {"FriendlyName": "Talk"})

    assert ("muted", "Talk") == (seen.notification_level, seen.friendly_name)
    assert "Talk" == row.conversation_friendly_name


def test_numbers_that_are_taken_are_passed_over(account: AccountView) -> None:
    account.users.add(identity="user-2")

    assert "user-3" == account.users.add().identity


def test_services_are_the_same_whatever_the_default_is(api: Api, account: AccountView) -> None:
    desk = account.services.add()

    api.post("/v1/Configuration", {"DefaultChatServiceSid": desk.sid})

    assert [desk] == [*account.services]


def test_a_method_of_auto_creation_comes_back_whatever_the_type(api: Api) -> None:
    form = {"Type": "sms", "Address": "+15550101", "AutoCreation.WebhookMethod": "GET"}

    created = api.post("/v1/Configuration/Addresses", form).response

    assert "GET" == created["auto_creation"]["webhook_method"]


def test_a_deleted_user_has_no_device_any_more(api: Api, account: AccountView) -> None:
    account.users.add(identity="ada")
    account.bindings.add(identity="ada")

    api.delete("/v1/Users/ada")

    assert 0 == len(account.bindings)


def test_files_belong_to_their_service(api: Api, account: AccountView) -> None:
    elsewhere = account.media.add(chat_service_sid=account.services.add().sid, size=17)
    account.conversations.add(unique_name="talk")

    said = api.post("/v1/Conversations/talk/Messages", {"MediaSid": elsewhere.sid}).response

    assert 0 == said["media"][0]["size"]
