"""Messages: authors, bodies, media, templates, indexes and receipts."""

from __future__ import annotations

import json
from typing import Any

import pytest
from conftest import Api, breaking

from pytest_conversations_fake.state.account import AccountView

C = "/v1/Conversations"
PEOPLE, MESSAGES = f"{C}/talk/Participants", f"{C}/talk/Messages"
ADA, DESK, OTHER = "+15550101", "+15550199", "+15550102"
ADDRESS, PROXY = "MessagingBinding.Address", "MessagingBinding.ProxyAddress"
HX, ME = "HX" + "0" * 32, "ME" + "0" * 32


@pytest.fixture(autouse=True)
def talk(account: AccountView) -> None:
    account.conversations.add(unique_name="talk")


def variables(text: str) -> dict[str, str]:
    return {"ContentSid": HX, "ContentVariables": text}


@pytest.mark.parametrize(
    ("form", "code", "rule"),
    [
        breaking("content-variables", {"ContentVariables": "{}"}, 50528, id="no template"),
        breaking("content-variables", variables("{"), 50527, id="no JSON"),
        breaking("content-variables", variables('["x"]'), 50527, id="no object"),
        breaking("content-variables", variables('{"1": 1}'), 50527, id="a number in it"),
        breaking("content-variables", variables('{"1": {}}'), 50527, id="an object in it"),
    ],
)
def test_variables_that_are_no_object_of_strings_are_refused(
    api: Api, account: AccountView, form: dict[str, str], code: int, rule: str
) -> None:
    refused = api.post(MESSAGES, form)

    assert (code, rule) == (refused.response["code"], refused.rule)
    assert 0 == len(account.messages)


@pytest.mark.rule("content-variable-limits")
def test_longest_variables_are_accepted(api: Api) -> None:
    most = {f"{n:016}": "x" * 256 for n in range(100)}
    text = json.dumps(most, separators=(",", ":"))

    assert 27_801 == len(text)
    assert 201 == api.post(MESSAGES, variables(text)).status


@pytest.mark.rule("content-first")
def test_template_replaces_body_and_media(api: Api) -> None:
    said = api.post(MESSAGES, {"ContentSid": HX, "Body": "hi", "MediaSid": ME}).response

    assert (HX, None, None) == (said["content_sid"], said["body"], said["media"])


@pytest.mark.rule("media-body", "media-shown")
def test_body_of_a_message_with_media_cannot_be_changed(api: Api) -> None:
    said = api.post(MESSAGES, {"MediaSid": ME}).response
    one = f"{MESSAGES}/{said['sid']}"

    assert (None, [ME]) == (said["body"], [each["sid"] for each in said["media"]])
    assert 50509 == api.post(one, {"Body": "hi"}).response["code"]
    assert "ada" == api.post(one, {"Author": "ada"}).response["author"]


@pytest.mark.rule("subject")
def test_subject_is_accepted_and_not_shown(api: Api) -> None:
    said = api.post(MESSAGES, {"Subject": "x" * 256, "Body": "hi"})

    assert (201, False) == (said.status, "x" * 256 in said.response.values())
    assert 400 == api.post(MESSAGES, {"Subject": "x" * 257}).status


@pytest.mark.rule("message-defaults")
def test_message_with_only_a_body_gets_defaults(api: Api) -> None:
    said = api.post(MESSAGES, {"Body": "hi"}).response

    assert ("system", "{}", 0, None, None, None) == tuple(
        said[name]
        for name in ("author", "attributes", "index", "participant_sid", "media", "delivery")
    )


@pytest.mark.rule("message-dates")
def test_milliseconds_of_the_dates_of_a_message_are_ignored(api: Api, account: AccountView) -> None:
    dates = {"DateCreated": "2026-01-02T03:04:05.999Z", "DateUpdated": "2026-01-02T03:04:06.999Z"}

    said = api.post(MESSAGES, {"Body": "hi", **dates}).response

    shown = ("2026-01-02T03:04:05Z", "2026-01-02T03:04:06Z")
    assert shown == (said["date_created"], said["date_updated"])
    one = f"{MESSAGES}/{said['sid']}"
    again = api.post(one, {"DateUpdated": "2026-01-02T03:04:07.001Z"}).response
    assert "2026-01-02T03:04:07Z" == again["date_updated"]
    record = account.messages.one()
    assert (0, 0) == (record.date_created.microsecond, record.date_updated.microsecond)


