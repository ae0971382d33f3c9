"""Several accounts in one fake, which share no records."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from pytest_conversations_fake import FakeConversations

ONE, TWO = "AC" + "1" * 32, "AC" + "2" * 32
KEY = "SK" + "3" * 32


@pytest.fixture
def fake() -> Iterator[FakeConversations]:
    accounts = {ONE: {"auth_token": "one"}, TWO: {"api_keys": {KEY: "secret"}}}
    with FakeConversations(accounts=accounts) as fake:
        yield fake


def create(fake: FakeConversations, user: str, password: str, name: str = "help") -> int:
    url = f"{fake.url}/v1/Conversations"
    return requests.post(url, {"UniqueName": name}, auth=(user, password)).status_code


def test_accounts_share_no_records(fake: FakeConversations) -> None:
    two = fake.account(TWO)

    assert [201, 201] == [create(fake, ONE, "one"), create(fake, TWO, two.auth_token)]

    assert fake.default_service != two.default_service
    assert [ONE] == [talk.account_sid for talk in fake.conversations]
    assert [TWO] == [talk.account_sid for talk in two.conversations]
    assert 2 == len(fake.requests)
    assert ONE == fake.conversations.assert_created().account_sid
    assert TWO == two.conversations.assert_created().account_sid
    two.services.assert_not_created()


def test_fake_is_its_first_account(fake: FakeConversations) -> None:
    assert (ONE, "one") == (fake.account_sid, fake.auth_token)
    assert fake.twilio_client().conversations.v1.services.list()


@pytest.mark.rule("credentials")
def test_api_key_authenticates_its_account(fake: FakeConversations) -> None:
    assert 201 == create(fake, KEY, "secret")

    assert TWO == fake.account(TWO).conversations.one().account_sid


@pytest.mark.parametrize(
    ("user", "password"), [(ONE, "secret"), (KEY, "one"), ("SK" + "4" * 32, "x"), ("me", "x")]
)
def test_mismatched_credentials_are_refused(
    fake: FakeConversations, user: str, password: str
) -> None:
    assert 401 == create(fake, user, password)

    fake.conversations.assert_created(refused=20003)


def test_unknown_account_is_a_lookup_error(fake: FakeConversations) -> None:
    with pytest.raises(LookupError) as missed:
        fake.account("AC0")

    assert f"this fake has no account 'AC0'; its accounts are: {ONE}, {TWO}" == str(missed.value)


@pytest.mark.parametrize(
    ("accounts", "text"),
    [
        ({"AC1": {}}, "account_sid is AC and 32 hexadecimal digits, not 'AC1'"),
        ({ONE: {"token": "x"}}, "an account has no 'token'; did you mean 'auth_token'? "),
        ({ONE: {"api_keys": {"x": "y"}}}, "the sid of an API key is SK and 32 hexadecimal digits"),
    ],
)
def test_malformed_accounts_are_refused(accounts: dict[str, dict[str, object]], text: str) -> None:
    with pytest.raises(ValueError, match=text[:40]) as refused:
        FakeConversations(accounts=accounts)

    assert str(refused.value).startswith(text)


@pytest.mark.parametrize(
    ("accounts", "text"),
    [
        ({ONE: "hunter2"}, "an account is a dict of auth_token and api_keys, not str"),
        ({ONE: None}, "an account is a dict of auth_token and api_keys, not NoneType"),
        (
            {ONE: {"api_keys": "hunter2"}},
            "api_keys is a dict from the sids of keys to their secrets, not str",
        ),
    ],
)
def test_accounts_of_a_wrong_type_are_refused_and_not_shown(accounts: Any, text: str) -> None:
    with pytest.raises(TypeError) as refused:
        FakeConversations(accounts=accounts)

    assert text == str(refused.value)


def test_accounts_with_auth_token_are_refused() -> None:
    with pytest.raises(ValueError, match="cannot be combined with accounts"):
        FakeConversations(accounts={ONE: {}}, auth_token="x")
