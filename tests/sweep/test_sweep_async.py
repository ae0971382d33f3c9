"""Asynchronous code that is run once for each way in which one of its calls can fail."""

from __future__ import annotations

import asyncio
import threading
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest
from applications import say
from freezegun import freeze_time
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


Create = Callable[[str], Awaitable[dict[str, Any]]]


def credentials_of(fake: FakeConversations) -> str:
    user_and_password = f"{fake.account_sid}:{fake.auth_token}"
    return f"Basic {b64encode(user_and_password.encode()).decode()}"


@asynccontextmanager
async def creator(fake: FakeConversations) -> AsyncIterator[Create]:
    """Creates conversations by name, and raises when that is refused."""
    headers = {"Authorization": credentials_of(fake)}
    async with aiohttp.ClientSession(fake.url, headers=headers) as session:

        async def create(name: str, path: str = "Conversations", **form: str) -> dict[str, Any]:
            form = {"FriendlyName": name, **form} if path == "Conversations" else form
            async with session.post(f"/v1/{path}", data=form) as response:
                response.raise_for_status()
                return dict(await response.json())

        yield create


FOUR = ("a", "b", "c", "d")


def test_concurrent_calls_make_the_same_table_each_time(fake: FakeConversations) -> None:
    orders = set()

    async def sweep() -> str:
        async with creator(fake) as create:

            async def scenario() -> None:
                try:
                    await asyncio.gather(*map(create, FOUR))
                except aiohttp.ClientError:
                    return

            swept = await fake.sweep_async(scenario, faults=[Unavailable()])
        orders.add(tuple(each.friendly_name for each in fake.conversations)[1:])
        fake.restore(before)
        return str(swept)

    before = fake.snapshot()
    tables = {asyncio.run(sweep()) for _ in range(10)}

    rows = "".join(f"\nCreateConversation(friendly_name='{name}')  survived" for name in FOUR)
    notes = "".join(
        f"\nCreateConversation(friendly_name='{name}'), Unavailable(): survived,\n"
        "    conversations -1"
        for name in FOUR
    )
    assert {f"{'Unavailable':>50}{rows}\n{notes}"} == tables
    assert all(sorted(order) == [*FOUR] for order in orders)


def test_calls_below_records_of_the_same_run_are_told_apart(fake: FakeConversations) -> None:
    """The sids of these records are drawn in another order in each run."""

    async def sweep() -> list[tuple[str, str]]:
        async with creator(fake) as create:

            async def open_and_say(name: str, body: str) -> None:
                made = await create(name)
                path = f"Conversations/{made['sid']}/Messages"
                await create("", path, Body=body)

            async def scenario() -> None:
                both = open_and_say("a", "hi"), open_and_say("b", "hi")
                await asyncio.gather(*(both if fake.requests else reversed(both)))

            swept = await fake.sweep_async(scenario, faults=[Unavailable()])
        return [(run.call, run.outcome) for run in swept]

    made = "CreateConversation(friendly_name='{}')"
    said = "CreateConversationMessage(conversation_sid='<{}>')"
    expected = [made.format("a"), made.format("b")]
    expected += [said.format(each) for each in expected]
    assert [(call, "raised") for call in expected] == asyncio.run(sweep())


def test_equal_calls_are_numbered(fake: FakeConversations) -> None:
    async def sweep() -> list[str]:
        async with creator(fake) as create:
            swept = await fake.sweep_async(
                lambda: asyncio.gather(create("a"), create("a")), faults=[Unavailable()]
            )
        return [run.call for run in swept]

    expected = [f"CreateConversation #{number}" for number in (1, 2)]
    assert expected == asyncio.run(sweep())


def test_a_random_parameter_does_not_hide_a_call(fake: FakeConversations) -> None:
    async def sweep() -> list[tuple[str, str]]:
        numbers = iter(range(100))
        async with creator(fake) as create:

            async def scenario() -> None:
                await create(f"random {next(numbers)}")
                await create("the same")
                await create(f"random {next(numbers)}")

            swept = await fake.sweep_async(scenario, faults=[Unavailable()])
        return [(run.call.partition("=")[2], run.outcome) for run in swept]

    assert [
        ("'random 0')", "raised"),
        ("'random 1')", "raised"),
        ("'the same')", "raised"),
    ] == asyncio.run(sweep())


