"""Assertions on recorded requests: their keywords, results and errors."""

from __future__ import annotations

from inspect import signature
from typing import Any
from unittest.mock import ANY

import pytest
from conftest import Api
from dirty_equals import IsJson, IsStr

from pytest_conversations_fake import FakeConversations
from pytest_conversations_fake.api.operations import OPERATIONS
from pytest_conversations_fake.api.outside import Outside
from pytest_conversations_fake.api.resources import RESOURCES
from pytest_conversations_fake.api.world import World
from pytest_conversations_fake.state.account import AccountView

C = "/v1/Conversations"


@pytest.fixture
def world() -> World:
    return World("a test", outside=Outside(address=lambda: "http://127.0.0.1:8010"))


@pytest.fixture
def talks(account: AccountView) -> Any:
    """Without its type, as mistakes are tested, too."""
    return account.conversations


def test_expected_request_is_returned(api: Api, talks: Any) -> None:
    api.post(C, {"UniqueName": "help", "Attributes": '{"a": 1}'})
    api.post(C, {"UniqueName": "help"})

    found = talks.assert_created(
        unique_name=IsStr(regex="h.*"), attributes=IsJson({"a": 1}), chat_service_sid=ANY
    )

    assert found is api.world.journal[0]


def test_count_returns_a_list(api: Api, talks: Any) -> None:
    for name in "ab":
        api.post(C, {"FriendlyName": name})

    assert [*api.world.journal] == talks.assert_created(count=2)
    assert [api.world.journal[1]] == talks.assert_created(count=1, friendly_name="b")
    assert [] == talks.assert_created(count=0, friendly_name="c")


def test_each_verb_of_a_resource_has_an_assertion(api: Api, talks: Any) -> None:
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


def test_refused_requests_count_only_with_refused(api: Api, talks: Any) -> None:
    api.post(C, {"State": "open"})
    api.post(C, {"State": "closed"})

    talks.assert_not_created()
    assert 2 == len(talks.assert_created(refused=True, count=2))
    assert api.world.journal[1] is talks.assert_created(refused=50384)
    talks.assert_not_created(refused=50353)
    talks.assert_not_created(refused=True, state="active")


def test_unknown_keyword_is_a_type_error(talks: Any) -> None:
    with pytest.raises(TypeError) as refused:
        talks.assert_deleted(friendly_name="x")

    assert str(refused.value) == (
        "DeleteConversation has no parameter 'friendly_name'; "
        "there is: x_twilio_webhook_enabled, chat_service_sid, sid"
    )


@pytest.mark.parametrize("operation", OPERATIONS)
def test_each_operation_has_its_assertions(api: Api, account: AccountView, operation: str) -> None:
    names = {"Create": "created", "List": "listed", "Fetch": "fetched", "Update": "updated"}
    verb, resource = OPERATIONS[operation].verb.name, OPERATIONS[operation].resource
    participle = names.get(verb, "deleted")
    collection = getattr(account, resource.collection)

    getattr(collection, f"assert_not_{participle}")()
    with pytest.raises(AssertionError, match=rf"expected {operation}\(\) once, got it 0 times"):
        getattr(collection, f"assert_{participle}")()

    keywords = signature(getattr(collection, f"assert_{participle}")).parameters
    assert ["count", "at_most", "refused", "within"] == [*keywords][:4]
    assert OPERATIONS[operation].keywords == [*keywords][4:]


def test_collections_have_assertions_of_their_verbs_only(account: AccountView) -> None:
    found = sum(
        name.startswith("assert_") and not name.startswith("assert_not_")
        for resource in RESOURCES
        for name in dir(getattr(account, resource.collection))
    )

    assert len(OPERATIONS) == found


def test_at_most_passes_with_fewer_requests_and_returns_them(api: Api, talks: Any) -> None:
    assert [] == talks.assert_listed(at_most=1)

    api.get(C)

    assert [*api.world.journal] == talks.assert_listed(at_most=1)
    assert [*api.world.journal] == talks.assert_listed(at_most=2)


def test_at_most_fails_with_more_requests(api: Api, talks: Any) -> None:
    for state in ("active", "active", "closed"):
        api.get(f"{C}?State={state}")

    talks.assert_listed(at_most=2, state="active")
    with pytest.raises(AssertionError, match="at most once, got it 2 times"):
        talks.assert_listed(at_most=1, state="active")
    with pytest.raises(AssertionError, match="at most 0 times, got it 1 time"):
        talks.assert_listed(at_most=0, state="closed")


def test_at_most_counts_refused_requests_too(api: Api, talks: Any) -> None:
    api.post(C, {"UniqueName": "help"})
    api.post(C, {"UniqueName": "help"})

    assert [*api.world.journal] == talks.assert_created(at_most=2)
    with pytest.raises(AssertionError, match="at most once, got it 2 times"):
        talks.assert_created(at_most=1)


def test_at_most_with_refused_counts_refused_requests_only(api: Api, talks: Any) -> None:
    api.post(C, {"UniqueName": "help"})
    api.post(C, {"UniqueName": "help"})

    assert [api.world.journal[1]] == talks.assert_created(at_most=1, refused=50353)
    assert [] == talks.assert_created(at_most=1, refused=50384)


@pytest.mark.parametrize("keywords", [{"count": 1}, {"count": 0}, {"within": 0.1}])
def test_at_most_with_count_or_within_is_a_type_error(talks: Any, keywords: Any) -> None:
    with pytest.raises(TypeError) as refused:
        talks.assert_listed(at_most=1, **keywords)

    assert str(refused.value) == (
        "at_most=1 cannot be combined with count or within: it accepts any smaller number, too, "
        "and does not wait"
    )


@pytest.mark.parametrize("keyword", ["at_most", "count", "within"])
def test_count_of_a_negative_assertion_is_a_type_error(talks: Any, keyword: str) -> None:
    text = f"^{keyword}= is for assertions that expect requests; this expects none$"
    with pytest.raises(TypeError, match=text):
        talks.assert_not_listed(**{keyword: 1})


def test_positional_argument_is_a_type_error_that_names_the_assertion(talks: Any) -> None:
    with pytest.raises(TypeError, match=r"^assert_created\(\) takes 1 positional argument"):
        talks.assert_created("help")


def test_assertion_before_the_start_fails_with_a_hint() -> None:
    fake = FakeConversations()

    with pytest.raises(AssertionError, match="no request can reach this fake before it starts"):
        fake.services.assert_created()
