"""Tests of deliveries that are sent again."""

from __future__ import annotations

import asyncio

import pytest
from applications import EVENTS, HOOK, say, with_flask, with_starlette

from pytest_conversations_fake import FakeConversations


@pytest.fixture
def fake(fake: FakeConversations) -> FakeConversations:
    fake.conversations.add(unique_name="talk")
    return fake


def test_delivery_is_sent_again_with_a_valid_signature_and_a_count(
    fake: FakeConversations,
) -> None:
    received: list[tuple[str, dict[str, str], str]] = []
    app = with_flask(lambda *request: received.append(request))
    fake.webhooks.deliver_to(app, public_url=HOOK, events=EVENTS)
    say("hi")
    first = fake.webhooks.assert_delivered("onMessageAdded")

    second = fake.webhooks.resend(first)
    third = fake.webhooks.resend(second)

    assert [first, second, third] == fake.webhooks.deliveries
    assert ["0", "1", "2"] == [form["RetryCount"] for _, form, _ in received]
    assert [0, 1, 2] == [each.attempt for each in fake.webhooks.deliveries]
    assert [0, 1, 2] == [each.params["retry_count"] for each in fake.webhooks.deliveries]
    assert ["hi"] * 3 == [form["Body"] for _, form, _ in received]
    assert 3 == len({signature for _, _, signature in received})
    assert first.order < second.order < third.order


def test_outcome_is_that_of_the_new_attempt(fake: FakeConversations) -> None:
    statuses = [500, 200]
    app = with_starlette(lambda *request: statuses.pop(0))
    fake.webhooks.deliver_to(app, public_url=HOOK, events=EVENTS)
    say()

    again = fake.webhooks.resend(fake.webhooks.assert_delivered("onMessageAdded", failed=True))

    assert (200, False) == (again.status, again.failed)


def test_pre_event_is_sent_again_without_an_effect(asking: FakeConversations) -> None:
    app = with_flask(lambda *request: None)
    asking.webhooks.deliver_to(app, public_url=HOOK, events=["onMessageAdd"])
    say()
    before = len(asking.messages)

    asking.webhooks.resend(asking.webhooks.assert_delivered("onMessageAdd"))

    assert before == len(asking.messages)
    asking.webhooks.assert_delivered("onMessageAdd", count=2)


def test_resend_takes_a_delivery(fake: FakeConversations) -> None:
    with pytest.raises(TypeError, match=r"^resend takes one of fake.webhooks.deliveries, not 3$"):
        fake.webhooks.resend(3)  # type: ignore[arg-type]


def test_ended_fake_sends_nothing_again() -> None:
    with FakeConversations() as fake:
        fake.conversations.add(unique_name="talk")
        fake.webhooks.deliver_to(with_flask(lambda *request: None), public_url=HOOK, events=EVENTS)
        say()
        delivery = fake.webhooks.assert_delivered("onMessageAdded")

    with pytest.raises(RuntimeError, match="has ended and accepts no actions"):
        fake.webhooks.resend(delivery)


def test_resend_does_not_block_the_loop_of_its_application(fake: FakeConversations) -> None:
    async def run() -> None:
        app = with_starlette(lambda *request: None)
        async with fake.webhooks.deliver_to(app, public_url=HOOK, events=EVENTS, run_in="test"):
            await asyncio.to_thread(say)
            await fake.settle_async()
            [first] = fake.webhooks.deliveries

            with pytest.raises(RuntimeError, match=r"^resend\(\) would block .*asyncio\.to_thread"):
                fake.webhooks.resend(first)
            again = await asyncio.to_thread(fake.webhooks.resend, first)

            assert [first, again] == fake.webhooks.deliveries

    asyncio.run(run())
