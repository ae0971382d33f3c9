"""Timeouts of deliveries, and the end of applications and fakes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from aiohttp import ClientTimeout
from applications import APPLICATIONS, EVENTS, HOOK, say, silent, with_flask

from pytest_conversations_fake import FakeConversations, WebhookWarning
from pytest_conversations_fake.webhooks import worker


@pytest.fixture
def fake(fake: FakeConversations) -> FakeConversations:
    fake.conversations.add(unique_name="talk")
    return fake


def test_requests_of_an_application_at_the_end_arrive_in_its_fake() -> None:
    answered = threading.Event()

    def handle(url: str, form: dict[str, str], signature: str) -> None:
        if form["Author"] == "ada":
            answered.set()
            for number in range(20):
                say(str(number), "bot")

    with FakeConversations() as fake:
        fake.conversations.add(unique_name="talk")
        fake.webhooks.deliver_to(with_flask(handle), public_url=HOOK, events=EVENTS)
        say()
        answered.wait(5)

    assert 21 == len(fake.messages)


def test_application_that_does_not_end_causes_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "LIFESPAN_TIMEOUT", 0.1)
    may_end = threading.Event()

    def app(environ: object, start: Callable[..., Any]) -> list[bytes]:
        may_end.wait(10)
        start("204 No Content", [])
        return []

    warned = pytest.warns(WebhookWarning, match="an application did not end within 0.1 seconds")
    with warned, FakeConversations() as fake:
        fake.conversations.add(unique_name="talk")
        fake.webhooks.deliver_to(app, public_url=HOOK, events=EVENTS)
        say()
    may_end.set()


def test_no_thread_remains_after_the_end() -> None:
    before = {*threading.enumerate()}
    for kind in APPLICATIONS:
        with FakeConversations() as fake:
            fake.conversations.add(unique_name="talk")
            app = APPLICATIONS[kind](lambda *_: None)
            fake.webhooks.deliver_to(app, public_url=HOOK, events=EVENTS)
            say()
            fake.webhooks.assert_delivered("onMessageAdded")

    assert set() == {*threading.enumerate()} - before
    with pytest.raises(RuntimeError, match="the fake of FakeConversations has ended"):
        fake.webhooks.deliver_to(app, public_url=HOOK)


@pytest.mark.parametrize("kind", APPLICATIONS)
def test_delivery_without_a_timeout_waits_for_its_handler(
    fake: FakeConversations, kind: str
) -> None:
    inside, may_answer = threading.Event(), threading.Event()

    def handle(url: str, form: dict[str, str], signature: str) -> None:
        inside.set()
        assert may_answer.wait(10)

    fake.webhooks.deliver_to(
        APPLICATIONS[kind](handle), public_url=HOOK, events=EVENTS, timeout=None
    )
    say()
    assert inside.wait(10)
    with pytest.raises(TimeoutError, match="did not settle within"):
        fake.settle(within=0.01)
    may_answer.set()
    fake.settle(within=60)

    assert 200 == fake.webhooks.assert_delivered("onMessageAdded").status


def test_timeout_of_aiohttp_does_not_limit_a_delivery(
    fake: FakeConversations, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aiohttp.client.DEFAULT_TIMEOUT", ClientTimeout(total=0.05))
    may_answer = threading.Event()

    def handle(url: str, form: dict[str, str], signature: str) -> None:
        may_answer.wait(10)

    app = APPLICATIONS["aiohttp"](handle)
    fake.webhooks.deliver_to(app, public_url=HOOK, events=EVENTS, timeout=None)
    say()
    with pytest.raises(TimeoutError, match="did not settle within"):
        fake.settle(within=0.2)
    may_answer.set()

    assert 200 == fake.webhooks.assert_delivered("onMessageAdded").status


@pytest.mark.rule("webhook-timeout")
def test_delivery_without_a_response_times_out(fake: FakeConversations) -> None:
    fake.webhooks.deliver_to(silent(), public_url=HOOK, events=EVENTS, timeout=0.05)
    say()

    delivered = fake.webhooks.assert_delivered("onMessageAdded", body="hi", failed=True)

    assert ("no answer within 0.05 seconds", 0) == (delivered.error, delivered.attempt)
