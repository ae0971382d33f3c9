"""What assertions accept, and every word of what they say."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import dedent
from unittest.mock import ANY

import pytest
from conftest import Api
from dirty_equals import IsJson, IsStr

from pytest_conversations_fake.api.resources.conversations import conversations
from pytest_conversations_fake.api.world import World
from pytest_conversations_fake.expectations.collection import Collection
from pytest_conversations_fake.expectations.expectation import operation_named

C = "/v1/Conversations"


@pytest.fixture
def world() -> World:
    world = World("a test")
    world.address = "http://127.0.0.1:8010"
    return world


@pytest.fixture
def talks(world: World) -> Collection:
    return Collection(world, world.account, conversations)


@pytest.fixture
def failure(api: Api) -> Callable[..., str]:
    """The text of a failing assertion, with short names for the sids in it."""

    def text(assertion: Callable[..., object], **wanted: object) -> str:
        with pytest.raises(AssertionError) as failed:
            assertion(**wanted)
        said = str(failed.value)
        for number, exchange in enumerate(api.world.journal, start=1):
            sid = (exchange.response or {}).get("sid")
            if sid:
                said = said.replace(f"{sid[:6]}…", f"{sid[:2]}{number}")
        return said + "\n"

    return text


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


def test_an_almost_right_request_is_shown_with_what_differs(
    api: Api, talks: Collection, failure: Callable[..., str]
) -> None:
    api.post("/v1/Services", {"FriendlyName": "Support"})
    api.post(C, {"FriendlyName": "Suport", "UniqueName": "x"})
    api.post(C, {"FriendlyName": "Support", "State": "open"})

    assert failure(talks.assert_created, friendly_name="Support", unique_name="x") == dedent(
        """\
        expected CreateConversation(friendly_name='Support', unique_name='x') once, got it 0 times

        nearest of 2 CreateConversation:
          #2 POST /v1/Conversations -> 201 CH2
              friendly_name: 'Suport', expected 'Support'
          #3 POST /v1/Conversations -> 400
              unique_name: not sent, expected 'x'
              refused: 50378 'State' parameter value is invalid
        """
    )


def test_only_the_three_nearest_are_shown(
    api: Api, talks: Collection, failure: Callable[..., str]
) -> None:
    for name in ("a", "b", "c", "d"):
        api.post(C, {"FriendlyName": name})
    api.post(C, {"FriendlyName": "e", "UniqueName": "help"})

    assert failure(talks.assert_created, friendly_name="x", unique_name="help") == dedent(
        """\
        expected CreateConversation(friendly_name='x', unique_name='help') once, got it 0 times

        nearest of 5 CreateConversation:
          #1 POST /v1/Conversations -> 201 CH1
              friendly_name: 'a', expected 'x'
              unique_name: not sent, expected 'help'
          #2 POST /v1/Conversations -> 201 CH2
              friendly_name: 'b', expected 'x'
              unique_name: not sent, expected 'help'
          #5 POST /v1/Conversations -> 201 CH5
              friendly_name: 'e', expected 'x'
        """
    )


def test_too_many_are_listed(api: Api, talks: Collection, failure: Callable[..., str]) -> None:
    for _ in range(5):
        api.post(C, {"FriendlyName": "x"})

    assert failure(talks.assert_created, friendly_name="x") == dedent(
        """\
        expected CreateConversation(friendly_name='x') once, got it 5 times

          #1 POST /v1/Conversations -> 201 CH1
          #2 POST /v1/Conversations -> 201 CH2
          #3 POST /v1/Conversations -> 201 CH3
          and 2 more
        """
    )


def test_too_few_are_listed(api: Api, talks: Collection, failure: Callable[..., str]) -> None:
    api.post(C)

    assert failure(talks.assert_created, count=2) == dedent(
        """\
        expected CreateConversation() 2 times, got it 1 time

          #1 POST /v1/Conversations -> 201 CH1
        """
    )


def test_an_unwanted_one_is_shown(api: Api, talks: Collection, failure: Callable[..., str]) -> None:
    api.post(C, {"FriendlyName": "x"})

    assert failure(talks.assert_not_created, friendly_name="x") == dedent(
        """\
        expected no CreateConversation(friendly_name='x'), got it 1 time

          #1 POST /v1/Conversations -> 201 CH1
        """
    )


def test_requests_for_something_else_are_listed(
    api: Api, talks: Collection, failure: Callable[..., str]
) -> None:
    api.get(C)
    api.ask("PUT", C)

    assert failure(talks.assert_created) == dedent(
        """\
        expected CreateConversation() once, got it 0 times

        no CreateConversation among 2 requests:
          #1 GET /v1/Conversations -> 200
          #2 PUT /v1/Conversations -> 405
        """
    )


def test_no_request_at_all_hints_at_the_address(
    talks: Collection, failure: Callable[..., str]
) -> None:
    assert failure(talks.assert_created) == dedent(
        """\
        expected CreateConversation() once, got it 0 times

        nothing reached the fake; was the client told its address, http://127.0.0.1:8010?
        """
    )


def test_no_request_at_all_although_twilios_host_leads_here_hints_at_the_process(
    world: World, talks: Collection, failure: Callable[..., str]
) -> None:
    world.redirected = True

    assert failure(talks.assert_created) == dedent(
        """\
        expected CreateConversation() once, got it 0 times

        nothing reached the fake, neither as conversations.twilio.com nor at \
http://127.0.0.1:8010; was it kept by another mock, or sent from another process?
        """
    )


def test_an_expected_refusal_that_was_another_is_shown(
    api: Api, talks: Collection, failure: Callable[..., str]
) -> None:
    api.post(C, {"State": "open"})
    api.post(C, {"State": "active"})

    assert failure(talks.assert_created, refused=50384) == dedent(
        """\
        expected CreateConversation() refused with 50384 once, got it 0 times

        nearest of 2 CreateConversation:
          #1 POST /v1/Conversations -> 400
              refused: 50378 'State' parameter value is invalid, expected 50384
          #2 POST /v1/Conversations -> 201 CH2
              accepted, expected a refusal
        """
    )


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
