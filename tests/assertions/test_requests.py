"""What assertions accept."""

from __future__ import annotations

from unittest.mock import ANY

import pytest
from conftest import Api
from dirty_equals import IsJson, IsStr

from pytest_conversations_fake.api.outside import Outside
from pytest_conversations_fake.api.resources.conversations import conversations
from pytest_conversations_fake.api.world import World
from pytest_conversations_fake.assertions.requests import operation_named
from pytest_conversations_fake.state.collection import Collection

C = "/v1/Conversations"


@pytest.fixture
def world() -> World:
    return World("a test", outside=Outside(address=lambda: "http://127.0.0.1:8010"))


@pytest.fixture
def talks(world: World) -> Collection:
    return Collection(world, world.account, conversations)


def test_an_expected_request_is_returned(api: Api, talks: Collection) -> None:
    api.post(C, {"UniqueName": "help", "Attributes": '{"a": 1}'})
    api.post(C, {"UniqueName": "help"})

    found = talks.assert_created(
        unique_name=IsStr(regex="h.*"), attributes=IsJson({"a": 1}), chat_service_sid=ANY
    )

    assert found is api.world.journal[0]


def test_a_count_returns_as_many(api: Api, talks: Collection) -> None:
    for name in "ab":
        api.post(C, {"FriendlyName": name})

    assert [*api.world.journal] == talks.assert_created(count=2)
    assert [api.world.journal[1]] == talks.assert_created(count=1, friendly_name="b")
    assert [] == talks.assert_created(count=0, friendly_name="c")


def test_every_verb_has_its_assertion(api: Api, talks: Collection) -> None:
    sid = api.post(C).response["sid"]
    api.get(f"{C}?State=active")
    api.get(f"{C}/{sid}")
    api.post(f"{C}/{sid}", {"State": "closed"})
    api.delete(f"{C}/{sid}")

    found = [
        talks.assert_created(),
        talks.assert_listed(state="active"),
        talks.assert_fetched(sid=sid),
        talks.assert_updated(sid=sid, state="closed"),
        talks.assert_deleted(sid=sid),
    ]

    assert [*api.world.journal] == found


def test_refused_requests_count_only_where_they_are_asked_for(api: Api, talks: Collection) -> None:
    api.post(C, {"State": "open"})
    api.post(C, {"State": "closed"})

    talks.assert_not_created()
    assert 2 == len(talks.assert_created(refused=True, count=2))
    assert api.world.journal[1] is talks.assert_created(refused=50384)
    talks.assert_not_created(refused=50353)
    talks.assert_not_created(refused=True, state="active")


def test_a_keyword_that_the_operation_does_not_have_is_a_type_error(talks: Collection) -> None:
    with pytest.raises(TypeError) as refused:
        talks.assert_deleted(friendly_name="x")

    assert str(refused.value) == (
        "DeleteConversation has no parameter 'friendly_name'; "
        "there is: x_twilio_webhook_enabled, chat_service_sid, sid"
    )


def test_an_operation_that_there_is_not_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="there is no operation 'CreateServices'; did you mean"):
        operation_named("CreateServices")
