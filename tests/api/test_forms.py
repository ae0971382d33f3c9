"""Forms: names, lists, texts, dates and sids in requests."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from conftest import Api

from pytest_conversations_fake.state.account import AccountView

C = "/v1/Conversations"
WEBHOOKS = "/v1/Configuration/Webhooks"


@pytest.mark.rule("booleans")
@pytest.mark.parametrize(
    ("sent", "shown"), [("true", True), ("TRUE", True), ("False", False), ("fAlsE", False)]
)
def test_boolean_is_read_in_any_case(
    api: Api, account: AccountView, sent: str, shown: bool
) -> None:
    path = f"/v1/Services/{account.default_service.sid}/Configuration/Notifications"

    assert shown is api.post(path, {"LogEnabled": sent}).response["log_enabled"]
    for other in ("1", "yes", "", "tru"):
        assert 20001 == api.post(path, {"LogEnabled": other}).response["code"]


@pytest.mark.rule("list-parameters", "comma-lists", "empty-list")
@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        (["onUserAdded", "onUserUpdate"], ["onUserAdded", "onUserUpdate"]),
        (["onUserAdded,onUserUpdate"], ["onUserAdded,onUserUpdate"]),
        ([""], []),
        (["", ""], ["", ""]),
    ],
)
def test_list_parameter_repeats_its_name(api: Api, sent: list[str], shown: list[str]) -> None:
    api.post(WEBHOOKS, {"Filters": "onMessageAdd"})

    assert shown == api.post(WEBHOOKS, {"Filters": sent}).response["filters"]


@pytest.mark.rule("repeated-scalar")
def test_last_value_of_a_repeated_parameter_counts(api: Api) -> None:
    created = api.post(C, {"UniqueName": ["one", "two"]})

    assert "two" == created.response["unique_name"] == created.params["unique_name"]
    assert 404 == api.get(f"{C}/one").status


@pytest.mark.rule("check-order")
def test_refusals_have_the_order_of_the_checks(api: Api) -> None:
    nobody = {"authorization": ""}
    path = f"{C}/CH0/Participants"
    bad = {"Attributes": "{", "MessagingBinding.ProxyAddress": "+15550101"}

    refused = [
        api.ask("PUT", "/v1/Nothing", headers=nobody),
        api.ask("PUT", "/v1/Nothing"),
        api.ask("PUT", path),
        api.post(path, bad),
    ]
    api.post(C, {"UniqueName": "CH0"})
    refused += [api.post(path, bad), api.post(path, {**bad, "Attributes": "{}"})]

    assert [20003, 20404, 20004, 20404, 50304, 50411] == [
        each.response["code"] for each in refused if each.response
    ]


@pytest.mark.rule("sids-exact", "not-found")
def test_sid_in_another_case_is_not_found(api: Api) -> None:
    sid = api.post(C, {"UniqueName": "talk"}).response["sid"]

    assert 404 == api.get(f"{C}/{sid.upper()}").status
    assert 404 == api.get(f"{C}/{sid.lower()}").status


@pytest.mark.rule("sid-first")
def test_user_is_found_by_an_identity_that_is_a_sid_of_another_kind(
    api: Api, account: AccountView
) -> None:
    first = api.post("/v1/Users", {"Identity": "ada"}).response
    roles = api.get("/v1/Roles").response["roles"]

    # no identity looks like a user's sid, so only one of another kind can be taken for a name
    named = api.post("/v1/Users", {"Identity": roles[0]["sid"]}).response

    assert named == api.get(f"/v1/Users/{roles[0]['sid']}").response
    assert first == api.get(f"/v1/Users/{first['sid']}").response
    assert 50206 == api.post("/v1/Users", {"Identity": first["sid"]}).response["code"]


@pytest.mark.rule("by-unique-name", "path-segments", "unique-name-length")
@pytest.mark.parametrize("name", ["a/b", "a b", "%2F", "😀", "a?b#c", "..", "x" * 256, "\0", "+"])
def test_conversation_with_any_unique_name_is_found(api: Api, name: str) -> None:
    created = api.post(C, {"UniqueName": name}).response

    assert name == created["unique_name"]
    assert created == api.get(f"{C}/{quote(name, safe='')}").response
    message: Any = api.post(f"{C}/{quote(name, safe='')}/Messages", {"Body": "hi"}).response
    assert created["sid"] == message["conversation_sid"]


@pytest.mark.rule("date-forms", "dates")
@pytest.mark.parametrize("sent", ["20200102T030405Z", "2020-W01-1", "2020-01-02T03:04:05+02"])
def test_date_in_another_form_is_refused(api: Api, sent: str) -> None:
    assert 50308 == api.post(C, {"DateCreated": sent}).response["code"]


@pytest.mark.rule("other-empty-texts", "empty-text")
@pytest.mark.parametrize(
    ("path", "name", "code"),
    [
        (C, "Timers.Inactive", 50379),
        (C, "DateCreated", 50308),
        (C, "MessagingServiceSid", 50341),
        ("/v1/Configuration/Addresses/+15550100", "AutoCreation.StudioFlowSid", 20001),
        ("/v1/Configuration/Addresses/+15550100", "AutoCreation.StudioRetryCount", 20001),
        ("/v1/Configuration/Addresses/+15550100", "FriendlyName", None),
        ("/v1/Users/ada", "FriendlyName", None),
    ],
)
def test_empty_text_clears_a_name_and_is_refused_for_other_types(
    api: Api, account: AccountView, path: str, name: str, code: int | None
) -> None:
    account.address_configurations.add(address="+15550100", friendly_name="x")
    account.users.add(identity="ada", friendly_name="x")

    answered = api.post(path, {name: ""}).response

    assert code == answered.get("code")
    assert code or answered["friendly_name"] is None


@pytest.mark.rule("sid-first")
def test_sid_takes_precedence_over_an_equal_identity(api: Api, account: AccountView) -> None:
    talk = account.conversations.add(unique_name="talk").sid
    first = account.participants.add(conversation_sid=talk, identity="ada").sid
    account.participants.add(conversation_sid=talk, identity=first)

    assert "ada" == api.get(f"{C}/talk/Participants/{first}").response["identity"]
