"""Every operation that twilio-python has for v1, sync and async, at both levels."""

from __future__ import annotations

import asyncio
import inspect
from typing import Any

import pytest
from twilio.http.async_http_client import AsyncTwilioHttpClient

from pytest_conversations_fake import FakeConversations
from pytest_conversations_fake.api.operations import OPERATIONS
from pytest_conversations_fake.assertions.requests import PARTICIPLES


class Sdk:
    """Calls a method of the SDK, or its asynchronous variant."""

    def __init__(self, client: Any, suffix: str) -> None:
        self.v1 = client.conversations.v1
        self.suffix = suffix

    async def do(self, owner: Any, verb: str, **params: Any) -> Any:
        done = getattr(owner, verb + self.suffix)(**params)
        return await done if inspect.isawaitable(done) else done

    async def life(self, many: Any, change: dict[str, Any], **created: Any) -> str:
        """Create, list, fetch, update and delete one of *many*, and create one that stays."""
        first = await self.do(many, "create", **created)
        assert first.sid in [each.sid for each in await self.do(many, "list")]
        assert first.sid == (await self.do(many(first.sid), "fetch")).sid
        if change:
            changed = await self.do(many(first.sid), "update", **change)
            assert change == {name: getattr(changed, name, change[name]) for name in change}
        assert await self.do(many(first.sid), "delete")
        stays = await self.do(many, "create", **created)
        return str(stays.sid)


async def use_account(sdk: Sdk) -> None:
    """Use the operations that an account has once."""
    v1 = sdk.v1
    await sdk.life(
        v1.address_configurations,
        {"friendly_name": "x", "auto_creation_studio_retry_count": 2},
        type="sms",
        address="+15550100",
    )
    await sdk.life(v1.credentials, {"friendly_name": "x"}, type="fcm", secret="s")
    configuration = v1.configuration()
    assert (await sdk.do(configuration, "fetch")).default_chat_service_sid
    timer = {"default_closed_timer": "PT10M"}
    assert (await sdk.do(configuration, "update", **timer)).default_closed_timer == "PT10M"
    webhooks = v1.configuration.webhooks()
    assert (await sdk.do(webhooks, "fetch")).method == "POST"
    assert (await sdk.do(webhooks, "update", filters=["onUserAdded"])).filters == ["onUserAdded"]


async def use_service(sdk: Sdk, fake: FakeConversations, service: Any) -> None:
    """Use the operations that a service has once."""
    await sdk.do(service, "fetch")
    configuration = service.configuration()
    assert (await sdk.do(configuration, "fetch")).reachability_enabled is False
    assert (await sdk.do(configuration, "update", reachability_enabled=True)).reachability_enabled
    notifications = service.configuration.notifications()
    assert (await sdk.do(notifications, "fetch")).log_enabled is False
    assert (await sdk.do(notifications, "update", log_enabled=True)).log_enabled
    webhooks = service.configuration.webhooks()
    assert (await sdk.do(webhooks, "fetch")).filters is None
    assert (await sdk.do(webhooks, "update", method="GET")).method == "GET"
    binding = fake.bindings.add(chat_service_sid=fake.services.one().sid, identity="ada")
    assert [binding.sid] == [each.sid for each in await sdk.do(service.bindings, "list")]
    assert (await sdk.do(service.bindings(binding.sid), "fetch")).identity == "ada"
    assert await sdk.do(service.bindings(binding.sid), "delete")


async def use_both(sdk: Sdk, fake: FakeConversations, level: Any) -> None:
    """Use the operations of both levels."""
    talk = await sdk.life(level.conversations, {"state": "inactive"}, friendly_name="x")
    conversation = level.conversations(talk)
    attributes = {"attributes": '{"a": 1}'}
    participant = await sdk.life(conversation.participants, attributes, identity="ada")
    message = await sdk.life(conversation.messages, {"body": "bye"}, body="hi", author="ada")
    await sdk.life(
        conversation.webhooks,
        {"configuration_url": "https://b.example"},
        target="webhook",
        configuration_url="https://a.example",
        configuration_filters=["onMessageAdded", "onMessageRemoved"],
    )
    receipt = fake.receipts.add(message_sid=message, status="delivered")
    receipts = conversation.messages(message).delivery_receipts
    assert [receipt.sid] == [each.sid for each in await sdk.do(receipts, "list")]
    assert (await sdk.do(receipts(receipt.sid), "fetch")).error_code == 0
    said = await sdk.do(conversation.messages(message), "fetch")
    assert (said.participant_sid, said.delivery["delivered"]) == (participant, "all")

    rows = await sdk.do(level.participant_conversations, "list", identity="ada")
    assert [talk] == [row.conversation_sid for row in rows]
    role = {"friendly_name": "r", "type": "service", "permission": ["joinConversation"]}
    await sdk.life(level.roles, {"permission": ["createConversation"]}, **role)
    await sdk.life(level.users, {"friendly_name": "Bob"}, identity="bob")
    seen = level.users("ada").user_conversations
    assert [talk] == [row.conversation_sid for row in await sdk.do(seen, "list")]
    assert (await sdk.do(seen(talk), "fetch")).notification_level == "default"
    read = await sdk.do(seen(talk), "update", last_read_message_index=0)
    assert (read.last_read_message_index, read.unread_messages_count) == (0, 1)
    assert await sdk.do(seen(talk), "delete")
    people = ['{"identity": "carol"}']
    together = await sdk.do(level.conversation_with_participants, "create", participant=people)
    assert together.state == "active"


async def use_everything(sdk: Sdk, fake: FakeConversations) -> None:
    service = await sdk.life(sdk.v1.services, {}, friendly_name="x")
    await use_account(sdk)
    await use_service(sdk, fake, sdk.v1.services(service))
    await use_both(sdk, fake, sdk.v1)
    await use_both(sdk, fake, sdk.v1.services(service))


async def use_asynchronously(fake: FakeConversations) -> None:
    async with AsyncTwilioHttpClient() as http_client:
        await use_everything(Sdk(fake.twilio_client(http_client=http_client), "_async"), fake)


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_every_operation_runs(fake: FakeConversations, kind: str) -> None:
    if kind == "sync":
        asyncio.run(use_everything(Sdk(fake.twilio_client(), ""), fake))
    else:
        asyncio.run(use_asynchronously(fake))

    asked = {request.operation for request in fake.requests}
    assert asked == OPERATIONS.keys()
    at_a_service = {each.operation for each in fake.requests if each.path.count("/Services/IS")}
    both = {name for name, each in OPERATIONS.items() if each.resource.has_short_path}
    assert both <= at_a_service
    assert [] == [str(request) for request in fake.requests if request.refused]
    assert [] == [request.ignored for request in fake.requests if request.ignored]
    for name, operation in OPERATIONS.items():
        collection = getattr(fake, operation.resource.collection)
        assertion = getattr(collection, f"assert_{PARTICIPLES[operation.verb]}")
        requests = [each for each in fake.requests if each.operation == name]
        assert requests == assertion(count=len(requests))