@pytest.mark.rule("messages-stay", "participant-leaves")
def test_message_of_a_removed_participant_stays(api: Api) -> None:
    ada = api.post(PEOPLE, {"Identity": "ada"}).response["sid"]
    said = api.post(MESSAGES, {"Author": "ada", "Body": "hi"}).response

    api.delete(f"{PEOPLE}/{ada}")

    assert said == api.get(f"{MESSAGES}/{said['sid']}").response
    assert ada == said["participant_sid"]
    assert 200 == api.get("/v1/Users/ada").status


@pytest.mark.rule("quiet-update", "created-by")
def test_message_does_not_change_the_date_of_its_conversation(
    api: Api, account: AccountView, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = account.conversations.one().date_updated
    later = before.replace(year=before.year + 1)
    monkeypatch.setattr(api.world.clock, "second", lambda: later)
    api.post(PEOPLE, {"Identity": "ada"})

    said: Any = api.post(MESSAGES, {"Body": "hi"}).response

    assert str(later.year) == said["date_created"][:4]
    assert before == account.conversations.one().date_updated
    assert "system" == account.user_conversations.one().created_by


@pytest.mark.rule("texted-receipts", "receipt-later", "delivery-summary", "error-code")
def test_message_has_a_receipt_for_each_phone_except_its_author(
    api: Api, account: AccountView
) -> None:
    texts = [
        api.post(PEOPLE, {ADDRESS: address, PROXY: DESK}).response["sid"]
        for address in (ADA, OTHER)
    ]
    api.post(PEOPLE, {"Identity": "bob"})

    said = api.post(MESSAGES, {"Author": ADA, "Body": "hi"}).response
    told = api.post(MESSAGES, {"Author": "bob", "Body": "hi"}).response

    def receivers(message: str) -> list[str]:
        path = f"{MESSAGES}/{message}/Receipts"
        rows = api.get(path).response["delivery_receipts"]
        assert {("sent", 0)} == {(row["status"], row["error_code"]) for row in rows}
        return [row["participant_sid"] for row in rows]

    assert texts[1:] == receivers(said["sid"])
    assert texts == receivers(told["sid"])
    assert said["delivery"] is None
    assert api.get(f"{MESSAGES}/{said['sid']}").response["delivery"] == {
        "total": 1,
        "sent": "all",
        "delivered": "none",
        "read": "none",
        "failed": "none",
        "undelivered": "none",
    }


@pytest.mark.rule("texted-receipts")
def test_message_without_phones_has_no_receipt(api: Api, account: AccountView) -> None:
    api.post(PEOPLE, {"Identity": "ada"})

    said = api.post(MESSAGES, {"Author": "ada", "Body": "hi"}).response["sid"]

    assert api.get(f"{MESSAGES}/{said}").response["delivery"] is None
    assert 0 == len(account.receipts)


@pytest.mark.rule("media-once")
def test_media_sent_twice_are_refused(api: Api) -> None:
    api.post(MESSAGES, {"MediaSid": ME})

    assert 50508 == api.post(MESSAGES, {"MediaSid": ME}).response["code"]
    assert 201 == api.post(MESSAGES, {"MediaSid": ME[:-1] + "1"}).status


@pytest.mark.rule("content-values")
def test_template_variable_that_is_not_a_string_is_refused(api: Api) -> None:
    assert 50527 == api.post(MESSAGES, variables(json.dumps({"1": True}))).response["code"]
    assert 201 == api.post(MESSAGES, variables(json.dumps({"1": "true"}))).status


@pytest.mark.rule("index-kept")
def test_index_of_a_deleted_message_is_not_used_again(api: Api) -> None:
    sids = [api.post(MESSAGES, {"Body": "hi"}).response["sid"] for _ in range(3)]
    api.delete(f"{MESSAGES}/{sids[1]}")

    assert [3, 4] == [api.post(MESSAGES, {"Body": "hi"}).response["index"] for _ in range(2)]


@pytest.mark.rule("by-name-above")
def test_unique_name_in_a_path_of_messages_is_resolved(api: Api, account: AccountView) -> None:
    sid = account.conversations.one().sid

    assert sid == api.post(MESSAGES, {"Body": "hi"}).response["conversation_sid"]


@pytest.mark.rule("texted-receipts")
def test_chat_user_in_a_group_text_has_no_receipt(api: Api, account: AccountView) -> None:
    api.post(PEOPLE, {ADDRESS: ADA})
    api.post(PEOPLE, {"Identity": "ben", "MessagingBinding.ProjectedAddress": DESK})

    api.post(MESSAGES, {"Author": "ben", "Body": "hi"})

    assert [ADA] == [
        account.participants.one(sid=each.participant_sid).messaging_binding_address
        for each in account.receipts
    ]
