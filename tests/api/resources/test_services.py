"""Services, and the headers of every answer."""

from __future__ import annotations

import re

import pytest
from conftest import ORIGIN, Api

from pytest_conversations_fake.api.resources.services import default_service
from pytest_conversations_fake.api.world import World

LINKS = {
    "bindings": "Bindings",
    "configuration": "Configuration",
    "conversation_with_participants": "ConversationWithParticipants",
    "conversations": "Conversations",
    "participant_conversations": "ParticipantConversations",
    "roles": "Roles",
    "users": "Users",
}


@pytest.mark.rule("sids", "answer-dates", "fresh-dates", "urls-origin")
def test_created_service_has_all_properties(api: Api) -> None:
    created = api.post("/v1/Services", {"FriendlyName": "Support"})

    body = created.response
    assert created.status == 201
    assert body is not None
    assert re.fullmatch("IS[0-9a-f]{32}", body["sid"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", body["date_created"])
    url = f"{ORIGIN}/v1/Services/{body['sid']}"
    assert body == {
        "account_sid": api.world.account.sid,
        "sid": body["sid"],
        "friendly_name": "Support",
        "date_created": body["date_created"],
        "date_updated": body["date_created"],
        "url": url,
        "links": {name: f"{url}/{path}" for name, path in LINKS.items()},
    }


@pytest.mark.rule("cors", "cors-on-errors", "request-ids", "methods")
@pytest.mark.parametrize(
    ("method", "target", "status"),
    [
        pytest.param("POST", "/v1/Services", 201, id="create"),
        pytest.param("GET", "/v1/Services", 200, id="list"),
        pytest.param("GET", "/v1/Services/{sid}", 200, id="fetch"),
        pytest.param("DELETE", "/v1/Services/{sid}", 204, id="delete"),
        pytest.param("OPTIONS", "/v1/Services", 204, id="preflight"),
        pytest.param("PUT", "/v1/Services", 405, id="refused"),
    ],
)
def test_every_answer_has_the_headers_of_cors(
    api: Api, method: str, target: str, status: int
) -> None:
    sid = api.post("/v1/Services", {"FriendlyName": "Support"}).response["sid"]

    asked = api.ask(method, target.format(sid=sid), b"FriendlyName=Support")

    assert asked.status == status
    headers = {
        name: value
        for name, value in api.response.headers.items()
        if name.startswith("Access-Control-")
    }
    assert headers == {
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Allow-Methods": "GET, POST, DELETE, OPTIONS",
        "Access-Control-Allow-Headers": "Accept, Authorization, Content-Type, If-Match, "
        "If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key, "
        "X-Twilio-Webhook-Enabled",
        "Access-Control-Allow-Credentials": "true",
        "Access-Control-Expose-Headers": "ETag, Twilio-Request-Id",
    }
    assert re.fullmatch("RQ[0-9a-f]{32}", api.response.headers["Twilio-Request-Id"])


@pytest.mark.rule("preflight")
def test_preflight_needs_no_credentials(api: Api) -> None:
    asked = api.ask("OPTIONS", "/v1/Services", headers={"authorization": ""})

    assert (204, None) == (asked.status, asked.response)


@pytest.mark.parametrize("name", ["x" * 256, "ü" * 256, "👩‍🚀", " ", "0"])
def test_name_of_up_to_256_characters_is_kept_unchanged(api: Api, name: str) -> None:
    created = api.post("/v1/Services", {"FriendlyName": name})

    assert (201, name) == (created.status, created.response["friendly_name"])


def test_service_is_fetched_and_listed_until_it_is_deleted(api: Api) -> None:
    one = api.post("/v1/Services", {"FriendlyName": "One"}).response
    two = api.post("/v1/Services", {"FriendlyName": "Two"}).response

    assert one == api.get(f"/v1/Services/{one['sid']}").response
    assert [one, two] == api.get("/v1/Services").response["services"][1:]

    assert (204, None) == (api.delete(f"/v1/Services/{one['sid']}").status, api.response.body)

    assert 404 == api.get(f"/v1/Services/{one['sid']}").status
    assert 404 == api.delete(f"/v1/Services/{one['sid']}").status
    assert [two] == api.get("/v1/Services").response["services"][1:]


@pytest.mark.rule("default-service-exists", "default-names")
def test_list_of_services_begins_with_the_default_service(api: Api) -> None:
    first, *others = api.get("/v1/Services").response["services"]

    assert default_service(api.world.account).sid == first["sid"]
    assert others == []


@pytest.mark.rule("default-service-delete")
def test_default_service_cannot_be_deleted(api: Api) -> None:
    default = default_service(api.world.account)

    refused = api.delete(f"/v1/Services/{default.sid}")

    assert (400, 20001) == (refused.status, refused.response["code"])
    assert 200 == api.get(f"/v1/Services/{default.sid}").status


@pytest.mark.rule("service-cascade")
def test_deleting_a_service_deletes_its_conversations(api: Api) -> None:
    service = api.post("/v1/Services", {"FriendlyName": "Support"}).response["sid"]
    path = f"/v1/Services/{service}/Conversations"
    conversation = api.post(path, {"UniqueName": "help"}).response["sid"]

    api.delete(f"/v1/Services/{service}")

    assert 404 == api.get(f"{path}/{conversation}").status
    assert 404 == api.get(path).status
    assert 201 == api.post("/v1/Conversations", {"UniqueName": "help"}).status


def test_worlds_with_the_same_name_draw_the_same_sids() -> None:
    def sids(name: str) -> list[str]:
        api = Api(World(name))
        return [
            api.world.account.sid,
            api.post("/v1/Services", {"FriendlyName": "A"}).response["sid"],
            api.post("/v1/Services", {"FriendlyName": "B"}).response["sid"],
        ]

    assert sids("one") == sids("one")
    assert len({*sids("one"), *sids("another")}) == 6


def test_records_that_come_with_a_service_do_not_depend_on_when_they_are_read(
    world: World, api: Api
) -> None:
    early = api.post("/v1/Services", {"FriendlyName": "Support"}).response
    path = f"/v1/Services/{early['sid']}"
    restore = world.save()
    first = api.get(f"{path}/Roles").response["roles"]
    restore()

    world.clock.shift(hours=1)
    role = {"FriendlyName": "boss", "Type": "service", "Permission": "joinConversation"}
    api.post("/v1/Roles", role)
    late = api.get(f"{path}/Roles").response["roles"]

    assert first == late
    assert {early["date_created"]} == {each["date_created"] for each in first}
