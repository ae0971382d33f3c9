"""Participants and users: identities, addresses and roles that are refused."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import Api, breaking

from pytest_conversations_fake.state.account import AccountView

C = "/v1/Conversations"
PEOPLE = f"{C}/talk/Participants"
ADA, DESK, OTHER = "+15550101", "+15550199", "+15550102"


@pytest.fixture
def account(account: AccountView) -> AccountView:
    account.conversations.add(unique_name="talk")
    return account


def texting(address: str | None, proxy: str | None, **more: str) -> dict[str, str]:
    both = {"MessagingBinding.Address": address, "MessagingBinding.ProxyAddress": proxy}
    return {name: value for name, value in both.items() if value is not None} | more


@pytest.mark.rule("address-channels", "no-half-request")
@pytest.mark.parametrize(
    ("form", "code", "rule"),
    [
        breaking("somebody", {}, 50204, id="nobody"),
        breaking("identity-form", {"Identity": "US" + "0" * 32}, 50206, id="a sid for an identity"),
        breaking("identity-reserved", {"Identity": "system"}, 50203, id="a reserved identity"),
        breaking("identity-length", {"Identity": "x" * 257}, 50207, id="a long identity"),
        breaking(
            "identity-or-address",
            texting(ADA, DESK, Identity="ada"),
            50211,
            id="an identity and a pair",
        ),
        breaking("address-form", texting("5550101", DESK), 50407, id="no number"),
        breaking("address-form", texting("+0123", DESK), 50407, id="a number that begins with 0"),
        breaking(
            "address-form", texting("whatsapp:", "whatsapp:x"), 50407, id="a channel and no more"
        ),
        breaking(
            "address-form", texting("chat:ada", "chat:desk"), 50407, id="chat, which is no channel"
        ),
        breaking(
            "address-form", texting(f"whatsap:{ADA}", DESK), 50407, id="a channel with a typo"
        ),
        breaking(
            "address-form", texting(f"sms:{ADA}", DESK), 50407, id="sms, which has no name in front"
        ),
        breaking("proxy-form", texting(ADA, f"chat:{DESK}"), 50408, id="chat to write to"),
        breaking("proxy-form", texting(ADA, "desk"), 50408, id="no number to write to"),
        breaking("pair-differs", texting(ADA, ADA), 50409, id="to oneself"),
        breaking("pair-halves", texting(None, DESK), 50411, id="half a pair"),
        breaking("pair-halves", texting("", DESK), 50411, id="an empty half"),
        breaking("pair-halves", texting(ADA, ""), 50412, id="the other half empty"),
        breaking("pair-channel", texting(f"whatsapp:{ADA}", DESK), 50414, id="two channels"),
        breaking(
            "role-of-service",
            {"Identity": "ada", "RoleSid": "RL" + "0" * 32},
            50100,
            id="no such role",
        ),
    ],
)
def test_participant_with_wrong_identity_or_address_is_refused(
    api: Api, account: AccountView, form: dict[str, str], code: int, rule: str
) -> None:
    refused = api.post(PEOPLE, form)

    assert (code, rule) == (refused.response["code"], refused.rule)
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
def test_participant_with_an_identity_or_a_pair_of_addresses_is_created(
    api: Api, account: AccountView, form: dict[str, str]
) -> None:
    assert 201 == api.post(PEOPLE, form).status


@pytest.mark.rule("pair-once", "pair-free")
def test_pair_of_addresses_in_an_open_conversation_is_refused_elsewhere(
    api: Api, account: AccountView
) -> None:
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
def test_pair_of_a_closed_conversation_can_join_another(api: Api, account: AccountView) -> None:
    api.post(PEOPLE, texting(ADA, DESK))
    next_one = account.conversations.add().sid
    assert 409 == api.post(f"{C}/{next_one}/Participants", texting(ADA, DESK)).status

    api.post(f"{C}/talk", {"State": "closed"})

    assert 201 == api.post(f"{C}/{next_one}/Participants", texting(ADA, DESK)).status


@pytest.mark.rule("proxy-fixed")
@pytest.mark.parametrize("sent", [OTHER, DESK])
def test_update_with_the_unchanged_proxy_address_is_refused(
    api: Api, account: AccountView, sent: str
) -> None:
    joined = api.post(PEOPLE, texting(ADA, DESK)).response["sid"]
    form = {"MessagingBinding.ProxyAddress": sent, "Attributes": "[1]"}

    refused = api.post(f"{PEOPLE}/{joined}", form)

    assert (400, 50441) == (refused.status, refused.response["code"])
    assert "{}" == account.participants.one(sid=joined).attributes
    assert 200 == api.post(f"{PEOPLE}/{joined}", {"Attributes": "[1]"}).status


@pytest.mark.rule("literal-null")
def test_proxy_address_is_removed_by_null(api: Api, account: AccountView) -> None:
    joined = api.post(PEOPLE, texting(ADA, DESK)).response["sid"]

    form = {"MessagingBinding.ProxyAddress": "null"}
    removed = api.post(f"{PEOPLE}/{joined}", form).response

    assert {"type": "sms", "address": ADA} == removed["messaging_binding"]


@pytest.mark.rule("role-of-service", "role-type")
def test_role_of_another_type_or_service_is_refused(api: Api, account: AccountView) -> None:
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


@pytest.mark.rule("role-empty")
def test_empty_role_is_refused(api: Api, account: AccountView) -> None:
    for path in (PEOPLE, "/v1/Users"):
        assert 50103 == api.post(path, {"Identity": "ada", "RoleSid": ""}).response["code"]


@pytest.mark.rule("address-twice", "pair-once")
def test_address_of_a_participant_is_refused_with_any_proxy_address(
    api: Api, account: AccountView
) -> None:
    here = account.conversations.one().sid
    api.post(PEOPLE, texting(ADA, DESK))

    for proxy in (DESK, OTHER):
        refused = api.post(PEOPLE, texting(ADA, proxy)).response
        assert (50416, here) == (refused["code"], refused["message"][-34:])


@pytest.mark.rule("read-stamp")
def test_read_index_without_a_time_gets_the_current_time(api: Api, account: AccountView) -> None:
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
def test_notification_level_is_default_or_muted(api: Api, account: AccountView) -> None:
    api.post(PEOPLE, {"Identity": "ada"})
    path = "/v1/Users/ada/Conversations/talk"

    assert 50210 == api.post(path, {"NotificationLevel": "loud"}).response["code"]
    assert "muted" == api.post(path, {"NotificationLevel": "MUTED"}).response["notification_level"]


@pytest.mark.rule("user-presence")
def test_user_has_no_presence(api: Api, account: AccountView) -> None:
    user = api.post("/v1/Users", {"Identity": "ada"}).response

    assert (None, None) == (user["is_online"], user["is_notifiable"])


@pytest.mark.rule("read-index-texting")
def test_texting_participant_may_have_a_read_index(api: Api, account: AccountView) -> None:
    sid = api.post(PEOPLE, texting(ADA, DESK)).response["sid"]

    assert 200 == api.post(f"{PEOPLE}/{sid}", {"LastReadMessageIndex": "0"}).status
    banana = api.post(f"{PEOPLE}/{sid}", {"LastReadTimestamp": "banana"})
    assert 20001 == banana.response["code"]


@pytest.mark.rule("role-of-service", "role-type")
def test_role_of_another_type_is_refused_in_updates(api: Api, account: AccountView) -> None:
    api.post(PEOPLE, {"Identity": "ada"})
    roles = {role.friendly_name: role.sid for role in account.roles}

    updated = api.post(f"{PEOPLE}/ada", {"RoleSid": roles["service user"]})
    assert 50105 == updated.response["code"]
    assert 50105 == api.post("/v1/Users/ada", {"RoleSid": roles["channel user"]}).response["code"]
    path = f"/v1/Services/{account.default_service.sid}/Configuration"
    chat = {"DefaultChatServiceRoleSid": roles["channel user"]}
    assert 50105 == api.post(path, chat).response["code"]


@pytest.mark.rule("unread", "user-views")
def test_unread_messages_are_counted_up_to_a_thousand(api: Api, account: AccountView) -> None:
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
