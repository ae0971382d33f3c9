"""Waiting for webhooks, and how applications and fakes come to their end."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import freezegun
import pytest
import time_machine
from applications import (
    APPLICATIONS,
    HOOK,
    TOLD,
    at_hook,
    say,
    silent,
    with_django,
    with_flask,
)
from starlette.requests import Request as StarletteRequest
from starlette.responses import PlainTextResponse

from pytest_conversations_fake import FakeConversations, WebhookWarning
from pytest_conversations_fake.webhooks import worker

REFUSAL = (
    "an application called settle(), which waits for applications and so for its own caller; call "
    "it in the test"
)


@pytest.fixture
def fake(fake: FakeConversations) -> FakeConversations:
    fake.conversations.add(unique_name="talk")
    return fake


def test_wsgi_is_called_in_another_thread_or_in_that_of_the_test(fake: FakeConversations) -> None:
    threads: list[threading.Thread] = []

    def handle(url: str, form: dict[str, str], signature: str) -> None:
        threads.append(threading.current_thread())

    fake.webhooks.deliver_to(with_flask(handle), public_url=HOOK, events=TOLD)
    say()
    fake.settle()
    fake.webhooks.deliver_to(with_flask(handle), public_url=HOOK, run_in="test")
    say()
    say()
    assert 1 == len(threads)
    fake.settle()

    assert [False, True, True] == [each is threading.current_thread() for each in threads]


async def _settles_in_a_loop(fake: FakeConversations, run_in: Any) -> None:
    seen = []

    def handle(url: str, form: dict[str, str], signature: str) -> None:
        seen.append(form["Body"])

    fake.webhooks.deliver_to(with_flask(handle), public_url=HOOK, events=TOLD, run_in=run_in)
    await asyncio.to_thread(say)

    await fake.settle_async()

    assert ["hi"] == seen


@pytest.mark.parametrize("run_in", ["thread", "test"])
def test_it_settles_in_a_loop(fake: FakeConversations, run_in: Any) -> None:
    asyncio.run(_settles_in_a_loop(fake, run_in))


def test_what_does_not_settle_is_listed(fake: FakeConversations) -> None:
    may_answer = threading.Event()

    def handle(url: str, form: dict[str, str], signature: str) -> None:
        may_answer.wait(5)

    fake.webhooks.deliver_to(with_flask(handle), public_url=HOOK, events=TOLD)
    say("one")
    say("two")

    with pytest.raises(TimeoutError) as late:
        fake.settle(within=0.5)

    assert (
        "webhooks did not settle within 0.5 seconds; settle(within=...) sets another limit; "
        "not finished:\n"
        "  onMessageAdded to https://desk.example/hook: the application has not responded\n"
        "  onMessageAdded to https://desk.example/hook: not sent yet"
    ) == str(late.value)
    may_answer.set()
    fake.settle()


def test_a_bot_that_answers_itself_is_stopped(fake: FakeConversations) -> None:
    def handle(url: str, form: dict[str, str], signature: str) -> None:
        say(f"{form['Index']}?", "bot")

    fake.webhooks.deliver_to(with_flask(handle), public_url=HOOK, events=TOLD)
    say()

    with pytest.raises(AssertionError) as stopped:
        fake.settle()

    assert (
        "webhooks do not end: each of 51 deliveries led to the next, and the fake dropped the last "
        "one; let the application ignore events that it caused itself; the last 4:\n"
        "  onMessageAdded '46?'\n"
        "  onMessageAdded '47?'\n"
        "  onMessageAdded '48?'\n"
        "  onMessageAdded '49?'"
    ) == str(stopped.value)
    fake.settle()


def test_many_messages_are_no_loop(fake: FakeConversations) -> None:
    fake.webhooks.deliver_to(with_flask(lambda *_: None), public_url=HOOK, events=TOLD)

    for number in range(80):
        say(str(number))

    delivered = fake.webhooks.assert_delivered("onMessageAdded", count=80)
    assert [*range(80)] == [each.params["index"] for each in delivered]


@pytest.mark.parametrize(
    "frozen",
    [
        pytest.param(lambda: time_machine.travel("2030-01-01", tick=False), id="time-machine"),
        pytest.param(lambda: freezegun.freeze_time("2030-01-01"), id="freezegun"),
    ],
)
def test_a_frozen_clock_keeps_nobody_waiting(frozen: Callable[[], Any]) -> None:
    with FakeConversations() as fake, frozen():
        fake.conversations.add(unique_name="talk")
        fake.webhooks.deliver_to(silent(), public_url=HOOK, events=TOLD, timeout=1)
        say()
        with pytest.raises(TimeoutError, match="did not settle within"):
            fake.settle(within=0.05)
        told = fake.webhooks.assert_delivered("onMessageAdded", failed=True)

    assert "no answer within 1 seconds" == told.error
    assert "2030-01-01T00:00:00.000Z" == told.form["DateCreated"]


def test_a_django_view_can_be_called_in_the_tests_own_thread(fake: FakeConversations) -> None:
    threads = []

    def handle(url: str, form: dict[str, str], signature: str) -> None:
        threads.append(threading.current_thread())

    fake.webhooks.deliver_to(with_django(handle), public_url=HOOK, events=TOLD, run_in="test")
    say()
    fake.settle()

    assert [threading.current_thread()] == threads


def test_what_pytest_raises_in_the_tests_own_thread_fails_the_test(
    fake: FakeConversations,
) -> None:
    def handle(url: str, form: dict[str, str], signature: str) -> None:
        pytest.fail("the bot must not be told of this")

    fake.webhooks.deliver_to(with_flask(handle), public_url=HOOK, events=TOLD, run_in="test")
    say()

    with pytest.raises(pytest.fail.Exception, match="the bot must not be told of this"):
        fake.settle()
    fake.settle()
    fake.webhooks.assert_delivered("onMessageAdded", failed=True)


@pytest.mark.parametrize("run_in", ["thread", "test"])
@pytest.mark.parametrize("kind", ["flask", "starlette", "aiohttp"])
def test_settle_in_a_handler_is_refused(fake: FakeConversations, kind: str, run_in: Any) -> None:
    refusals: list[str] = []

    def handle(url: str, form: dict[str, str], signature: str) -> None:
        with pytest.raises(RuntimeError) as refused:
            fake.settle()
        refusals.append(str(refused.value))

    async def run() -> None:
        app = APPLICATIONS[kind](handle)
        async with fake.webhooks.deliver_to(app, public_url=HOOK, events=TOLD, run_in=run_in):
            await asyncio.to_thread(say)

    asyncio.run(run())

    assert 200 == fake.webhooks.assert_delivered("onMessageAdded").status
    assert [REFUSAL] == refusals


def test_settle_waits_for_what_is_asked(asking: FakeConversations) -> None:
    asked = threading.Event()

    async def hook(request: StarletteRequest) -> PlainTextResponse:
        asked.set()
        await asyncio.sleep(0.1)
        return PlainTextResponse("")

    asking.webhooks.deliver_to(at_hook(hook), public_url=HOOK, events=["onMessageAdd"])
    worker = threading.Thread(target=say)
    worker.start()
    asked.wait(10)
    asking.settle()

    asking.webhooks.assert_delivered("onMessageAdd")
    worker.join()


def test_what_an_application_still_asks_when_a_test_ends_lands_in_its_fake() -> None:
    answered = threading.Event()

    def handle(url: str, form: dict[str, str], signature: str) -> None:
        if form["Author"] == "ada":
            answered.set()
            for number in range(20):
                say(str(number), "bot")

    with FakeConversations() as fake:
        fake.conversations.add(unique_name="talk")
        fake.webhooks.deliver_to(with_flask(handle), public_url=HOOK, events=TOLD)
        say()
        answered.wait(5)

    assert 21 == len(fake.messages)


def test_an_application_that_can_not_end_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "LIFESPAN_TIMEOUT", 0.1)
    may_end = threading.Event()

    def app(environ: object, start: Callable[..., Any]) -> list[bytes]:
        may_end.wait(10)
        start("204 No Content", [])
        return []

    warned = pytest.warns(WebhookWarning, match="an application did not end within 0.1 seconds")
    with warned, FakeConversations() as fake:
        fake.conversations.add(unique_name="talk")
        fake.webhooks.deliver_to(app, public_url=HOOK, events=TOLD)
        say()
    may_end.set()


def test_nothing_remains_of_a_fake_with_webhooks() -> None:
    before = {*threading.enumerate()}
    for kind in APPLICATIONS:
        with FakeConversations() as fake:
            fake.conversations.add(unique_name="talk")
            app = APPLICATIONS[kind](lambda *_: None)
            fake.webhooks.deliver_to(app, public_url=HOOK, events=TOLD)
            say()
            fake.webhooks.assert_delivered("onMessageAdded")

    assert set() == {*threading.enumerate()} - before
    with pytest.raises(RuntimeError, match="the fake of FakeConversations has ended"):
        fake.webhooks.deliver_to(app, public_url=HOOK)


@pytest.mark.parametrize("kind", APPLICATIONS)
def test_handler_may_take_longer_than_twilio_waits_without_a_timeout(
    fake: FakeConversations, kind: str
) -> None:
    inside, may_answer = threading.Event(), threading.Event()

    def handle(url: str, form: dict[str, str], signature: str) -> None:
        inside.set()
        assert may_answer.wait(10)

    fake.webhooks.deliver_to(APPLICATIONS[kind](handle), public_url=HOOK, events=TOLD, timeout=None)
    say()
    assert inside.wait(10)
    with pytest.raises(TimeoutError, match="did not settle within"):
        fake.settle(within=0.1)
    may_answer.set()
    fake.settle(within=60)

    assert 200 == fake.webhooks.assert_delivered("onMessageAdded").status


@pytest.mark.parametrize("timeout", [0, -1, True, "5"])
def test_timeout_that_is_no_number_of_seconds_is_refused(
    fake: FakeConversations, timeout: Any
) -> None:
    with pytest.raises(
        TypeError, match="timeout must be a number of seconds above 0, or None for no limit"
    ):
        fake.webhooks.deliver_to(silent(), public_url=HOOK, timeout=timeout)


@pytest.mark.rule("webhook-timeout")
def test_twilio_does_not_wait_for_ever(fake: FakeConversations) -> None:
    fake.webhooks.deliver_to(silent(), public_url=HOOK, events=TOLD, timeout=0.05)
    say()

    delivered = fake.webhooks.assert_delivered("onMessageAdded", body="hi", failed=True)

    assert ("no answer within 0.05 seconds", 0) == (delivered.error, delivered.attempt)
