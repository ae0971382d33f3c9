"""Conversations, at both levels."""

from __future__ import annotations

import pytest
from conftest import ORIGIN, Api

from pytest_conversations_fake.api.resources.configurations import configuration
from pytest_conversations_fake.api.resources.services import default_service

FORM = {
    "FriendlyName": "Order 66",
    "UniqueName": "order 66/ü",
    "DateCreated": "2020-01-02T03:04:05Z",
    "DateUpdated": "2021-02-03T06:05:06+02:00",
    "MessagingServiceSid": "MG" + "aB" * 16,
    "Attributes": '{ "topic": "feedback" }',
    "State": "InActive",
    "Timers.Inactive": "PT1M",
    "Timers.Closed": "P1DT2H",
    "Bindings.Email.Address": "desk@example.com",
    "Bindings.Email.Name": "Desk",
}


@pytest.fixture
def service(api: Api) -> str:
    sid: str = api.post("/v1/Services", {"FriendlyName": "Support"}).response["sid"]
    return sid


@pytest.fixture(params=["account level", "service level"])
def path(request: pytest.FixtureRequest, service: str) -> str:
    short = request.param == "account level"
    return "/v1/Conversations" if short else f"/v1/Services/{service}/Conversations"


@pytest.mark.rule("conversation-defaults", "nulls", "messaging-service", "urls-level")
def test_new_conversation_has_the_defaults_of_twilio(api: Api, path: str) -> None:
    created = api.post(path)

    body = created.response
    defaults = configuration.singleton(api.world.account, None)
    service = path.split("/")[3] if "Services" in path else default_service(api.world.account).sid
    url = f"{ORIGIN}{path}/{body['sid']}"
    assert 201 == created.status
    assert body == {
        "account_sid": api.world.account.sid,
        "chat_service_sid": service,
        "messaging_service_sid": defaults.default_messaging_service_sid,
        "sid": body["sid"],
        "friendly_name": None,
        "unique_name": None,
        "attributes": "{}",
        "state": "active",
        "date_created": body["date_created"],
        "date_updated": body["date_created"],
        "timers": {},
        "bindings": {},
        "url": url,
        "links": {
            "participants": f"{url}/Participants",
            "messages": f"{url}/Messages",
            "webhooks": f"{url}/Webhooks",
            "export": f"{url}/Export",
        },
    }


@pytest.mark.rule("json-escapes", "json-text")
@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/v1/Users", {"Identity": "ada"}),
        ("/v1/Conversations", {}),
        ("/v1/Conversations/talk/Participants", {"Identity": "ada"}),
        ("/v1/Conversations/talk/Messages", {"Body": "hi"}),
    ],
)
def test_attributes_with_an_escaped_slash_are_accepted(
    api: Api, path: str, form: dict[str, str]
) -> None:
    api.post("/v1/Conversations", {"UniqueName": "talk"})
    attributes = r'{"avatar": "https:\/\/a.example\/ada"}'

    made = api.post(path, {**form, "Attributes": attributes})
    one = f"{path}/{made.response['sid']}"

    assert (201, attributes) == (made.status, made.response["attributes"])
    assert attributes == api.post(one, {"Attributes": attributes}).response["attributes"]


@pytest.mark.rule("import-dates", "email-binding", "enums", "dates", "json-text")
@pytest.mark.parametrize("verb", ["create", "update"])
def test_answer_shows_every_parameter(api: Api, path: str, verb: str) -> None:
    target = path if verb == "create" else f"{path}/{api.post(path).response['sid']}"

    body = api.post(target, FORM).response

    assert "Order 66" == body["friendly_name"]
    assert "order 66/ü" == body["unique_name"]
    assert "2020-01-02T03:04:05Z" == body["date_created"]
    assert "2021-02-03T04:05:06Z" == body["date_updated"]
    assert "MG" + "aB" * 16 == body["messaging_service_sid"]
    assert '{ "topic": "feedback" }' == body["attributes"]
    assert "inactive" == body["state"]
    assert {"date_inactive", "date_closed"} == body["timers"].keys()
    email = {"projected_address": "desk@example.com", "name": "Desk"}
    assert {"email": email} == body["bindings"]
    assert body == api.get(f"{path}/{body['sid']}").response
    assert [body] == api.get(path).response["conversations"]


