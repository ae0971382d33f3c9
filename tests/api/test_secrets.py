"""Secrets, which no text shows."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from pytest_conversations_fake import FakeConversations
from pytest_conversations_fake.api.deliveries import Delivery
from pytest_conversations_fake.api.redaction import redacted
from pytest_conversations_fake.api.resources.webhook_configurations import webhooks
from pytest_conversations_fake.api.secrets import without_passwords
from pytest_conversations_fake.api.world import World


@pytest.mark.parametrize(
    "name",
    ["certificate", "private_key", "api_key", "secret", "Certificate", "PrivateKey", "ApiKey"],
)
def test_secret_parameters_are_redacted(name: str) -> None:
    assert "***" == redacted(name, "-----BEGIN")


def test_value_without_a_secret_is_unchanged() -> None:
    assert "hi" == redacted("body", "hi")
    assert 5 == redacted("index", 5)
    assert None is redacted("secret", None)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://desk:pa:ss%40@desk.example/a", "https://desk:***@desk.example/a"),
        ("to http://:pw@a and http://u:pw@b:80", "to http://:***@a and http://u:***@b:80"),
        ("https://desk@desk.example:8010/a:b@c", "https://desk@desk.example:8010/a:b@c"),
        ("https://desk.example/?at=a:b@c", "https://desk.example/?at=a:b@c"),
        ("see a://b: c@d", "see a://b: c@d"),
    ],
)
def test_passwords_in_urls_are_redacted(text: str, shown: str) -> None:
    assert shown == without_passwords(text)


class Pair(NamedTuple):
    url: str
    other: object


def test_passwords_in_lists_and_objects_are_redacted() -> None:
    url = "https://u:pw@desk.example"
    shown = "https://u:***@desk.example"

    assert [shown] == redacted("urls", [url])
    assert (shown, None) == redacted("urls", Pair(url, None))
    assert {"url": shown} == redacted("configuration", {"url": url})


def test_delivery_hides_the_password_of_its_url() -> None:
    delivery = Delivery(
        event="onMessageAdded",
        url="https://u:pw@desk.example",
        method="POST",
        params={},
        form={},
        account_sid="",
        error="no answer from https://u:pw@desk.example",
    )

    assert (
        "onMessageAdded to https://u:***@desk.example"
        " -> no answer from https://u:***@desk.example" == str(delivery)
    )


def test_account_hides_its_tokens() -> None:
    world = World("a test", {"AC" + "0" * 32: {"auth_token": "tok", "api_keys": {"SK": "tok"}}})
    world.account.last_password = "tok"

    assert "tok" not in repr(world.account)


def test_error_of_a_refused_target_hides_its_password() -> None:
    with (
        FakeConversations() as fake,
        pytest.raises(ValueError, match=r"not to 'https://u:\*\*\*@"),
    ):
        fake.webhooks.deliver_to("https://u:pw@desk.example")


def test_error_of_an_invalid_target_hides_its_password() -> None:
    with (
        FakeConversations() as fake,
        pytest.raises(TypeError, match=r"a target is a URL, .* not 'ftp://u:\*\*\*@"),
    ):
        fake.webhooks.deliver_to("ftp://u:pw@desk.example", public_url="https://desk.example")


def test_error_of_a_second_url_hides_the_password_of_the_first(world: World) -> None:
    webhooks.configure(world.account, "https://u:pw@desk.example", ["onMessageAdded"])

    with pytest.raises(ValueError, match=r"configured for https://u:\*\*\*@desk.example already"):
        webhooks.configure(world.account, "https://other.example", ["onMessageAdded"])
