"""Requests of twilio-python to the fake, synchronous and asynchronous."""

from __future__ import annotations

import asyncio
import socket
from datetime import datetime, timezone

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.rest import Client

from pytest_conversations_fake import FakeConversations

THEN = datetime(2020, 1, 2, 3, 4, 5, tzinfo=timezone.utc)


@pytest.fixture(params=["twilio_client", "base_url"])
def client(request: pytest.FixtureRequest, fake: FakeConversations) -> Client:
    if request.param == "twilio_client":
        return fake.twilio_client()
    client = Client(fake.account_sid, fake.auth_token)
    client.conversations.base_url = fake.url
    return client


def test_service_is_created_fetched_listed_and_deleted(
    fake: FakeConversations, client: Client
) -> None:
    services = client.conversations.v1.services

    created = services.create(friendly_name="Support")

    assert (created.sid, "Support") == (services(created.sid).fetch().sid, created.friendly_name)
    assert isinstance(created.date_created, datetime)
    assert [fake.default_service.sid, created.sid] == [each.sid for each in services.list()]
    assert services(created.sid).delete()
    assert len(fake.services) == 0
    fake.services.assert_created(friendly_name="Support")
    fake.services.assert_fetched(sid=created.sid)
    fake.services.assert_listed()
    fake.services.assert_deleted(sid=created.sid)


@pytest.mark.parametrize("level", ["account", "service"])
def test_conversation_is_created_updated_fetched_listed_and_deleted(
    fake: FakeConversations, client: Client, level: str
) -> None:
    v1 = client.conversations.v1
    service = fake.default_service if level == "account" else fake.services.add()
    conversations = (v1 if level == "account" else v1.services(service.sid)).conversations
    sent = {
        "friendly_name": "Help",
        "unique_name": "help",
        "date_created": THEN,
        "date_updated": THEN,
        "messaging_service_sid": "MG" + "0" * 32,
        "attributes": '{"a": 1}',
        "state": "inactive",
        "timers_inactive": "PT1M",
        "timers_closed": "PT10M",
        "bindings_email_address": "desk@example.com",
        "bindings_email_name": "Desk",
    }

    created = conversations.create(x_twilio_webhook_enabled="true", **sent)
    updated = conversations("help").update(x_twilio_webhook_enabled="false", **sent)

    assert created.sid == updated.sid == conversations("help").fetch().sid
    assert ("inactive", THEN, "help") == (created.state, created.date_created, created.unique_name)
    filters = {"start_date": "2020-01-01", "end_date": "2020-01-03", "state": "inactive"}
    assert [created.sid] == [each.sid for each in conversations.list(**filters)]
    assert conversations(created.sid).delete(x_twilio_webhook_enabled="true")
    assert created.sid not in fake.conversations
    where = {"chat_service_sid": service.sid}
    fake.conversations.assert_created(**sent, **where, x_twilio_webhook_enabled="true")
    fake.conversations.assert_updated(**sent, sid=created.sid, x_twilio_webhook_enabled="false")
    fake.conversations.assert_fetched(**where)
    fake.conversations.assert_listed(**where, **filters)
    fake.conversations.assert_deleted(**where)


def test_next_page_is_requested_from_the_fake(fake: FakeConversations, client: Client) -> None:
    names = [fake.conversations.add(unique_name=f"n{number}").unique_name for number in range(5)]

    listed = client.conversations.v1.conversations.list(page_size=2)

    assert names == [each.unique_name for each in listed]
    assert 3 == len(fake.conversations.assert_listed(count=3))


def test_refusal_raises_twilios_exception_with_its_code(client: Client) -> None:
    with pytest.raises(TwilioRestException) as refused:
        client.conversations.v1.conversations("CH71").fetch()

    assert (404, 20404) == (refused.value.status, refused.value.code)
    assert "The requested resource /Conversations/CH71 was not found" in refused.value.msg


@pytest.mark.parametrize(
    ("options", "environment"),
    [
        pytest.param({"region": "ie1", "edge": "dublin"}, {}, id="options"),
        pytest.param({}, {"TWILIO_REGION": "au1"}, id="region in the environment"),
        pytest.param({}, {"TWILIO_EDGE": "sydney"}, id="edge in the environment"),
    ],
)
def test_client_with_region_or_edge_reaches_the_fake(
    fake: FakeConversations,
    monkeypatch: pytest.MonkeyPatch,
    options: dict[str, str],
    environment: dict[str, str],
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    for _ in range(3):
        fake.conversations.add()

    listed = fake.twilio_client(**options).conversations.v1.conversations.list(page_size=2)

    assert 3 == len(listed)


def test_proxy_of_the_environment_is_bypassed(
    fake: FakeConversations, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.getsockname()[1]}")
        proxy.setblocking(False)

        fake.twilio_client().conversations.v1.services.create(friendly_name="x")

        with pytest.raises(BlockingIOError):
            proxy.accept()


def test_request_to_another_product_is_refused(fake: FakeConversations) -> None:
    client = fake.twilio_client()

    with pytest.raises(
        ConnectionError, match=r"sends requests only to .* https://api\.twilio\.com"
    ):
        client.messages.create(to="+15550100", from_="+15550199", body="hi")


# aiohttp 3.14 deprecates the basic authentication that the SDK uses
def test_asynchronous_client_reaches_the_fake(fake: FakeConversations) -> None:
    async def talk() -> list[str]:
        async with AsyncTwilioHttpClient() as http_client:
            client = fake.twilio_client(http_client=http_client, edge="dublin")
            conversations = client.conversations.v1.conversations
            for name in ("a", "b", "c"):
                await conversations.create_async(unique_name=name)
            await conversations("a").delete_async()
            return [each.unique_name for each in await conversations.list_async(page_size=1)]

    assert ["b", "c"] == asyncio.run(talk())
    fake.conversations.assert_created(count=3)


def test_missing_twilio_package_raises_an_error_that_names_it(
    fake: FakeConversations, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    for name in [name for name in sys.modules if name.partition(".")[0] == "twilio"]:
        monkeypatch.setitem(sys.modules, name, None)

    with pytest.raises(ModuleNotFoundError) as raised:
        fake.twilio_client()

    assert "twilio_client() needs twilio: pip install twilio" == str(raised.value)
