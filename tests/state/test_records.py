"""The types of records: their names, and the types of their attributes."""

from __future__ import annotations

from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

import pytest
from random_world import RandomWorld
from stub import hint

from pytest_conversations_fake import FakeConversations
from pytest_conversations_fake.api.resource import Resource
from pytest_conversations_fake.api.resources import RESOURCES
from pytest_conversations_fake.state import records
from pytest_conversations_fake.state.account import AccountView


@pytest.fixture(scope="module")
def account() -> AccountView:
    """An account with records of every resource."""
    account = RandomWorld(seed=1).account
    account.credentials.add(type="apn", sandbox=True)
    account.bindings.add(message_types=["new_message"])
    account.media.add()
    return account


def fits(value: object, hint: Any) -> bool:
    """Whether a *value* has the type that *hint* says."""
    origin, arguments = get_origin(hint), get_args(hint)
    if hint is Any:
        return True
    if origin in (Union, UnionType):
        return any(fits(value, each) for each in arguments)
    if origin is list:
        return isinstance(value, list) and all(fits(each, arguments[0]) for each in value)
    if origin is dict:
        is_dict = isinstance(value, dict)
        return is_dict and all(fits(each, arguments[1]) for each in value.values())
    return type(value) is (hint or NoneType)


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda each: each.collection)
def test_attribute_has_the_type_that_the_stub_declares(
    account: AccountView, resource: Resource[Any]
) -> None:
    found = [*getattr(account, resource.collection)]

    wrong = [
        (name, value)
        for record in found
        for name in dir(record)
        if not fits(value := getattr(record, name), hint(resource, name))
    ]

    assert found
    assert [] == wrong


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda each: each.collection)
def test_record_has_the_type_of_its_resource(account: AccountView, resource: Resource[Any]) -> None:
    name = resource.stored.__name__
    expected = getattr(records, name)

    assert {expected} == {type(each) for each in getattr(account, resource.collection)}
    assert name == expected.__name__
    assert expected.__module__ == records.__name__


def test_records_of_one_noun_have_one_type_in_every_fake_and_simulator() -> None:
    with FakeConversations() as fake:
        talk = fake.conversations.add()
        ada = fake.chat_user("ada")
        joined = ada.join(talk)
        sent = ada.send("hello", to=talk)

    assert isinstance(FakeConversations().default_service, records.Service)
    assert isinstance(joined, records.Participant)
    assert isinstance(sent, records.Message)
    assert not isinstance(sent, records.Participant)
