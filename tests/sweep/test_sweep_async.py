"""Sweeps of coroutine functions."""

from __future__ import annotations

import asyncio
import threading
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest
from applications import say
from freezegun import freeze_time
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.async_http_client import AsyncTwilioHttpClient

from pytest_conversations_fake import Delay, FakeConversations, Unavailable
from pytest_conversations_fake.sweep import execution, left_behind


@pytest.fixture
def fake(fake: FakeConversations) -> FakeConversations:
    fake.conversations.add(unique_name="talk")
    return fake


def test_asynchronous_scenario_is_swept(fake: FakeConversations) -> None:
    async def scenario() -> None:
        async with AsyncTwilioHttpClient() as http:
            talk = fake.twilio_client(http_client=http).conversations.v1.conversations("talk")
            for _ in range(2):
                try:
                    await talk.messages.create_async(body="hi")
                    return
                except TwilioRestException as error:
                    if error.status == 500:
                        raise

    swept = asyncio.run(fake.sweep_async(scenario))

    assert ["survived", "raised", "raised"] == [run.outcome for run in swept]
    assert 1 == len(fake.messages)


def test_cancellation_inside_the_scenario_is_an_outcome(fake: FakeConversations) -> None:
    async def cancel_itself() -> None:
        try:
            await asyncio.to_thread(say)
        except TwilioException:
            raise asyncio.CancelledError from None

    [run] = asyncio.run(fake.sweep_async(cancel_itself, faults=[Unavailable()]))

    assert ("raised", "CancelledError") == (run.outcome, run.reason)


def test_failure_by_pytest_ends_the_sweep(fake: FakeConversations) -> None:
    """pytest-timeout raises the same exception, and only once for each test."""

    async def fail_on_error() -> None:
        try:
            await asyncio.to_thread(say)
        except TwilioException:
            pytest.fail("Timeout")

    with pytest.raises(pytest.fail.Exception, match="Timeout"):
        asyncio.run(fake.sweep_async(fail_on_error))
    assert ["hi"] == [each.body for each in fake.messages]