@pytest.mark.rule("timer-instants")
def test_both_timers_count_from_one_instant(api: Api) -> None:
    body = api.post(
        "/v1/Conversations", {"Timers.Inactive": "PT1M", "Timers.Closed": "PT10M"}
    ).response

    def seconds(moment: str) -> int:
        hours, minutes, seconds = moment[11:19].split(":")
        return int(hours) * 3600 + int(minutes) * 60 + int(seconds)

    created = seconds(body["date_created"])
    assert 60 == (seconds(body["timers"]["date_inactive"]) - created) % 86400
    assert 600 == (seconds(body["timers"]["date_closed"]) - created) % 86400


@pytest.mark.rule("timer-lengths")
def test_timer_of_zero_is_off(api: Api) -> None:
    sid = api.post("/v1/Conversations", {"Timers.Inactive": "PT1M"}).response["sid"]

    updated = api.post(f"/v1/Conversations/{sid}", {"Timers.Inactive": "PT0S"})

    assert {} == updated.response["timers"]


@pytest.mark.rule("by-unique-name", "path-segments", "urls-sids")
def test_conversation_is_found_by_unique_name_and_its_url_has_the_sid(api: Api, path: str) -> None:
    created = api.post(path, {"UniqueName": "order 66/ü"}).response

    found = api.get(f"{path}/order%2066%2F%C3%BC")

    assert created == found.response
    assert f"{ORIGIN}{path}/{created['sid']}" == found.response["url"]


@pytest.mark.rule("path-segments")
def test_plus_in_a_path_is_not_a_space(api: Api) -> None:
    created = api.post("/v1/Conversations", {"UniqueName": "whatsapp:+15550100"}).response

    assert created == api.get("/v1/Conversations/whatsapp:+15550100").response


def test_update_keeps_other_attributes(api: Api, path: str) -> None:
    created = api.post(path, FORM).response

    body = api.post(f"{path}/{created['sid']}", {"FriendlyName": "Another"}).response

    assert "Another" == body["friendly_name"]
    kept = {"friendly_name", "date_updated"}
    assert {k: v for k, v in created.items() if k not in kept} == {
        k: v for k, v in body.items() if k not in kept
    }


@pytest.mark.rule("empty-update")
def test_empty_update_changes_nothing(api: Api, path: str) -> None:
    created = api.post(path, FORM).response

    updated = api.post(f"{path}/{created['sid']}")

    assert (200, created) == (updated.status, updated.response)


@pytest.mark.rule("empty-text", "empty-friendly-name", "unique-name-free")
def test_empty_unique_name_clears_it_and_empty_friendly_name_is_ignored(api: Api) -> None:
    sid = api.post("/v1/Conversations", FORM).response["sid"]

    body = api.post(f"/v1/Conversations/{sid}", {"UniqueName": "", "FriendlyName": ""}).response

    assert (None, "Order 66") == (body["unique_name"], body["friendly_name"])
    assert 404 == api.get("/v1/Conversations/order%2066%2F%C3%BC").status
    assert 201 == api.post("/v1/Conversations", {"UniqueName": FORM["UniqueName"]}).status


@pytest.mark.rule("both-levels", "urls-level")
def test_short_and_long_path_show_the_same_conversation(api: Api) -> None:
    default = default_service(api.world.account).sid
    created = api.post("/v1/Conversations", {"UniqueName": "help"}).response

    seen = api.get(f"/v1/Services/{default}/Conversations/help").response

    url = f"{ORIGIN}/v1/Services/{default}/Conversations/{created['sid']}"
    links = {name: f"{url}/{name.title()}" for name in created["links"]}
    assert {**created, "url": url, "links": links} == seen


@pytest.mark.rule("silos")
def test_conversation_of_another_service_is_not_found(api: Api, service: str) -> None:
    path = f"/v1/Services/{service}/Conversations"
    there = api.post(path, {"UniqueName": "help"}).response
    here = api.post("/v1/Conversations", {"UniqueName": "help"}).response

    assert there["sid"] != here["sid"]
    assert 404 == api.get(f"/v1/Conversations/{there['sid']}").status
    assert 404 == api.get(f"{path}/{here['sid']}").status
    assert here == api.get("/v1/Conversations/help").response
    assert [there] == api.get(path).response["conversations"]