def test_a_task_that_is_left_behind_is_waited_for(fake: FakeConversations) -> None:
    """Its call counts in the run that started it, and meets no fault of the next one."""

    async def sweep() -> list[tuple[str, str]]:
        async with creator(fake) as create:

            async def later() -> None:
                try:
                    await create("later")
                except aiohttp.ClientError:
                    return

            async def scenario() -> None:
                asyncio.ensure_future(later())  # noqa: RUF006 - nobody keeps it, on purpose
                await create("now")

            swept = await fake.sweep_async(scenario, faults=[Unavailable()])
        return [(run.call.partition("=")[2], run.outcome) for run in swept]

    assert [("'later')", "survived"), ("'now')", "raised")] == asyncio.run(sweep())
    assert ["None", "later", "now"] == sorted(
        str(each.friendly_name) for each in fake.conversations
    )


def test_a_task_without_end_is_hung_and_makes_no_call_in_a_later_run(
    fake: FakeConversations,
) -> None:
    async def sweep() -> list[tuple[str, str]]:
        async with creator(fake) as create:
            runs: list[asyncio.Event] = []

            async def wait_and_create(called_on: asyncio.Event) -> None:
                await called_on.wait()
                await create("late")

            async def scenario() -> None:
                for earlier in runs:
                    earlier.set()
                try:
                    await create("now")
                except aiohttp.ClientError:
                    runs.append(asyncio.Event())
                    asyncio.ensure_future(wait_and_create(runs[-1]))  # noqa: RUF006

            faults = [Unavailable(), Delay(0)]
            swept = await fake.sweep_async(scenario, faults=faults, within=1)
        return [(run.outcome, run.why) for run in swept]

    why = "as a task or thread that it started did not end within 1 s"
    assert [("hung", why), ("survived", "")] == asyncio.run(sweep())


def test_a_task_of_the_test_is_none_of_the_scenario(fake: FakeConversations) -> None:
    async def sweep() -> tuple[str, bool]:
        wanted, started = asyncio.Event(), asyncio.Event()

        async def serve() -> None:
            """As a server does, it starts tasks of its own during a run."""
            await wanted.wait()
            serving = asyncio.ensure_future(asyncio.Event().wait())
            started.set()
            await serving

        server = asyncio.ensure_future(serve())
        async with creator(fake) as create:

            async def scenario() -> None:
                wanted.set()
                await started.wait()
                await create("now")

            [run] = await fake.sweep_async(scenario, faults=[Unavailable()], within=5)
        goes_on = not server.done()
        server.cancel()
        return run.outcome, goes_on

    assert ("raised", True) == asyncio.run(sweep())


def test_a_request_that_nobody_waits_for_belongs_to_its_run(fake: FakeConversations) -> None:
    """Its bytes are at the server when its task is cancelled."""

    async def sweep() -> list[tuple[str, str]]:
        sent = threading.Event()

        async def send_only() -> None:
            _, writer = await asyncio.open_connection("127.0.0.1", urlsplit(fake.url).port)
            writer.write(
                b"POST /v1/Services HTTP/1.1\r\nHost: fake\r\nContent-Length: 14\r\n"
                b"Content-Type: application/x-www-form-urlencoded\r\n"
                + f"Authorization: {credentials_of(fake)}\r\n\r\nFriendlyName=x".encode()
            )
            writer.close()
            await writer.wait_closed()
            sent.set()

        swept = await fake.sweep_async(send_only, faults=[Unavailable()] * 5)
        assert sent.is_set()
        return [(run.outcome, run.why) for run in swept]

    assert [("survived", "services -1, roles -4")] * 5 == asyncio.run(sweep())
    assert 1 == len(fake.services)


def test_scenario_without_end_is_stopped_under_a_frozen_clock(fake: FakeConversations) -> None:
    async def scenario() -> None:
        await asyncio.Event().wait()

    with freeze_time("2030-01-01"), pytest.raises(AssertionError, match="did not end within"):
        asyncio.run(fake.sweep_async(scenario, within=0.2))
