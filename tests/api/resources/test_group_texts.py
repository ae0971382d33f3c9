"""Group texts: conversations of phones and of chat users with projected addresses."""

from __future__ import annotations

import json

import pytest
from conftest import Api

from pytest_conversations_fake.state.account import AccountView

C = "/v1/Conversations"
ADA, BEN, CYD, DESK, LINE = "+15550101", "+15550102", "+15550103", "+15550199", "+15550198"


def phone(address: str, proxy: str | None = None) -> dict[str, str]:
    form = {"MessagingBinding.Address": address}
    return form if proxy is None else {**form, "MessagingBinding.ProxyAddress": proxy}


def agent(identity: str, projected: str = DESK) -> dict[str, str]:
    return {"Identity": identity, "MessagingBinding.ProjectedAddress": projected}


def join(api: Api, conversation: str, *people: dict[str, str]) -> list[int]:
    """Join participants; return the status or the code of each answer."""
    path = f"{C}/{conversation}/Participants"
    asked = [api.post(path, person) for person in people]
    return [each.response.get("code", each.status) for each in asked if each.response]


@pytest.fixture(autouse=True)
def conversations(account: AccountView) -> None:
    for name in ("talk", "other"):
        account.conversations.add(unique_name=name)


@pytest.mark.rule("group-role", "binding-type")
def test_phones_and_chat_users_join_a_group_text(api: Api, account: AccountView) -> None:
    assert [201] * 4 == join(
        api,
        "talk",
        phone(ADA),
        phone(BEN),
        agent("cyd"),
        {"MessagingBinding.ProjectedAddress": LINE},
    )

    shown = api.get(f"{C}/talk/Participants").response["participants"]
    assert [
        {"type": "sms", "address": ADA},
        {"type": "sms", "address": BEN},
        {"type": "sms", "projected_address": DESK},
        {"type": "sms", "projected_address": LINE},
    ] == [each["messaging_binding"] for each in shown]
    assert [True, True, False, False] == [each["role_sid"] is None for each in shown]


@pytest.mark.rule("group-binding")
@pytest.mark.parametrize(
    "form",
    [
        pytest.param({**phone(ADA), "MessagingBinding.ProjectedAddress": DESK}, id="both"),
        pytest.param(phone("whatsapp:+15550101"), id="a phone of another channel"),
        pytest.param(agent("ada", "whatsapp:+15550199"), id="an agent of another channel"),
    ],
)
def test_group_text_with_another_channel_is_refused(api: Api, form: dict[str, str]) -> None:
    assert [50420] == join(api, "talk", form)


@pytest.mark.rule("address-form")
def test_malformed_projected_address_is_refused(api: Api) -> None:
    assert [50407] == join(api, "talk", agent("ada", "5550199"))


@pytest.mark.rule("group-projected")
def test_chat_user_without_a_projected_address_is_refused(api: Api) -> None:
    assert [201, 50434, 201] == join(api, "talk", phone(ADA), {"Identity": "ben"}, agent("ben"))
    assert [201, 201] == join(api, "other", {"Identity": "ben"}, phone(ADA))


@pytest.mark.rule("group-once", "identity-once")
def test_duplicate_member_of_a_group_text_is_refused(api: Api) -> None:
    join(api, "talk", phone(ADA), phone(BEN, DESK), agent("cyd"))

    again = join(api, "talk", phone(ADA), phone(BEN, DESK), agent("cyd"), agent("cyd", LINE))

    assert [50437, 50437, 50437, 50433] == again
    assert [201] == join(api, "other", phone(ADA))


@pytest.mark.rule("group-size")
def test_eleventh_member_of_a_group_text_is_refused(api: Api) -> None:
    phones = [phone(f"+155501{number:02}") for number in range(11)]

    assert [201] * 10 + [50436] == join(api, "talk", *phones)


@pytest.mark.rule("group-unique")
def test_second_open_group_text_with_the_same_members_is_refused(
    api: Api, account: AccountView
) -> None:
    talk = account.conversations.one(unique_name="talk").sid
    join(api, "talk", phone(ADA), phone(BEN), agent("cyd"))

    assert [201, 201, 50438] == join(api, "other", agent("dan"), phone(ADA), phone(BEN))
    assert (
        f"Group MMS with given participant list already exists as Conversation {talk}"
        == api.response.body["message"]
    )
    assert [201] == join(api, "other", phone(CYD))
    api.post(f"{C}/talk", {"State": "closed"})
    account.conversations.add(unique_name="third")
    assert [201] * 3 == join(api, "third", agent("dan"), phone(ADA), phone(BEN))


@pytest.mark.rule("group-unique", "together-closed")
def test_group_text_created_by_one_request_is_checked_as_a_whole(api: Api) -> None:
    join(api, "talk", phone(ADA), phone(BEN), agent("cyd"))
    people = [
        {"messaging_binding": {"address": ADA}},
        {"messaging_binding": {"address": BEN}},
        {"identity": "cyd", "messaging_binding": {"projected_address": DESK}},
        {"messaging_binding": {"address": CYD}},
    ]

    def made(number: int) -> object:
        form = {"Participant": [json.dumps(person) for person in people[:number]]}
        return api.post("/v1/ConversationWithParticipants", form).response["state"]

    assert ["closed", "active"] == [made(3), made(4)]


