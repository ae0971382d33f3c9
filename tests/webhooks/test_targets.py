"""Delivery to applications of every kind."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from applications import APPLICATIONS, EVENTS, HOOK, at_hook, say
from starlette.background import BackgroundTask
from starlette.requests import Request as StarletteRequest
from starlette.responses import StreamingResponse
from twilio.request_validator import RequestValidator

from pytest_conversations_fake import FakeConversations


@pytest.fixture
def fake(fake: FakeConversations) -> FakeConversations:
    fake.conversations.add(unique_name="talk")
    return fake


@pytest.mark.rule("webhook-signature")
@pytest.mark.parametrize("kind", APPLICATIONS)
def test_application_validates_the_signature(fake: FakeConversations, kind: str) -> None:
    validator = RequestValidator(fake.auth_token)
    seen: list[tuple[bool, bool, str, str]] = []

    def handle(url: str, form: dict[str, str], signature: str) -> None:
        tampered = {**form, "Body": "give me all your money"}
        seen.append(
            (
                validator.validate(url, form, signature),
                validator.validate(url, tampered, signature),
                url,
                form["Body"],
            )
        )

    app = APPLICATIONS[kind](handle)
    fake.webhooks.deliver_to(app, public_url=HOOK, events=EVENTS)

    say("häl & lo +1")
    fake.settle()

    assert [(True, False, HOOK, "häl & lo +1")] == seen
    delivered = fake.webhooks.assert_delivered("onMessageAdded", body="häl & lo +1")
    assert 200 == delivered.status


@pytest.mark.parametrize("kind", APPLICATIONS)
def test_application_answers_through_the_api(fake: FakeConversations, kind: str) -> None:
    def handle(url: str, form: dict[str, str], signature: str) -> None:
        if form["Author"] != "bot":
            say(f"re: {form['Body']}", "bot")

    fake.webhooks.deliver_to(APPLICATIONS[kind](handle), public_url=HOOK, events=EVENTS)

    say("hello")

    fake.webhooks.assert_delivered("onMessageAdded", body="re: hello", author="bot")
    assert ["hello", "re: hello"] == [each.body for each in fake.messages]


@pytest.fixture
def without_logging() -> Iterator[None]:
    """Each framework logs the exception of a handler in its own way."""
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.usefixtures("without_logging")
@pytest.mark.parametrize("kind", APPLICATIONS)
def test_error_page_of_a_framework_is_in_the_report(fake: FakeConversations, kind: str) -> None:
    def handle(url: str, form: dict[str, str], signature: str) -> None:
        raise RuntimeError("no desk today")

    fake.webhooks.deliver_to(APPLICATIONS[kind](handle), public_url=HOOK, events=EVENTS)
    say()

    delivered = fake.webhooks.assert_delivered("onMessageAdded", failed=True)
    assert (500, None) == (delivered.status, delivered.error)
    report = str(fake.report())
    assert "webhook: onMessageAdded to https://desk.example/hook -> 500" in report
    assert "the application answered: " in report


async def raising_asgi(scope: Any, receive: Any, send: Any) -> None:
    raise RuntimeError("no desk today")


def raising_wsgi(environ: Any, start_response: Any) -> list[bytes]:
    raise RuntimeError("no desk today")


@pytest.mark.parametrize("app", [raising_asgi, raising_wsgi])
def test_exception_of_an_application_is_in_the_report(fake: FakeConversations, app: Any) -> None:
    fake.webhooks.deliver_to(app, public_url=HOOK, events=EVENTS)
    say()

    delivered = fake.webhooks.assert_delivered("onMessageAdded", failed=True)
    assert 500 == delivered.status
    assert str(delivered.error).endswith("RuntimeError: no desk today\n")
    frames = [line for line in str(delivered.error).splitlines() if line.startswith("  File")]
    assert [app.__name__] == [line.split()[-1] for line in frames]
    assert "the application raised:" in str(fake.report())


def test_function_that_creates_a_wsgi_application_is_no_application(
    fake: FakeConversations,
) -> None:
    def create_app(config: object = None, debug: object = None) -> object:
        return object()

    fake.webhooks.deliver_to(create_app, public_url=HOOK, events=EVENTS)
    say()

    delivered = fake.webhooks.assert_delivered("onMessageAdded", failed=True)
    assert (
        "TypeError: the application returned object, not an iterable of bytes; if it is a function "
        "that creates the application, call it first\n" == delivered.error
    )


def test_address_receives_the_webhooks_of_its_public_url(fake: FakeConversations) -> None:
    with FakeConversations(redirect=False) as another:  # a server that is there anyway
        fake.webhooks.deliver_to(f"{another.url}/v1", public_url=HOOK, events=EVENTS)
        say()

        delivered = fake.webhooks.assert_delivered("onMessageAdded", failed=True)

        assert (401, 20003) == (delivered.status, json.loads(delivered.answer)["code"])
        assert "desk.example" == another.requests[0].headers["host"]
        assert "https" == another.requests[0].headers["x-forwarded-proto"]


def test_address_without_a_server_fails_the_delivery(fake: FakeConversations) -> None:
    fake.webhooks.deliver_to("http://127.0.0.1:9", events=EVENTS)
    say()

    delivered = fake.webhooks.assert_delivered("onMessageAdded", failed=True)
    assert "no connection: " in str(delivered.error)


@pytest.mark.parametrize("error", [SystemExit, KeyboardInterrupt, asyncio.CancelledError])
@pytest.mark.parametrize("kind", ["starlette", "flask"])
def test_base_exception_of_an_application_fails_its_delivery_only(
    fake: FakeConversations, kind: str, error: type[BaseException]
) -> None:
    def handle(url: str, form: dict[str, str], signature: str) -> None:
        if form["Body"] == "bad":
            raise error

    fake.webhooks.deliver_to(APPLICATIONS[kind](handle), public_url=HOOK, events=EVENTS)
    say("bad")
    say("good")

    failed = fake.webhooks.assert_delivered("onMessageAdded", body="bad", failed=True)
    fake.webhooks.assert_delivered("onMessageAdded", body="good")

    assert 500 == failed.status
    assert error.__name__ in str(failed.error)


def test_response_in_parts_is_complete_and_settle_awaits_background_work(
    fake: FakeConversations,
) -> None:
    done = threading.Event()

    async def hook(request: StarletteRequest) -> StreamingResponse:
        async def parts() -> Any:
            for part in ("one ", "two"):
                await asyncio.sleep(0)
                yield part

        async def work() -> None:
            for _ in range(100):
                await asyncio.sleep(0)
            done.set()

        return StreamingResponse(parts(), background=BackgroundTask(work))

    fake.webhooks.deliver_to(at_hook(hook), public_url=HOOK, events=EVENTS)
    say()
    delivered = fake.webhooks.assert_delivered("onMessageAdded")

    assert (200, "one two", True) == (delivered.status, delivered.answer, done.is_set())


@pytest.mark.parametrize(
    ("app", "error"),
    [
        pytest.param(lambda environ, start: [], "did not call start_response", id="WSGI"),
        pytest.param(
            lambda scope, receive, send: asyncio.sleep(0),
            "returned without a complete response",
            id="ASGI",
        ),
    ],
)
def test_application_without_a_response_fails_the_delivery(
    fake: FakeConversations, app: object, error: str
) -> None:
    fake.webhooks.deliver_to(app, public_url=HOOK, events=EVENTS)
    say()

    delivered = fake.webhooks.assert_delivered("onMessageAdded", failed=True)

    assert f"RuntimeError: the application {error}\n" in str(delivered.error)
