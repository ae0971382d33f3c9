"""The journal: the recorded requests, with parameters and refusals."""

from __future__ import annotations

from datetime import datetime, timezone
from gc import collect
from weakref import ref

import pytest
from conftest import Api

from pytest_conversations_fake.api.refusals import InvalidState
from pytest_conversations_fake.api.resources.services import default_service
from pytest_conversations_fake.api.world import World


def test_params_have_keywords_and_types_of_the_sdk(api: Api) -> None:
    default = default_service(api.world.account).sid

    created = api.post(
        "/v1/Conversations",
        {"State": "InActive", "DateCreated": "2020-01-02T03:04:05Z", "Timers.Inactive": "PT1M"},
        headers={"x-twilio-webhook-enabled": "TrUe"},
    )
    listed = api.get("/v1/Conversations?PageSize=1000&StartDate=2020-01-01")

    assert created.params == {
        "state": "inactive",
        "date_created": datetime(2020, 1, 2, 3, 4, 5, tzinfo=timezone.utc),
        "timers_inactive": "PT1M",
        "x_twilio_webhook_enabled": "true",
    }
    assert listed.params == {
        "page_size": 1000,
        "start_date": "2020-01-01",
    }
    assert {"chat_service_sid": default} == created.path_params == listed.path_params


def test_operation_below_a_service_has_the_same_name_and_params(api: Api) -> None:
    service = api.post("/v1/Services", {"FriendlyName": "Support"}).response["sid"]
    path = f"/v1/Services/{service}/Conversations"

    created = api.post(path, {"UniqueName": "help"})
    fetched = api.get(f"{path}/help")

    assert ("CreateConversation", path) == (created.operation, created.path)
    assert {"unique_name": "help"} == created.params
    assert {"chat_service_sid": service} == created.path_params
    sid = created.response["sid"]
    assert ("FetchConversation", f"{path}/help") == (fetched.operation, fetched.path)
    assert {} == fetched.params
    assert {"sid": sid, "chat_service_sid": service} == fetched.path_params
    assert fetched.path_params == fetched.all_params


@pytest.mark.rule("unknown-parameters")
def test_unknown_parameter_is_ignored_and_recorded(api: Api) -> None:
    created = api.post("/v1/Conversations?FriendlyName=x", {"Target": "webhook", "Url": "u"})
    json = api.post("/v1/Conversations", headers={"content-type": "application/json"})
    api.ask("POST", "/v1/Conversations", b"{}", {"content-type": "application/json"})

    assert (201, ("Target", "Url", "FriendlyName")) == (created.status, created.ignored)
    assert () == json.ignored
    assert ("a body of application/json",) == api.world.journal[-1].ignored


def test_refused_request_is_recorded_with_params_and_refusal(api: Api) -> None:
    refused = api.post("/v1/Conversations", {"FriendlyName": "x", "State": "open"})

    assert refused.refused
    assert isinstance(refused.refusal, InvalidState)
    assert ("x", "open") == (refused.params["friendly_name"], refused.params["state"])


@pytest.mark.parametrize(
    ("method", "path", "user", "operation"),
    [
        ("GET", "/v1/Nothing", None, None),
        ("PUT", "/v1/Services", None, None),
        ("OPTIONS", "/v1/Services", None, None),
        ("POST", "/v1/Services", "", "CreateService"),
    ],
)
def test_request_without_operation_or_account_is_recorded(
    api: Api, method: str, path: str, user: str | None, operation: str | None
) -> None:
    headers = {} if user is None else {"authorization": ""}

    asked = api.ask(method, path, b"FriendlyName=x", headers)

    assert (operation, method, path) == (asked.operation, asked.method, asked.path)
    assert ({"friendly_name": "x"} if operation else {}) == asked.params


def test_request_with_a_malformed_form_is_recorded_with_its_operation(api: Api) -> None:
    asked = api.ask("POST", "/v1/Services", b"FriendlyName=%")

    assert (400, "CreateService") == (asked.status, asked.operation)
    assert {"friendly_name": "%"} == asked.params


def test_recorded_request_is_read_only_and_hashable(api: Api) -> None:
    asked = api.get("/v1/Services")

    with pytest.raises(TypeError):
        asked.params["friendly_name"] = "x"
    assert asked in {asked}


def test_journal_keeps_the_order_of_arrival(api: Api) -> None:
    from pytest_conversations_fake.api.journal import Request, Response

    journal = api.world.journal
    first, second = (
        journal.open(Request("GET", f"/{name}", "", {}, "")) for name in ("first", "second")
    )

    journal.close(second, Response(200), 0)
    journal.close(first, Response(404), 0)

    assert ["/first", "/second"] == [each.path for each in journal]
    assert (
        "<RecordedRequest #1 GET /first -> 404>\n<RecordedRequest #2 GET /second -> 200>"
        == repr(journal)
    )


def test_journal_with_a_limit_keeps_the_last_requests() -> None:
    world = World("a test", max_requests=2)
    api = Api(world)

    paths = ["/v1/Services", "/v1/Conversations", "/v1/Users", "/v1/Roles"]
    for path in paths:
        api.get(path)

    journal = world.journal
    assert paths[2:] == [request.path for request in journal]
    assert [3, 4] == [request.number for request in journal]
    assert (2, 4) == (len(journal), journal.answered)
    assert ("/v1/Users", "/v1/Roles") == (journal[0].path, journal[-1].path)
    assert "2 earlier requests dropped (max_requests=2)" == journal.dropped.note()
    assert "1 earlier ListService dropped (max_requests=2)" == journal.dropped.note("ListService")
    assert "" == journal.dropped.note("ListUser")


def test_dropped_request_is_no_longer_in_memory() -> None:
    world = World("a test", max_requests=1)
    api = Api(world)
    before = ref(api.get("/v1/Services"))

    api.get("/v1/Services")

    collect()
    assert before() is None


def test_journal_at_its_limit_drops_nothing() -> None:
    world = World("a test", max_requests=2)
    api = Api(world)

    for _ in range(2):
        api.get("/v1/Services")

    assert ("", 2) == (world.journal.dropped.note(), len(world.journal))


def test_restore_counts_dropped_requests_anew() -> None:
    world = World("a test", max_requests=1)
    api = Api(world)
    api.get("/v1/Services")
    restore = world.save()
    api.get("/v1/Users")

    restore()

    [request] = world.journal
    assert ("/v1/Services", "") == (request.path, world.journal.dropped.note())