@pytest.mark.rule("unique-name", "unique-name-free")
def test_duplicate_unique_name_in_a_service_is_refused(api: Api) -> None:
    taken = api.post("/v1/Conversations", {"UniqueName": "help"}).response["sid"]
    other = api.post("/v1/Conversations").response["sid"]

    created = api.post("/v1/Conversations", {"UniqueName": "help"})
    renamed = api.post(f"/v1/Conversations/{other}", {"UniqueName": "help"})

    assert [(409, 50353)] * 2 == [(r.status, r.response["code"]) for r in (created, renamed)]
    assert 200 == api.post(f"/v1/Conversations/{taken}", {"UniqueName": "help"}).status
    api.delete(f"/v1/Conversations/{taken}")
    assert 200 == api.post(f"/v1/Conversations/{other}", {"UniqueName": "help"}).status


@pytest.mark.rule("closed", "closed-delete", "unique-name")
def test_closed_conversation_is_fetched_and_deleted_but_not_updated(api: Api) -> None:
    sid = api.post("/v1/Conversations", {"UniqueName": "help"}).response["sid"]
    closed = api.post(f"/v1/Conversations/{sid}", {"State": "closed"}).response

    refused = api.post(f"/v1/Conversations/{sid}", {"State": "active"})

    assert (400, 50377) == (refused.status, refused.response["code"])
    assert closed == api.get(f"/v1/Conversations/{sid}").response
    assert (409, 50353) == (
        api.post("/v1/Conversations", {"UniqueName": "help"}).status,
        api.response.body["code"],
    )
    assert 204 == api.delete(f"/v1/Conversations/{sid}").status


@pytest.mark.rule("dates-filter", "state-filter", "list-order")
@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        pytest.param("", "abcd", id="all, oldest record first"),
        pytest.param("State=active", "acd", id="a state"),
        pytest.param("State=CLOSED", "b", id="a state in upper case"),
        pytest.param("StartDate=2020-02-01", "abc", id="from a day on, newest date first"),
        pytest.param("EndDate=2020-02-01", "cd", id="to the end of a day"),
        pytest.param("StartDate=2020-02-01&EndDate=2020-02-01", "c", id="one day"),
        pytest.param("StartDate=2020-02-01T12:00:01Z&EndDate=2020-03-01", "b", id="an instant"),
        pytest.param("StartDate=2020-02-01&State=active", "ac", id="dates and a state"),
        pytest.param("StartDate=2021-01-01", "", id="nothing"),
    ],
)
def test_list_is_filtered_by_dates_and_state(api: Api, filters: str, expected: str) -> None:
    dates = {"a": "2020-04-01", "b": "2020-03-01", "c": "2020-02-01T12:00:00Z", "d": "2020-01-01"}
    for name, date in dates.items():
        api.post("/v1/Conversations", {"UniqueName": name, "DateCreated": date})
    api.post("/v1/Conversations/b", {"State": "closed"})

    listed = api.get(f"/v1/Conversations?{filters}").response["conversations"]

    assert [*expected] == [each["unique_name"] for each in listed]


@pytest.mark.rule("dates")
@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("2020-01-02", "2020-01-02T00:00:00Z"),
        ("2020-01-02T03:04", "2020-01-02T03:04:00Z"),
        ("2020-01-02 03:04:05", "2020-01-02T03:04:05Z"),
        ("2020-01-02T03:04:05.678Z", "2020-01-02T03:04:05Z"),
        ("2020-01-02T03:04:05.678901234+0130", "2020-01-02T01:34:05Z"),
        ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
    ],
)
def test_date_in_a_form_that_clients_send_is_accepted(api: Api, sent: str, shown: str) -> None:
    assert shown == api.post("/v1/Conversations", {"DateCreated": sent}).response["date_created"]


@pytest.mark.rule("json-text", "json-scalars", "json-depth")
@pytest.mark.parametrize(
    "attributes",
    [
        "9" * 5000,
        '{"a":  [1, 2.0, null]}',
        '"text"',
        "17",
        "[" * 500 + "]" * 500,
        '{"[": "\\"[", "a\\u00fc": "ü"}',
    ],
)
def test_attributes_are_kept_unchanged(api: Api, attributes: str) -> None:
    created = api.post("/v1/Conversations", {"Attributes": attributes})

    assert (201, attributes) == (created.status, created.response["attributes"])


def test_record_shows_the_account_of_its_creator(api: Api) -> None:
    theirs = "AC" + "0f" * 16

    created = api.post("/v1/Conversations", user=theirs, password="anything")

    assert theirs == created.response["account_sid"]
