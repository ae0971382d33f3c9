"""What Twilio refuses beyond what a single parameter shows: who, where, and how many."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import Api

from pytest_conversations_fake.expectations.account import AccountView

C = "/v1/Conversations"
PEOPLE = f"{C}/talk/Participants"
TRIGGER = {"Target": "trigger", "Configuration.Url": "u"}
STUDIO = {"Target": "studio", "Configuration.FlowSid": "FW" + "0" * 32}
ADA, DESK, OTHER = "+15550101", "+15550199", "+15550102"


@pytest.fixture
def account(account: AccountView) -> AccountView:
    account.conversations.add(unique_name="talk")
    return account


def texting(address: str | None, proxy: str | None, **more: str) -> dict[str, str]:
    both = {"MessagingBinding.Address": address, "MessagingBinding.ProxyAddress": proxy}
    return {name: value for name, value in both.items() if value is not None} | more


@pytest.mark.rule(
    "somebody",
    "identity-form",
    "identity-reserved",
    "identity-length",
    "identity-or-address",
    "address-form",
    "proxy-form",
    "pair-differs",
    "pair-halves",
    "pair-channel",
    "role-of-service",
)
@pytest.mark.parametrize(
    ("form", "code"),
    [
        pytest.param({}, 50204, id="nobody"),
        pytest.param({"Identity": "US" + "0" * 32}, 50206, id="a sid for an identity"),
        pytest.param({"Identity": "system"}, 50203, id="a reserved identity"),
        pytest.param({"Identity": "x" * 257}, 50207, id="a long identity"),
        pytest.param(texting(ADA, DESK, Identity="ada"), 50211, id="an identity and a pair"),
        pytest.param(texting("5550101", DESK), 50407, id="no number"),
        pytest.param(texting("+0123", DESK), 50407, id="a number that begins with 0"),
        pytest.param(texting("whatsapp:", "whatsapp:x"), 50407, id="a channel and no more"),
        pytest.param(texting(ADA, "desk"), 50408, id="no number to write to"),
        pytest.param(texting(ADA, ADA), 50409, id="to oneself"),
        pytest.param(texting(None, DESK), 50411, id="half a pair"),
        pytest.param(texting("", DESK), 50411, id="an empty half"),
        pytest.param(texting(ADA, ""), 50412, id="the other half empty"),
        pytest.param(texting(f"whatsapp:{ADA}", DESK), 50414, id="two channels"),
        pytest.param({"Identity": "ada", "RoleSid": "RL" + "0" * 32}, 50100, id="no such role"),
    ],
)
def test_a_participant_that_can_not_be(
    api: Api, account: AccountView, form: dict[str, str], code: int
) -> None:
    refused = api.post(PEOPLE, form)

    assert code == refused.response["code"]
    assert 0 == len(account.participants)
    assert 0 == len(account.users)


@pytest.mark.parametrize(
    "form",
    [
        texting(ADA, DESK),
        texting(f"whatsapp:{ADA}", f"whatsapp:{DESK}"),
        texting("messenger:123", "messenger:456"),
        texting(ADA, None),
        {"Identity": "ada", "MessagingBinding.ProjectedAddress": DESK},
        {"MessagingBinding.ProjectedAddress": DESK},
    ],
)
def test_a_participant_that_can_be(api: Api, account: AccountView, form: dict[str, str]) -> None:
    assert 201 == api.post(PEOPLE, form).status


@pytest.mark.rule("pair-once", "pair-free")
def test_a_pair_is_in_one_open_conversation_of_the_account(api: Api, account: AccountView) -> None:
    desk = account.services.add()
    there = account.conversations.add(chat_service_sid=desk.sid)
    path = f"/v1/Services/{desk.sid}/Conversations/{there.sid}"
    joined = api.post(f"{path}/Participants", texting(ADA, DESK)).response["sid"]

    refused = api.post(PEOPLE, texting(ADA, DESK))

    assert (409, 50416) == (refused.status, refused.response["code"])
    assert refused.response["message"] == (
        "A binding for this participant and proxy address already exists in Conversation "
        f"{there.sid}"
    )
    assert 201 == api.post(PEOPLE, texting(ADA, OTHER)).status
    api.delete(f"{path}/Participants/{joined}")
    another = account.conversations.add().sid
    assert 201 == api.post(f"{C}/{another}/Participants", texting(ADA, DESK)).status


@pytest.mark.rule("pair-free")
def test_a_closed_conversation_lets_its_pairs_go(api: Api, account: AccountView) -> None:
    api.post(PEOPLE, texting(ADA, DESK))
    next_one = account.conversations.add().sid
    assert 409 == api.post(f"{C}/{next_one}/Participants", texting(ADA, DESK)).status

    api.post(f"{C}/talk", {"State": "closed"})

    assert 201 == api.post(f"{C}/{next_one}/Participants", texting(ADA, DESK)).status


@pytest.mark.rule("proxy-fixed", "literal-null")
def test_a_proxy_address_can_be_removed_but_not_changed(api: Api, account: AccountView) -> None:
    joined = api.post(PEOPLE, texting(ADA, DESK)).response["sid"]
    proxy = "MessagingBinding.ProxyAddress"

    assert 50441 == api.post(f"{PEOPLE}/{joined}", {proxy: OTHER}).response["code"]
    assert 200 == api.post(f"{PEOPLE}/{joined}", {proxy: DESK}).status
    removed = api.post(f"{PEOPLE}/{joined}", {proxy: "null"}).response
    assert {"type": "sms", "address": ADA} == removed["messaging_binding"]


@pytest.mark.rule("participants", "texting-participants")
def test_a_conversation_takes_a_thousand_of_whom_fifty_text(api: Api, account: AccountView) -> None:
    for number in range(50):
        assert 201 == api.post(PEOPLE, texting(f"+155501{number:02}", DESK)).status
    assert 50418 == api.post(PEOPLE, texting(ADA + "9", DESK)).response["code"]

    for number in range(950):
        account.participants.add(
            conversation_sid=account.conversations.one().sid, identity=str(number)
        )

    refused = api.post(PEOPLE, {"Identity": "one too many"})
    assert (403, 50417) == (refused.status, refused.response["code"])


@pytest.mark.rule("role-of-service", "role-type")
def test_a_role_is_for_what_it_is_given(api: Api, account: AccountView) -> None:
    desk = account.services.add()
    here = {
        role.friendly_name: role.sid for role in account.roles if role.chat_service_sid != desk.sid
    }
    elsewhere = account.roles.find(chat_service_sid=desk.sid).sid

    def code(path: str, role: str) -> Any:
        return (api.post(path, {"Identity": "ada", "RoleSid": role}).response or {}).get("code")

    assert 50105 == code(PEOPLE, here["service user"])
    assert 50105 == code("/v1/Users", here["channel user"])
    assert 50100 == code(PEOPLE, elsewhere)
    assert code(PEOPLE, here["channel admin"]) is None
    assert here["channel admin"] == account.participants.one().role_sid


@pytest.mark.rule("permission-names", "permissions-replaced")
@pytest.mark.parametrize(
    ("permissions", "code"), [(["fly"], 50104), (["sendMessage", ""], 50104), ([""], 20001)]
)
def test_permissions_are_those_that_there_are(api: Api, permissions: list[str], code: int) -> None:
    form = {"FriendlyName": "x", "Type": "service", "Permission": permissions}

    assert code == api.post("/v1/Roles", form).response["code"]


@pytest.mark.rule("webhook-target", "webhook-needs", "webhook-url-length", "flow-form", "triggers")
@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"Target": "carrier pigeon"}, 50364),
        ({"Target": "webhook"}, 50369),
        ({"Target": "webhook", "Configuration.Url": "u"}, 50370),
        ({"Target": "trigger", "Configuration.Url": "u"}, 50371),
        ({"Target": "webhook", "Configuration.Url": "u" * 513}, 50372),
        ({"Target": "studio", "Configuration.FlowSid": "FW0"}, 50367),
        ({"Target": "studio"}, 50367),
        ({**TRIGGER, "Configuration.Triggers": [*"abcdef"]}, 50362),
        ({**TRIGGER, "Configuration.Triggers": ["a", ""]}, 50366),
        ({**TRIGGER, "Configuration.Triggers": ["a" * 249]}, 50366),
    ],
)
def test_a_webhook_has_what_its_target_needs(
    api: Api, account: AccountView, form: dict[str, Any], code: int
) -> None:
    assert code == api.post(f"{C}/talk/Webhooks", form).response["code"]


@pytest.mark.rule("scoped-webhooks")
def test_a_conversation_has_five_webhooks(api: Api, account: AccountView) -> None:
    made = [api.post(f"{C}/talk/Webhooks", STUDIO) for _ in range(6)]

    assert [201] * 5 + [403] == [each.status for each in made]
    assert 50361 == made[-1].response["code"]


@pytest.mark.rule("role-empty")
def test_an_empty_role_is_none(api: Api, account: AccountView) -> None:
    for path in (PEOPLE, "/v1/Users"):
        assert 50103 == api.post(path, {"Identity": "ada", "RoleSid": ""}).response["code"]


@pytest.mark.rule("roles-of-service", "later-roles", "conversation-role", "user-role")
def test_a_service_gives_its_own_roles_to_who_comes_later(api: Api, account: AccountView) -> None:
    service = account.default_service.sid
    roles = {role.friendly_name: role.sid for role in account.roles}
    other = account.services.add().sid
    elsewhere = account.roles.find(chat_service_sid=other).sid
    path = f"/v1/Services/{service}/Configuration"
    api.post(PEOPLE, {"Identity": "ada"})

    def code(role: str) -> Any:
        answered = api.post(path, {"DefaultConversationRoleSid": role})
        return answered.response.get("code", answered.status)

    assert [50105, 50100, 200] == [
        code(roles["service admin"]),
        code(elsewhere),
        code(roles["channel admin"]),
    ]
    creator = {"DefaultConversationCreatorRoleSid": roles["service user"]}
    assert 50105 == api.post(path, creator).response["code"]
    api.post(path, {"DefaultChatServiceRoleSid": roles["service admin"]})
    api.post(PEOPLE, {"Identity": "ben"})
    assert [roles["channel user"], roles["channel admin"]] == [
        each.role_sid for each in account.participants
    ]
    assert [roles["service user"], roles["service admin"]] == [
        each.role_sid for each in account.users
    ]


@pytest.mark.rule("role-delete")
def test_a_role_in_use_can_be_deleted(api: Api, account: AccountView) -> None:
    api.post(PEOPLE, {"Identity": "ada"})
    sid = account.participants.one().role_sid

    assert 204 == api.delete(f"/v1/Roles/{sid}").status
    assert sid == account.participants.one().role_sid


@pytest.mark.rule("address-twice", "pair-once")
def test_an_address_is_in_a_conversation_once(api: Api, account: AccountView) -> None:
    here = account.conversations.one().sid
    api.post(PEOPLE, texting(ADA, DESK))

    for proxy in (DESK, OTHER):
        refused = api.post(PEOPLE, texting(ADA, proxy)).response
        assert (50416, here) == (refused["code"], refused["message"][-34:])


@pytest.mark.rule("conversations-of-one")
def test_nobody_chats_everywhere(api: Api, account: AccountView) -> None:
    for _ in range(1000):
        sid = account.conversations.add().sid
        account.participants.add(conversation_sid=sid, identity="ada")

    refused = api.post(PEOPLE, {"Identity": "ada"})

    assert (403, 50214) == (refused.status, refused.response["code"])
    assert 201 == api.post(PEOPLE, {"Identity": "ben"}).status
    api.post(f"{C}/{sid}", {"State": "closed"})
    assert 201 == api.post(PEOPLE, {"Identity": "ada"}).status


@pytest.mark.rule("read-stamp")
def test_who_reads_without_a_time_has_read_now(api: Api, account: AccountView) -> None:
    api.post(PEOPLE, {"Identity": "ada"})

    read = api.post(f"{PEOPLE}/ada", {"LastReadMessageIndex": "0"}).response
    told = {"LastReadMessageIndex": "1", "LastReadTimestamp": "2020-01-02T03:04:05Z"}

    assert read["date_updated"] == read["last_read_timestamp"]
    again = api.post(f"{PEOPLE}/ada", told).response
    assert (1, "2020-01-02T03:04:05Z") == (
        again["last_read_message_index"],
        again["last_read_timestamp"],
    )


@pytest.mark.rule("notification-level")
def test_a_notification_level_is_default_or_muted(api: Api, account: AccountView) -> None:
    api.post(PEOPLE, {"Identity": "ada"})
    path = "/v1/Users/ada/Conversations/talk"

    assert 50210 == api.post(path, {"NotificationLevel": "loud"}).response["code"]
    assert "muted" == api.post(path, {"NotificationLevel": "MUTED"}).response["notification_level"]


@pytest.mark.rule("user-presence")
def test_nobody_is_online(api: Api, account: AccountView) -> None:
    user = api.post("/v1/Users", {"Identity": "ada"}).response

    assert (None, None) == (user["is_online"], user["is_notifiable"])


# Services, addresses and webhooks


@pytest.mark.rule("service-names")
def test_services_may_share_a_name(api: Api) -> None:
    assert [201, 201] == [api.post("/v1/Services", {"FriendlyName": "x"}).status for _ in range(2)]


@pytest.mark.rule("dangling-service")
def test_an_address_keeps_the_sid_of_a_service_that_is_gone(api: Api, account: AccountView) -> None:
    service = account.services.add().sid
    account.address_configurations.add(address=DESK, auto_creation_conversation_service_sid=service)

    api.delete(f"/v1/Services/{service}")

    kept = api.get(f"/v1/Configuration/Addresses/{DESK}").response["auto_creation"]
    assert service == kept["conversation_service_sid"]


@pytest.mark.rule("address-text", "studio-retries")
def test_what_an_address_may_be(api: Api) -> None:
    path = "/v1/Configuration/Addresses"
    urn = {"Type": "whatsapp", "Address": "urn:mbid:WX0"}

    retried = [
        api.post(path, {**urn, "AutoCreation.StudioRetryCount": count}).status
        for count in ("4", "-1", "3")
    ]

    assert [400, 400, 201] == retried


@pytest.mark.rule("webhook-method", "webhook-urls")
def test_what_a_webhook_configuration_can_not_be(api: Api, account: AccountView) -> None:
    for path in (
        "/v1/Configuration/Webhooks",
        f"/v1/Services/{account.default_service.sid}/Configuration/Webhooks",
    ):

        def code(path: str = path, **form: str) -> Any:
            answered = api.post(path, form)
            return answered.response.get("code", answered.status)

        assert 50055 == code(Method="PUT")
        assert 50077 == code(PreWebhookUrl="/hook")
        assert 50078 == code(PostWebhookUrl="ftp://a.example")
        assert 200 == code(PostWebhookUrl="HTTPS://a.example/hook?x=1")
        assert 200 == code(PostWebhookUrl="")
        assert api.get(path).response["post_webhook_url"] is None


@pytest.mark.rule("webhook-shown", "webhook-extras", "webhook-target")
def test_a_webhook_shows_what_belongs_to_its_target(api: Api, account: AccountView) -> None:
    everything = {
        "Configuration.Url": "https://a.example",
        "Configuration.Filters": ["onMessageAdded"],
        "Configuration.Triggers": ["help"],
        "Configuration.FlowSid": "FW" + "0" * 32,
        "Configuration.ReplayAfter": "3",
    }

    def shown(target: str) -> Any:
        made = api.post(f"{C}/talk/Webhooks", {**everything, "Target": target})
        return made.response.get("configuration", made.response.get("code"))

    sent_to = {"url": "https://a.example", "method": "POST"}
    assert {**sent_to, "filters": ["onMessageAdded"]} == shown("webhook")
    assert {**sent_to, "triggers": ["help"]} == shown("TRIGGER")
    assert {"flow_sid": "FW" + "0" * 32} == shown("studio")
    assert 50368 == shown("")


@pytest.mark.rule("credential-name-length")
def test_a_credential_has_a_short_name(api: Api) -> None:
    statuses = [
        api.post("/v1/Credentials", {"Type": "fcm", "FriendlyName": "x" * length}).status
        for length in (64, 65)
    ]

    assert [201, 400] == statuses


@pytest.mark.rule("webhook-flow")
def test_a_studio_webhook_has_a_flow(api: Api, account: AccountView) -> None:
    assert 50367 == api.post(f"{C}/talk/Webhooks", {"Target": "studio"}).response["code"]
    assert account.scoped_webhooks.add(
        conversation_sid=account.conversations.one().sid, target="studio"
    ).configuration_flow_sid.startswith("FW")


@pytest.mark.rule("webhook-needs")
def test_a_webhook_keeps_what_it_needs(api: Api, account: AccountView) -> None:
    sid = account.scoped_webhooks.add(conversation_sid=account.conversations.one().sid).sid

    refused = api.post(f"{C}/talk/Webhooks/{sid}", {"Configuration.Filters": ""})

    assert 50370 == refused.response["code"]


@pytest.mark.rule("service-filters")
def test_a_services_filters_are_empty_once_something_is_configured(
    api: Api, account: AccountView
) -> None:
    path = f"/v1/Services/{account.default_service.sid}/Configuration/Webhooks"

    assert api.get(path).response["filters"] is None
    assert api.post(path).response["filters"] is None
    assert [] == api.post(path, {"Method": "GET"}).response["filters"]


@pytest.mark.rule("notification-lengths")
def test_a_notification_may_be_long(api: Api, account: AccountView) -> None:
    path = f"/v1/Services/{account.default_service.sid}/Configuration/Notifications"

    assert 200 == api.post(path, {"NewMessage.Template": "x" * 100_000}).status


@pytest.mark.rule("address-country", "address-text")
def test_an_address_has_any_country_and_256_characters(api: Api) -> None:
    path = "/v1/Configuration/Addresses"
    form = {"Type": "sms", "AddressCountry": "Germany"}

    statuses = [api.post(path, {**form, "Address": "x" * length}).status for length in (257, 256)]

    assert [400, 201] == statuses


@pytest.mark.rule("read-index-texting")
def test_who_texts_may_have_read_something(api: Api, account: AccountView) -> None:
    sid = api.post(PEOPLE, texting(ADA, DESK)).response["sid"]

    assert 200 == api.post(f"{PEOPLE}/{sid}", {"LastReadMessageIndex": "0"}).status
    banana = api.post(f"{PEOPLE}/{sid}", {"LastReadTimestamp": "banana"})
    assert 20001 == banana.response["code"]


@pytest.mark.rule("role-of-service", "role-type")
def test_a_role_is_judged_at_updates_too(api: Api, account: AccountView) -> None:
    api.post(PEOPLE, {"Identity": "ada"})
    roles = {role.friendly_name: role.sid for role in account.roles}

    assert 50105 == api.post(
        f"{PEOPLE}/ada", {"RoleSid": roles["service user"]}
    ).response["code"]  # fmt: skip
    assert 50105 == api.post("/v1/Users/ada", {"RoleSid": roles["channel user"]}).response["code"]
    path = f"/v1/Services/{account.default_service.sid}/Configuration"
    chat = {"DefaultChatServiceRoleSid": roles["channel user"]}
    assert 50105 == api.post(path, chat).response["code"]


@pytest.mark.rule("unread", "user-views")
def test_unread_messages_are_those_that_are_there(api: Api, account: AccountView) -> None:
    talk = account.conversations.one().sid
    account.participants.add(conversation_sid=talk, identity="ada")
    messages = [account.messages.add(conversation_sid=talk).sid for _ in range(1003)]
    row = "/v1/Users/ada/Conversations/talk"

    read = api.post(row, {"LastReadMessageIndex": "0"}).response
    assert 1000 == read["unread_messages_count"]
    api.post(row, {"LastReadMessageIndex": "1000"})
    api.delete(f"{C}/talk/Messages/{messages[1001]}")

    assert 1 == api.get(row).response["unread_messages_count"]
    told = {"LastReadMessageIndex": "1", "LastReadTimestamp": "2020-01-02T03:04:05Z"}
    api.post(row, told)
    assert "2020-01-02T03:04:05Z" == account.participants.one().last_read_timestamp


@pytest.mark.rule("permission-names")
def test_permissions_are_of_the_type_of_the_role(api: Api) -> None:
    def code(kind: str, permission: str) -> Any:
        form = {"FriendlyName": "x", "Type": kind, "Permission": permission}
        made = api.post("/v1/Roles", form)
        return made.response.get("code", made.status)

    assert [201, 50104] == [code("service", each) for each in ("joinConversation", "sendMessage")]
    assert [50104, 201] == [
        code("conversation", each) for each in ("joinConversation", "sendMessage")
    ]


@pytest.mark.rule("default-service-delete")
def test_a_service_that_became_the_default_can_not_be_deleted(
    api: Api, account: AccountView
) -> None:
    first, desk = account.default_service.sid, account.services.add().sid
    api.post("/v1/Configuration", {"DefaultChatServiceSid": desk})

    assert 20001 == api.delete(f"/v1/Services/{desk}").response["code"]
    assert 204 == api.delete(f"/v1/Services/{first}").status