@pytest.mark.rule("group-author", "author-linked")
def test_author_outside_a_group_text_is_refused(api: Api) -> None:
    join(api, "talk", phone(ADA), agent("ben"), {"MessagingBinding.ProjectedAddress": LINE})

    def says(author: str | None) -> object:
        form = {"Body": "hi"} if author is None else {"Body": "hi", "Author": author}
        said = api.post(f"{C}/talk/Messages", form)
        return said.response.get("code", said.status)

    assert [201, 201, 201, 50513, 50513] == [*map(says, (ADA, "ben", LINE, "dan", None))]
    message = api.get(f"{C}/talk/Messages").response["messages"][0]["sid"]
    one = f"{C}/talk/Messages/{message}"
    assert 50513 == api.post(one, {"Author": "dan"}).response["code"]
    assert 200 == api.post(one, {"Body": "hello"}).status


@pytest.mark.rule("binding-changes", "literal-null")
def test_update_that_identifies_another_participant_is_refused(api: Api) -> None:
    whatsapp = phone("whatsapp:+15550101", "whatsapp:+15550199")
    join(api, "talk", phone(ADA, DESK), whatsapp, {"Identity": "cyd"})
    join(api, "other", {"MessagingBinding.ProjectedAddress": LINE})
    texting, on_whatsapp, chatting = (
        each["sid"] for each in api.get(f"{C}/talk/Participants").response["participants"]
    )
    [projected] = (
        each["sid"] for each in api.get(f"{C}/other/Participants").response["participants"]
    )

    def becomes(conversation: str, sid: str, **parts: str) -> object:
        names = {"proxy": "MessagingBinding.ProxyAddress", "identity": "Identity"}
        names["projected"] = "MessagingBinding.ProjectedAddress"
        form = {names[part]: value for part, value in parts.items()}
        changed = api.post(f"{C}/{conversation}/Participants/{sid}", form)
        return changed.response.get("code", changed.response.get("messaging_binding"))

    assert 50440 == becomes("talk", on_whatsapp, proxy="null")
    assert 50442 == becomes("other", projected, projected="null")
    assert 50443 == becomes("talk", texting, projected=LINE)
    assert 50444 == becomes("talk", texting, identity="ada")
    assert {"type": "sms", "projected_address": LINE} == becomes("talk", chatting, projected=LINE)
    assert becomes("talk", chatting, projected="null") is None
    assert {"type": "sms", "projected_address": LINE} == becomes("other", projected, identity="dan")


@pytest.mark.rule("empty-update", "group-projected")
def test_update_without_identifiers_is_accepted(api: Api) -> None:
    join(api, "other", {"Identity": "dan"}, phone(ADA))

    for form in ({}, {"Attributes": "[1]"}, {"LastReadMessageIndex": "0"}):
        assert 200 == api.post(f"{C}/other/Participants/dan", form).status


@pytest.mark.rule("group-unique")
def test_projected_address_that_duplicates_a_group_text_is_refused(api: Api) -> None:
    join(api, "talk", phone(ADA), phone(BEN), agent("cyd"))
    join(api, "other", phone(ADA), phone(BEN), agent("cyd", LINE))
    cyd = f"{C}/other/Participants/cyd"

    refused = api.post(cyd, {"MessagingBinding.ProjectedAddress": DESK})

    assert 50438 == refused.response["code"]
    assert 200 == api.post(cyd, {"MessagingBinding.ProjectedAddress": CYD}).status


@pytest.mark.rule("group-unique")
def test_two_members_may_be_in_several_group_texts(api: Api) -> None:
    assert [201, 201] == join(api, "talk", phone(ADA), agent("cyd"))
    assert [201, 201, 201] == join(api, "other", phone(ADA), agent("cyd"), phone(BEN))


@pytest.mark.rule("group-unique")
def test_part_of_a_larger_group_text_is_another_one(api: Api) -> None:
    join(api, "talk", phone(ADA), phone(BEN), agent("cyd"), phone(CYD))

    assert [201] * 3 == join(api, "other", phone(ADA), phone(BEN), agent("cyd"))


@pytest.mark.rule("identity-changes", "identity-once", "identity-reserved", "identity-form")
def test_identity_of_a_chat_user_can_be_changed(api: Api) -> None:
    join(api, "talk", {"Identity": "ada"}, {"Identity": "ben"})
    ada = f"{C}/talk/Participants/ada"

    codes = [
        api.post(ada, {"Identity": name}).response.get("code")
        for name in ("ben", "system", "US" + "0" * 32, "cyd")
    ]

    assert [50433, 50203, 50206, None] == codes
    assert 200 == api.get(f"{C}/talk/Participants/cyd").status


@pytest.mark.rule("identity-or-address", "proxy-fixed")
def test_proxy_address_without_an_address_is_refused(api: Api) -> None:
    proxy = {"MessagingBinding.ProxyAddress": DESK}
    assert [50211] == join(api, "talk", {"Identity": "ada", **proxy})
    join(api, "talk", phone(ADA))
    [sid] = [each["sid"] for each in api.get(f"{C}/talk/Participants").response["participants"]]

    assert 50441 == api.post(f"{C}/talk/Participants/{sid}", proxy).response["code"]


@pytest.mark.rule("projected-lookup")
def test_participant_is_found_by_its_projected_address(api: Api) -> None:
    join(api, "talk", agent("ada"))

    found = api.get(f"/v1/ParticipantConversations?Address=%2B{DESK[1:]}").response

    assert ["ada"] == [each["participant_identity"] for each in found["conversations"]]


@pytest.mark.rule("rcs-fallback", "unknown-parameters")
def test_fallback_of_an_rcs_address_is_ignored(api: Api) -> None:
    form = phone("rcs:+15550101", "rcs:+15550199")

    joined = api.post(
        f"{C}/talk/Participants", {**form, "MessagingBinding.ProxyAddressFallback": LINE}
    )

    assert "rcs" == joined.response["messaging_binding"]["type"]
    assert ("MessagingBinding.ProxyAddressFallback",) == joined.ignored
