"""Webhooks on their way: to applications of every kind, signed, and where they belong."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections.abc import Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from applications import (
    APPLICATIONS,
    HOOK,
    TOLD,
    answering,
    answers_nothing,
    at_hook,
    say,
    with_flask,
)
from fastapi import FastAPI
from flask import Flask
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request as StarletteRequest
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from pytest_conversations_fake import FakeConversations


@pytest.fixture
def fake(fake: FakeConversations) -> FakeConversations:
    fake.conversations.add(unique_name="talk")
    return fake


@pytest.mark.rule("webhook-signature")
@pytest.mark.parametrize("kind", APPLICATIONS)
def test_an_application_can_tell_that_it_is_twilio(fake: FakeConversations, kind: str) -> None:
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
    fake.webhooks.deliver_to(app, public_url=HOOK, events=TOLD)

    say("häl & lo +1")
    fake.settle()

    assert [(True, False, HOOK, "häl & lo +1")] == seen
    delivered = fake.webhooks.assert_delivered("onMessageAdded", body="häl & lo +1")
    assert 200 == delivered.status


@pytest.mark.parametrize("kind", APPLICATIONS)
def test_an_application_may_answer_by_the_api(fake: FakeConversations, kind: str) -> None:
    def handle(url: str, form: dict[str, str], signature: str) -> None:
        if form["Author"] != "bot":
            say(f"re: {form['Body']}", "bot")

    fake.webhooks.deliver_to(APPLICATIONS[kind](handle), public_url=HOOK, events=TOLD)

    say("hello")

    fake.webhooks.assert_delivered("onMessageAdded", body="re: hello", author="bot")
    assert ["hello", "re: hello"] == [each.body for each in fake.messages]


@pytest.mark.parametrize("kind", APPLICATIONS)
def test_a_handler_that_raises_is_shown(
    fake: FakeConversations, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    logging.disable()  # each framework has its own way to complain, and uses it

    def handle(url: str, form: dict[str, str], signature: str) -> None:
        raise RuntimeError("no desk today")

    fake.webhooks.deliver_to(APPLICATIONS[kind](handle), public_url=HOOK, events=TOLD)
    try:
        say()
        delivered = fake.webhooks.assert_delivered("onMessageAdded", failed=True)
    finally:
        logging.disable(logging.NOTSET)

    assert 500 == delivered.status or "no desk today" in str(delivered.error)
    report = str(fake.report())
    assert "webhook: onMessageAdded to https://desk.example/hook -> " in report
    assert "the application answered: " in report or "the application raised:" in report


@pytest.mark.rule("webhook-signature", "event-form")
@pytest.mark.parametrize("token", ["theirs", None])
def test_with_get_everything_is_in_the_query(token: str | None) -> None:
    seen = []

    def app(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        url = f"https://desk.example{environ['PATH_INFO']}?{environ['QUERY_STRING']}"
        validator = RequestValidator(token or fake.auth_token)
        seen.append(validator.validate(url, {}, environ["HTTP_X_TWILIO_SIGNATURE"]))
        seen.append("Body=hi" in environ["QUERY_STRING"] and "x=1&" in environ["QUERY_STRING"])
        start("204 No Content", [])
        return []

    with FakeConversations() as fake:
        fake.conversations.add(unique_name="talk")
        fake.webhooks.deliver_to(app, public_url="https://desk.example", auth_token=token)
        Client().conversations.v1.configuration.webhooks().update(
            post_webhook_url=f"{HOOK}?x=1", filters=TOLD, method="GET"
        )
        say()
        fake.webhooks.assert_delivered("onMessageAdded")

    assert [True, True] == seen


@pytest.mark.rule("webhook-signature")
def test_it_is_signed_with_the_token_that_the_application_uses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sid = "AC" + "1" * 32
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", "dev")
    valid = []

    def handle(url: str, form: dict[str, str], signature: str) -> None:
        valid.append(RequestValidator("theirs").validate(url, form, signature))

    with FakeConversations() as fake:
        fake.webhooks.deliver_to(with_flask(handle), public_url=HOOK, events=TOLD)
        talk = Client(sid, "theirs").conversations.v1.conversations.create()
        talk.messages.create(body="hi", x_twilio_webhook_enabled="true")
        fake.settle()

    assert [True] == valid


def test_asgi_runs_on_a_loop_of_its_own_with_its_lifespan() -> None:
    seen: list[str] = []

    @asynccontextmanager
    async def lifespan(app: Starlette) -> Any:
        seen.append(f"up in {threading.current_thread().name}")
        yield {"desk": "Support"}
        seen.append("down")

    async def hook(request: StarletteRequest) -> PlainTextResponse:
        seen.append(f"{request.state.desk} in {threading.current_thread().name}")
        return PlainTextResponse("")

    app = Starlette(routes=[Route("/hook", hook, methods=["POST"])], lifespan=lifespan)

    with FakeConversations() as fake:
        fake.conversations.add(unique_name="talk")
        fake.webhooks.deliver_to(app, public_url=HOOK, events=TOLD)
        say()
        fake.settle()

    thread = "fake_conversations applications"
    assert [f"up in {thread}", f"Support in {thread}", "down"] == seen
    assert thread not in [each.name for each in threading.enumerate()]


def test_an_application_that_can_not_start_up_is_an_error(fake: FakeConversations) -> None:
    @asynccontextmanager
    async def lifespan(app: Starlette) -> Any:
        raise RuntimeError("no database")
        yield

    with pytest.raises(RuntimeError, match=r"(?s)failed at lifespan\.startup: .*no database"):
        fake.webhooks.deliver_to(Starlette(lifespan=lifespan), public_url=HOOK)


def test_an_address_of_this_machine_stands_for_a_public_url(fake: FakeConversations) -> None:
    with FakeConversations(redirect=False) as another:  # a server that is there anyway
        fake.webhooks.deliver_to(f"{another.url}/v1", public_url=HOOK, events=TOLD)
        say()

        delivered = fake.webhooks.assert_delivered("onMessageAdded", failed=True)

        assert (401, 20003) == (delivered.status, json.loads(delivered.answer)["code"])
        assert "desk.example" == another.requests[0].headers["host"]
        assert "https" == another.requests[0].headers["x-forwarded-proto"]


def test_urls_of_this_machine_need_no_target(fake: FakeConversations) -> None:
    with FakeConversations(redirect=False) as another:
        Client().conversations.v1.configuration.webhooks().update(
            post_webhook_url=f"{another.url}/v1/Services", filters=TOLD
        )
        say()

        assert 401 == fake.webhooks.assert_delivered("onMessageAdded", failed=True).status


def test_nothing_is_sent_anywhere_else(fake: FakeConversations) -> None:
    Client().conversations.v1.configuration.webhooks().update(
        post_webhook_url="https://desk.example/hook", filters=TOLD
    )
    say()

    delivered = fake.webhooks.assert_delivered("onMessageAdded")

    assert (None, "no target") == (delivered.status, delivered.error)
    fake._check_strict()


def test_who_does_not_listen_is_no_connection(fake: FakeConversations) -> None:
    fake.webhooks.deliver_to("http://127.0.0.1:9", events=TOLD)
    say()

    delivered = fake.webhooks.assert_delivered("onMessageAdded", failed=True)
    assert "no connection: " in str(delivered.error)


@pytest.mark.parametrize(
    ("target", "options", "error", "text"),
    [
        (5, {"public_url": HOOK}, TypeError, "a target is a URL, or an application of ASGI, WSGI"),
        ("desk", {"public_url": HOOK}, TypeError, "a target is a URL"),
        (answering(), {"public_url": "https://u:99999"}, ValueError, "public_url cannot be .*Port"),
        (answering(), {"public_url": f"https://{'ä' * 64}.de"}, ValueError, "public_url cannot be"),
        (with_flask, {}, TypeError, "public_url is a URL, as in https://desk.example, not None"),
        ("http://a", {"events": ["onMesageAdded"]}, ValueError, "did you mean 'onMessageAdded'"),
        ("http://a", {"run_in": "test"}, TypeError, "run_in='test' is for applications"),
        (with_flask, {"public_url": HOOK, "run_in": "tests"}, ValueError, "did you mean 'test'"),
        (answering(), {"public_url": HOOK, "run_in": "test"}, RuntimeError, "no event loop runs"),
    ],
)
def test_what_is_no_target_is_said(
    fake: FakeConversations, target: object, options: Any, error: type[Exception], text: str
) -> None:
    with pytest.raises(error, match=text):
        fake.webhooks.deliver_to(target, **options)


@pytest.mark.parametrize("target", ["ftp://u:hunter2@desk", with_flask])
def test_a_password_in_what_is_no_url_is_not_shown(fake: FakeConversations, target: object) -> None:
    with pytest.raises(TypeError) as refused:
        fake.webhooks.deliver_to(target, public_url="ftp://u:hunter2@desk")

    text = "public_url is a URL, as in https://desk.example, not 'ftp://u:***@desk'"
    assert text == str(refused.value)


def test_what_was_not_delivered_is_missed(fake: FakeConversations) -> None:
    with pytest.raises(AssertionError, match="no webhook is configured"):
        fake.webhooks.assert_delivered("onMessageAdded", body="hi")
    fake.webhooks.deliver_to(with_flask(lambda *_: None), public_url=HOOK, events=TOLD)
    say("hello")
    with pytest.raises(AssertionError, match="body: 'hello', expected 'hi'"):
        fake.webhooks.assert_delivered("onMessageAdded", body="hi", index=0)
    with pytest.raises(AssertionError, match="expected no onMessageAdded"):
        fake.webhooks.assert_not_delivered("onMessageAdded", body="hello")
    with pytest.raises(ValueError, match="there is no event 'onMessageAded'; did you mean"):
        fake.webhooks.assert_delivered("onMessageAded")
    with pytest.raises(TypeError, match="onMessageAdded has no parameter 'bod'; did you"):
        fake.webhooks.assert_delivered("onMessageAdded", bod="hi")


@pytest.mark.parametrize("error", [SystemExit, KeyboardInterrupt, asyncio.CancelledError])
@pytest.mark.parametrize("kind", ["starlette", "flask"])
def test_nothing_that_an_application_raises_stops_the_others(
    fake: FakeConversations, kind: str, error: type[BaseException]
) -> None:
    def handle(url: str, form: dict[str, str], signature: str) -> None:
        if form["Body"] == "bad":
            raise error

    fake.webhooks.deliver_to(APPLICATIONS[kind](handle), public_url=HOOK, events=TOLD)
    say("bad")
    say("good")

    failed = fake.webhooks.assert_delivered("onMessageAdded", body="bad", failed=True)
    fake.webhooks.assert_delivered("onMessageAdded", body="good")

    assert 500 == failed.status
    assert error.__name__ in str(failed.error)


def test_an_answer_may_come_in_parts_and_work_go_on_behind_it(fake: FakeConversations) -> None:
    done = threading.Event()

    async def hook(request: StarletteRequest) -> StreamingResponse:
        async def parts() -> Any:
            for part in ("one ", "two"):
                await asyncio.sleep(0.02)
                yield part

        async def behind() -> None:
            await asyncio.sleep(0.05)
            done.set()

        return StreamingResponse(parts(), background=BackgroundTask(behind))

    fake.webhooks.deliver_to(at_hook(hook), public_url=HOOK, events=TOLD)
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
    fake.webhooks.deliver_to(app, public_url=HOOK, events=TOLD)
    say()

    delivered = fake.webhooks.assert_delivered("onMessageAdded", failed=True)

    assert f"RuntimeError: the application {error}\n" in str(delivered.error)


@pytest.mark.parametrize(
    ("configured", "public_url", "found"),
    [
        ("https://Desk.example/hook", "https://desk.example", True),
        ("https://desk.example:443/hook", "https://desk.example/hook", True),
        ("https://desk.example/hook?x=1", "https://DESK.example/hook/", True),
        ("https://u:p@desk.example/hook", "https://desk.example", True),
        ("https://desk.example.evil/hook", "https://desk.example", False),
        ("https://desk.example/hooks", "https://desk.example/hook", False),
        ("https://desk.example:8443/hook", "https://desk.example", False),
        ("http://desk.example/hook", "https://desk.example", False),
    ],
)
def test_which_urls_a_public_url_stands_for(
    fake: FakeConversations, configured: str, public_url: str, found: bool
) -> None:
    fake.webhooks.deliver_to(answers_nothing, public_url=public_url)
    webhooks = Client().conversations.v1.configuration.webhooks()
    webhooks.update(post_webhook_url=configured, filters=TOLD)
    say()

    told = fake.webhooks.assert_delivered("onMessageAdded")

    assert (200 if found else None) == told.status


def test_the_address_of_an_application_may_have_a_path(fake: FakeConversations) -> None:
    with FakeConversations(redirect=False) as another:
        for public_url in (None, "https://desk.example/twilio"):
            base = f"{another.url}/desk"
            url = base if public_url is None else f"{public_url}/messages?x=1"
            fake.webhooks.deliver_to(base, public_url=public_url)
            webhooks = Client().conversations.v1.configuration.webhooks()
            webhooks.update(post_webhook_url=url, filters=TOLD)
            say()
            fake.settle()

        assert ["/desk", "/desk/messages"] == [each.path for each in another.requests]
        fake.webhooks.assert_delivered("onMessageAdded", failed=True, count=2)


@pytest.mark.parametrize("address", ["http://desk.example", "http://192.0.2.7/hook"])
def test_webhooks_stay_on_this_machine(fake: FakeConversations, address: str) -> None:
    with pytest.raises(ValueError, match="webhooks are delivered on this machine only"):
        fake.webhooks.deliver_to(address, public_url=HOOK)


def test_an_account_has_one_webhook(fake: FakeConversations) -> None:
    fake.webhooks.deliver_to(answering(200), public_url=HOOK, events=TOLD)

    with pytest.raises(ValueError, match=f"is configured for {HOOK} already"):
        fake.webhooks.deliver_to(answering(200), public_url="https://another.example", events=TOLD)
    with pytest.raises(TypeError, match="events is a list of event names, not 'onMessageAdded'"):
        fake.webhooks.deliver_to(answering(200), public_url=HOOK, events="onMessageAdded")


@pytest.mark.parametrize("target", [Flask, FastAPI, with_flask, lambda request: None])
def test_what_is_not_called_yet_is_said(fake: FakeConversations, target: object) -> None:
    with pytest.raises(TypeError, match="call it first"):
        fake.webhooks.deliver_to(target, public_url=HOOK)