def test_task_that_survives_its_cancellation_is_reported_as_not_settled(
    fake: FakeConversations, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(execution, "SETTLE_TIMEOUT", 0)
    monkeypatch.setattr(left_behind, "CANCEL_TIMEOUT", 0)

    async def sweep() -> list[str]:
        may_end = asyncio.Event()

        async def stubborn() -> None:
            while not may_end.is_set():
                with suppress(asyncio.CancelledError):
                    await may_end.wait()

        async def leave_task() -> None:
            try:
                await asyncio.to_thread(say)
            except TwilioException:
                asyncio.ensure_future(stubborn())  # noqa: RUF006 - nobody keeps it, on purpose

        swept = await fake.sweep_async(leave_task, faults=[Unavailable()])
        may_end.set()
        return [run.outcome for run in swept]

    assert ["not settled"] == asyncio.run(sweep())
    assert ["hi"] == [each.body for each in fake.messages]


def test_scenario_that_exits_is_reported_as_raised(fake: FakeConversations) -> None:
    async def exit_then() -> None:
        try:
            await asyncio.to_thread(say)
        except TwilioException:
            raise SystemExit(3) from None

    [run] = asyncio.run(fake.sweep_async(exit_then, faults=[Unavailable()]))

    assert ("raised", "SystemExit: 3") == (run.outcome, run.reason)


def test_cancelled_sweep_restores_the_state_after_the_first_run(
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
    """A function that creates a record, and raises if the request is refused."""
    headers = {"Authorization": credentials_of(fake)}
    async with aiohttp.ClientSession(fake.url, headers=headers) as session:

        async def create(name: str, path: str = "Conversations", **form: str) -> dict[str, Any]:
            form = {"FriendlyName": name, **form} if path == "Conversations" else form
            async with session.post(f"/v1/{path}", data=form) as response:
                response.raise_for_status()
                return dict(await response.json())

        yield create


NAMES = ("a", "b", "c", "d")


def test_concurrent_calls_give_the_same_table_each_time(fake: FakeConversations) -> None:
    orders = set()

    async def sweep() -> str:
        async with creator(fake) as create:

            async def scenario() -> None:
                try:
                    await asyncio.gather(*map(create, NAMES))
                except aiohttp.ClientError:
                    return

            swept = await fake.sweep_async(scenario, faults=[Unavailable()])
        orders.add(tuple(each.friendly_name for each in fake.conversations)[1:])
        fake.restore(before)
        return str(swept)

    before = fake.snapshot()
    tables = {asyncio.run(sweep()) for _ in range(10)}

    rows = "".join(f"\nCreateConversation(friendly_name='{name}')  survived" for name in NAMES)
    notes = "".join(
        f"\nCreateConversation(friendly_name='{name}'), Unavailable(): survived,\n"
        "    conversations -1"
        for name in NAMES
    )
    assert {f"{'Unavailable':>50}{rows}\n{notes}"} == tables
    assert all(sorted(order) == [*NAMES] for order in orders)


def test_calls_below_records_of_the_same_run_are_recognized(fake: FakeConversations) -> None:
    """Each run draws the sids of these records in another order."""

    async def sweep() -> list[tuple[str, str]]:
        async with creator(fake) as create:

            async def create_and_send(name: str, body: str) -> None:
                made = await create(name)
                path = f"Conversations/{made['sid']}/Messages"
                await create("", path, Body=body)

            async def scenario() -> None:
                both = create_and_send("a", "hi"), create_and_send("b", "hi")
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


def test_call_with_a_random_parameter_is_recognized(fake: FakeConversations) -> None:
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


def test_run_waits_for_a_task_that_it_started(fake: FakeConversations) -> None:
    """Its call belongs to the run that started it, and meets no fault of the next run."""

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


def test_task_without_end_is_cancelled_and_reported_as_not_settled(
    fake: FakeConversations, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(execution, "SETTLE_TIMEOUT", 0)

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
                    asyncio.ensure_future(wait_and_create(runs[-1]))  # noqa: RUF006 - on purpose

            swept = await fake.sweep_async(scenario, faults=[Unavailable(), Delay(0)])
        return [(run.outcome, run.reason) for run in swept]

    reason = "a task that it started did not end within 0 s"
    assert [("not settled", reason), ("survived", "")] == asyncio.run(sweep())


def test_run_does_not_wait_for_a_task_of_the_test(fake: FakeConversations) -> None:
    async def sweep() -> tuple[str, bool]:
        wanted, started = asyncio.Event(), asyncio.Event()

        async def serve() -> None:
            """Start a task during a run, as a server does."""
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

            [run] = await fake.sweep_async(scenario, faults=[Unavailable()])
        goes_on = not server.done()
        server.cancel()
        return run.outcome, goes_on

    assert ("raised", True) == asyncio.run(sweep())


def test_request_without_a_waiting_client_belongs_to_its_run(fake: FakeConversations) -> None:
    """The server has its bytes, but has not read them, when the scenario ends."""

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
        return [(run.outcome, run.reason) for run in swept]

    assert [("survived", "services -1, roles -4")] * 5 == asyncio.run(sweep())
    assert 1 == len(fake.services)


@pytest.mark.parametrize("tasks", ["tasks that end", "a task without end"])
def test_sweep_ends_under_a_frozen_clock(
    fake: FakeConversations, monkeypatch: pytest.MonkeyPatch, tasks: str
) -> None:
    if tasks == "a task without end":
        monkeypatch.setattr(execution, "SETTLE_TIMEOUT", 0.1)

    # Not over TLS: cryptography would keep the frozen class of its first certificate
    messages = fake.twilio_client().conversations.v1.conversations("talk").messages

    async def leave_task() -> None:
        try:
            await asyncio.to_thread(messages.create, body="hi")
        except TwilioException:
            waits = asyncio.to_thread(bool) if tasks == "tasks that end" else asyncio.Event().wait()
            asyncio.ensure_future(waits)  # noqa: RUF006 - nobody keeps it, on purpose

    with freeze_time("2030-01-01"):
        [run] = asyncio.run(fake.sweep_async(leave_task, faults=[Unavailable()]))

    assert ("not settled" if tasks == "a task without end" else "survived") == run.outcome
