"""Asynchronous code that is run once for each way in which one of its calls can fail."""

from __future__ import annotations

import asyncio

import pytest
from applications import say
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.async_http_client import AsyncTwilioHttpClient

from pytest_conversations_fake import Delay, FakeConversations, Unavailable


@pytest.fixture
def fake(fake: FakeConversations) -> FakeConversations:
    fake.conversations.add(unique_name="talk")
    return fake


def test_an_asynchronous_scenario(fake: FakeConversations) -> None:
    async def scenario() -> None:
        async with AsyncTwilioHttpClient() as http:
            talk = fake.twilio_client(http_client=http).conversations.v1.conversations("talk")
            for _ in range(2):
                try:
                    await talk.messages.create_async(body="hi")
                    return
                except TwilioRestException as error:
                    if error.status == 500:
                        await asyncio.Event().wait()

    swept = asyncio.run(fake.sweep_async(scenario, within=2))

    assert ["survived", "hung", "raised"] == [run.outcome for run in swept]
    assert 1 == len(fake.messages)


def test_who_gets_over_being_cancelled_is_cancelled_again(fake: FakeConversations) -> None:
    cancelled = []

    async def stubborn() -> None:
        try:
            await asyncio.to_thread(say)
        except TwilioException:
            while len(cancelled) < 2:
                try:
                    await asyncio.Event().wait()
                except asyncio.CancelledError:
                    cancelled.append(True)

    [run] = asyncio.run(fake.sweep_async(stubborn, faults=[Unavailable()], within=2))

    assert "hung" == run.outcome
    assert 2 == len(cancelled)


def test_an_asynchronous_scenario_may_exit(fake: FakeConversations) -> None:
    async def exit_then() -> None:
        try:
            await asyncio.to_thread(say)
        except TwilioException:
            raise SystemExit(3) from None

    [run] = asyncio.run(fake.sweep_async(exit_then, faults=[Unavailable()]))

    assert ("raised", "SystemExit: 3") == (run.outcome, run.why)


def test_a_sweep_that_is_cancelled_leaves_things_as_after_the_first_run(
    fake: FakeConversations,
) -> None:
    runs = []

    async def slow() -> None:
        await asyncio.to_thread(say)
        runs.append(True)
        if len(runs) > 1:
            await asyncio.Event().wait()

    async def cancel() -> None:
        sweeping = asyncio.ensure_future(fake.sweep_async(slow, faults=[Delay(0)]))
        while len(runs) < 2:
            await asyncio.sleep(0)
        sweeping.cancel()
        await asyncio.wait({sweeping})

    asyncio.run(cancel())

    assert ["hi"] == [each.body for each in fake.messages]
    assert [()] == [each.faults for each in fake.requests]
