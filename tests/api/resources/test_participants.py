"""Participants, users, and the views of both."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import ORIGIN, Api

from pytest_conversations_fake.state.account import AccountView

TALK = "/Conversations/talk"


@pytest.mark.rule("author-linked")
def test_author_who_is_a_participant_is_linked(api: Api, root: str) -> None:
    ada = api.post(f"{root}{TALK}/Participants", {"Identity": "ada"}).response["sid"]
    phone = {"MessagingBinding.Address": "+15550101", "MessagingBinding.ProxyAddress": "+15550102"}
    texting = api.post(f"{root}{TALK}/Participants", phone).response["sid"]

    def author(name: str) -> Any:
        said = api.post(f"{root}{TALK}/Messages", {"Author": name, "Body": "hi"})
        return said.response["participant_sid"]

    assert [ada, texting, None] == [author("ada"), author("+15550101"), author("nobody")]


@pytest.mark.rule(
    "user-made", "user-views", "unread", "user-leaves", "participant-by-identity", "by-identity"
)
def test_identity_that_joins_becomes_a_user_with_the_conversation(api: Api, root: str) -> None:
    joined = api.post(f"{root}{TALK}/Participants", {"Identity": "ada"}).response
    for _ in range(3):
        api.post(f"{root}{TALK}/Messages", {"Body": "hi"})

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


@pytest.mark.rule("user-delete")
def test_deleted_user_leaves_every_conversation(api: Api, root: str) -> None:
    api.post(f"{root}{TALK}/Participants", {"Identity": "ada"})
    api.post(f"{root}{TALK}/Participants", {"Identity": "bob"})

    api.delete(f"{root}/Users/ada")

    listed = api.get(f"{root}{TALK}/Participants").response["participants"]
    assert ["bob"] == [each["identity"] for each in listed]
    assert 404 == api.get(f"{root}/Users/ada/Conversations").status


@pytest.mark.rule("participant-conversations", "one-identifier", "no-identifier", "binding-type")
def test_participant_conversations_are_found_by_identity_or_address(api: Api, root: str) -> None:
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


@pytest.mark.rule("together-status", "together-links")
def test_conversation_is_created_with_participants(api: Api, root: str) -> None:
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


@pytest.mark.rule("together-json", "together-size")
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
def test_conversation_with_malformed_participants_is_refused(
    api: Api, participants: list[str], code: int
) -> None:
    refused = api.post("/v1/ConversationWithParticipants", {"Participant": participants})

    assert (400, code) == (refused.status, refused.response["code"])
    assert [] == api.get("/v1/Conversations").response["conversations"]


@pytest.mark.rule("somebody", "identity-once", "pair-once")
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
def test_participant_without_identifiers_or_with_duplicates_is_refused(
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


@pytest.mark.rule("user-once", "user-case")
def test_user_with_a_duplicate_identity_is_refused(api: Api) -> None:
    api.post("/v1/Users", {"Identity": "ada"})

    assert 50201 == api.post("/v1/Users", {"Identity": "ada"}).response["code"]
    assert 201 == api.post("/v1/Users", {"Identity": "Ada"}).status


@pytest.mark.rule("user-made")
def test_new_identity_of_a_participant_becomes_a_user(api: Api, account: AccountView) -> None:
    talk = account.conversations.add(unique_name="talk")
    account.participants.add(conversation_sid=talk.sid, identity="ada")

    api.post("/v1/Conversations/talk/Participants/ada", {"Identity": "bob"})

    assert ["ada", "bob"] == [user.identity for user in account.users]
    assert 200 == api.get("/v1/Users/bob/Conversations/talk").status


@pytest.mark.rule("user-delete")
def test_deleted_user_has_no_bindings(api: Api, account: AccountView) -> None:
    account.users.add(identity="ada")
    account.bindings.add(identity="ada")

    api.delete("/v1/Users/ada")

    assert 0 == len(account.bindings)


def test_user_conversation_is_updated_by_the_sid_of_the_conversation(
    api: Api, account: AccountView
) -> None:
    talk = account.conversations.add()
    account.participants.add(conversation_sid=talk.sid, identity="ada")

    api.post(f"/v1/Users/ada/Conversations/{talk.sid}", {"LastReadMessageIndex": "1"})

    account.user_conversations.assert_updated(conversation_sid=talk.sid)
