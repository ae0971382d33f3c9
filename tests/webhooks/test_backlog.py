"""Waiting until all deliveries are finished."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import freezegun
import pytest
import time_machine
from applications import EVENTS, HOOK, answering, say, silent, with_flask

from pytest_conversations_fake import FakeConversations
from pytest_conversations_fake.webhooks import backlog
from pytest_conversations_fake.webhooks.backlog import Backlog


@pytest.fixture
def fake(fake: FakeConversations) -> FakeConversations:
    fake.conversations.add(unique_name="talk")
    return fake


@pytest.mark.parametrize("run_in", ["thread", "test"])
def test_settle_async_waits_for_all_deliveries(fake: FakeConversations, run_in: Any) -> None:
    bodies = []

    def handle(url: str, form: dict[str, str], signature: str) -> None:
        bodies.append(form["Body"])

    async def run() -> None:
        fake.webhooks.deliver_to(with_flask(handle), public_url=HOOK, events=EVENTS, run_in=run_in)
        await asyncio.to_thread(say)
        await fake.settle_async()

    asyncio.run(run())

    assert ["hi"] == bodies


def test_timeout_of_settle_lists_unfinished_deliveries(fake: FakeConversations) -> None:
    inside, may_answer = threading.Event(), threading.Event()

    def handle(url: str, form: dict[str, str], signature: str) -> None:
        inside.set()
        may_answer.wait(5)

    fake.webhooks.deliver_to(with_flask(handle), public_url=HOOK, events=EVENTS)
    say("one")
    say("two")
    assert inside.wait(10)

    with pytest.raises(TimeoutError) as late:
        fake.settle(within=0.01)

    assert (
        "webhooks did not settle within 0.01 seconds; settle(within=...) sets another limit; "
        "not finished:\n"
        "  onMessageAdded to https://desk.example/hook: the application has not responded\n"
        "  onMessageAdded to https://desk.example/hook: not sent yet"
    ) == str(late.value)
    may_answer.set()
    fake.settle()


def test_timeout_of_settle_mentions_background_work() -> None:
    unfinished = Backlog(failure=lambda: None)
    work: Future[None] = Future()
    unfinished.add_background(work)

    with pytest.raises(TimeoutError, match="background work of an application after its response"):
        unfinished.settle(within=0)

    work.set_result(None)
    unfinished.settle(within=0)
    assert unfinished.is_empty


def test_application_that_answers_itself_is_stopped(
    fake: FakeConversations, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backlog, "MAX_CHAIN_LENGTH", 5)

    def handle(url: str, form: dict[str, str], signature: str) -> None:
        say(f"{form['Index']}?", "bot")

    app = with_flask(handle)
    fake.webhooks.deliver_to(app, public_url=HOOK, events=EVENTS, run_in="test")
    say()

    with pytest.raises(AssertionError) as stopped:
        fake.settle()

    assert (
        "webhooks do not end: each of 6 deliveries led to the next, and the fake dropped the last "
        "one; let the application ignore events that it caused itself; the last 4:\n"
        "  onMessageAdded '1?'\n"
        "  onMessageAdded '2?'\n"
        "  onMessageAdded '3?'\n"
        "  onMessageAdded '4?'"
    ) == str(stopped.value)
    fake.settle()


def test_many_messages_of_a_test_are_no_endless_chain(
    fake: FakeConversations, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backlog, "MAX_CHAIN_LENGTH", 5)
    fake.webhooks.deliver_to(answering(), public_url=HOOK, events=EVENTS)

    for number in range(8):
        say(str(number))

    delivered = fake.webhooks.assert_delivered("onMessageAdded", count=8)
    assert [*range(8)] == [each.params["index"] for each in delivered]


def test_settle_waits_for_pre_events(asking: FakeConversations) -> None:
    asked, may_answer = threading.Event(), threading.Event()

    def handle(url: str, form: dict[str, str], signature: str) -> None:
        asked.set()
        may_answer.wait(10)

    events = ["onMessageAdd"]
    asking.webhooks.deliver_to(with_flask(handle), public_url=HOOK, events=events, timeout=None)
    sender = threading.Thread(target=say)
    sender.start()
    assert asked.wait(10)

    with pytest.raises(TimeoutError, match=r"onMessageAdd to .*: the application has not resp"):
        asking.settle(within=0.01)

    may_answer.set()
    asking.settle()
    asking.webhooks.assert_delivered("onMessageAdd")
    sender.join()


FROZEN_CLOCKS = [
    pytest.param(lambda: time_machine.travel("2030-01-01", tick=False), id="time-machine"),
    pytest.param(lambda: freezegun.freeze_time("2030-01-01"), id="freezegun"),
]


@pytest.mark.parametrize("frozen", FROZEN_CLOCKS)
def test_settle_times_out_under_a_frozen_clock(frozen: Callable[[], Any]) -> None:
    with FakeConversations() as fake, frozen():
        fake.conversations.add(unique_name="talk")
        fake.webhooks.deliver_to(silent(), public_url=HOOK, events=EVENTS, timeout=None)
        say()

        with pytest.raises(TimeoutError, match=r"did not settle within 0\.05 seconds"):
            fake.settle(within=0.05)


@pytest.mark.parametrize("frozen", FROZEN_CLOCKS)
def test_delivery_times_out_under_a_frozen_clock(frozen: Callable[[], Any]) -> None:
    with FakeConversations() as fake, frozen():
        fake.conversations.add(unique_name="talk")
        fake.webhooks.deliver_to(silent(), public_url=HOOK, events=EVENTS, timeout=0.05)
        say()

        delivered = fake.webhooks.assert_delivered("onMessageAdded", failed=True)

    assert "no answer within 0.05 seconds" == delivered.error
    assert "2030-01-01T00:00:00.000Z" == delivered.form["DateCreated"]
