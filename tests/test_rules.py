"""What Twilio refuses beyond what a single parameter shows: who, where, and how many."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import Api

from pytest_conversations_fake.expectations.account import AccountView

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


def test_a_closed_conversation_lets_its_pairs_go(api: Api, account: AccountView) -> None:
    api.post(PEOPLE, texting(ADA, DESK))
    next_one = account.conversations.add().sid
    assert 409 == api.post(f"{C}/{next_one}/Participants", texting(ADA, DESK)).status

    api.post(f"{C}/talk", {"State": "closed"})

    assert 201 == api.post(f"{C}/{next_one}/Participants", texting(ADA, DESK)).status


def test_a_proxy_address_can_be_removed_but_not_changed(api: Api, account: AccountView) -> None:
    joined = api.post(PEOPLE, texting(ADA, DESK)).response["sid"]
    proxy = "MessagingBinding.ProxyAddress"

    assert 50441 == api.post(f"{PEOPLE}/{joined}", {proxy: OTHER}).response["code"]
    assert 200 == api.post(f"{PEOPLE}/{joined}", {proxy: DESK}).status
    removed = api.post(f"{PEOPLE}/{joined}", {proxy: "null"}).response
    assert {"type": "sms", "address": ADA} == removed["messaging_binding"]


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


@pytest.mark.parametrize(
    ("permissions", "code"), [(["fly"], 50104), (["sendMessage", ""], 50104), ([""], 20001)]
)
def test_permissions_are_those_that_there_are(api: Api, permissions: list[str], code: int) -> None:
    form = {"FriendlyName": "x", "Type": "service", "Permission": permissions}

    assert code == api.post("/v1/Roles", form).response["code"]


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"Target": "carrier pigeon"}, 50364),
        ({"Target": "webhook"}, 50369),
        ({"Target": "webhook", "Configuration.Url": "u"}, 50370),
        ({"Target": "trigger", "Configuration.Url": "u"}, 50371),
        ({"Target": "webhook", "Configuration.Url": "u" * 513}, 50372),
        ({"Target": "studio", "Configuration.FlowSid": "FW0"}, 50367),
        ({"Target": "studio", "Configuration.Triggers": [*"abcdef"]}, 50362),
        ({"Target": "studio", "Configuration.Triggers": ["a", ""]}, 50366),
        ({"Target": "studio", "Configuration.Triggers": ["a" * 249]}, 50366),
    ],
)
def test_a_webhook_has_what_its_target_needs(
    api: Api, account: AccountView, form: dict[str, Any], code: int
) -> None:
    assert code == api.post(f"{C}/talk/Webhooks", form).response["code"]


def test_a_conversation_has_five_webhooks(api: Api, account: AccountView) -> None:
    made = [api.post(f"{C}/talk/Webhooks", {"Target": "studio"}) for _ in range(6)]

    assert [201] * 5 + [403] == [each.status for each in made]
    assert 50361 == made[-1].response["code"]


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"Body": "x" * 1601}, 50504),
        ({"Author": "x" * 257}, 50310),
        ({"Attributes": '"' + "x" * 4096 + '"'}, 50303),
        ({"MediaSid": "IM" + "0" * 32}, 50510),
        ({"ContentSid": "HX0"}, 50526),
    ],
)
def test_a_message_has_its_limits(
    api: Api, account: AccountView, form: dict[str, str], code: int
) -> None:
    assert code == api.post(f"{C}/talk/Messages", form).response["code"]
    assert 0 == len(account.messages)


def test_the_longest_message_is_counted_in_characters(api: Api, account: AccountView) -> None:
    assert 201 == api.post(f"{C}/talk/Messages", {"Body": "ü" * 1600}).status


def test_a_message_has_a_receipt_for_everybody_else_who_texts(
    api: Api, account: AccountView
) -> None:
    texts = [api.post(PEOPLE, texting(address, DESK)).response["sid"] for address in (ADA, OTHER)]
    api.post(PEOPLE, {"Identity": "bob"})

    said = api.post(f"{C}/talk/Messages", {"Author": ADA, "Body": "hi"}).response
    told = api.post(f"{C}/talk/Messages", {"Author": "bob", "Body": "hi"}).response

    def receivers(message: str) -> list[str]:
        path = f"{C}/talk/Messages/{message}/Receipts"
        rows = api.get(path).response["delivery_receipts"]
        assert {("sent", 0)} == {(row["status"], row["error_code"]) for row in rows}
        return [row["participant_sid"] for row in rows]

    assert texts[1:] == receivers(said["sid"])
    assert texts == receivers(told["sid"])
    assert said["delivery"] is None
    assert api.get(f"{C}/talk/Messages/{said['sid']}").response["delivery"] == {
        "total": 1,
        "sent": "all",
        "delivered": "none",
        "read": "none",
        "failed": "none",
        "undelivered": "none",
    }


def test_nobody_else_means_no_receipt(api: Api, account: AccountView) -> None:
    api.post(PEOPLE, {"Identity": "ada"})

    said = api.post(f"{C}/talk/Messages", {"Author": "ada"}).response["sid"]

    assert api.get(f"{C}/talk/Messages/{said}").response["delivery"] is None
    assert 0 == len(account.receipts)
