"""Webhooks on their way: to applications of every kind, signed, in order, and without end."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import freezegun
import pytest
import requests
import time_machine
from aiohttp import web
from django.conf import settings as django_settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path as django_path
from fastapi import FastAPI, Request, Response
from flask import Flask
from flask import request as flask_request
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request as StarletteRequest
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from pytest_conversations_fake import FakeConversations
from pytest_conversations_fake.delivery import office
from pytest_conversations_fake.webhooks import WebhookWarning

HOOK = "https://desk.example/hook"
TOLD = ["onMessageAdded"]

Handler = Callable[[str, dict[str, str], str], "int | None"]


@pytest.fixture
def fake() -> Iterator[FakeConversations]:
    with FakeConversations() as fake:
        fake.conversations.add(unique_name="talk")
        yield fake


def say(body: str = "hi", author: str = "ada") -> None:
    talk = Client().conversations.v1.conversations("talk")
    talk.messages.create(body=body, author=author, x_twilio_webhook_enabled="true")


# The same application five times: it hands URL, form and signature to a handler


def with_flask(handle: Handler) -> Flask:
    app = Flask("desk")

    @app.post("/hook")
    def hook() -> tuple[str, int]:
        signature = flask_request.headers["X-Twilio-Signature"]
        return "", handle(flask_request.url, flask_request.form.to_dict(), signature) or 200

    return app


def with_starlette(handle: Handler) -> Starlette:
    async def hook(request: StarletteRequest) -> PlainTextResponse:
        form = {name: str(text) for name, text in (await request.form()).items()}
        signature = request.headers["x-twilio-signature"]
        return PlainTextResponse("", handle(str(request.url), form, signature) or 200)

    return Starlette(routes=[Route("/hook", hook, methods=["POST"])])


def with_fastapi(handle: Handler) -> FastAPI:
    app = FastAPI()

    async def hook(request: Request) -> Response:
        form = {name: str(text) for name, text in (await request.form()).items()}
        signature = request.headers["x-twilio-signature"]
        return Response(status_code=handle(str(request.url), form, signature) or 200)

    app.post("/hook")(hook)
    return app


def with_aiohttp(handle: Handler) -> web.Application:
    async def hook(request: web.Request) -> web.Response:
        form = {name: str(text) for name, text in (await request.post()).items()}
        url = request.url.with_scheme(request.headers["X-Forwarded-Proto"])
        signature = request.headers["X-Twilio-Signature"]
        return web.Response(status=handle(str(url), form, signature) or 200)

    app = web.Application()
    app.router.add_post("/hook", hook)
    return app


_django_handler: list[Handler] = []


def _django_view(request: HttpRequest) -> HttpResponse:
    form = {name: str(text) for name, text in request.POST.items()}
    signature = request.headers["X-Twilio-Signature"]
    url = request.build_absolute_uri()
    return HttpResponse(status=_django_handler[0](url, form, signature) or 200)


urlpatterns = [django_path("hook", _django_view)]


def with_django(handle: Handler) -> Any:
    if not django_settings.configured:
        django_settings.configure(
            ALLOWED_HOSTS=["desk.example"], ROOT_URLCONF=__name__, SECRET_KEY="x"
        )
    _django_handler[:] = [handle]
    return get_wsgi_application()


APPLICATIONS = {
    "flask": with_flask,
    "starlette": with_starlette,
    "fastapi": with_fastapi,
    "aiohttp": with_aiohttp,
    "django": with_django,
}


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
    report = fake.report()
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


def silent() -> Starlette:
    """An application that never answers."""

    async def hook(request: StarletteRequest) -> PlainTextResponse:
        await asyncio.Event().wait()
        raise AssertionError

    return Starlette(routes=[Route("/hook", hook, methods=["POST"])])


# Where and when


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


def test_wsgi_is_called_in_another_thread_or_by_settle(fake: FakeConversations) -> None:
    threads: list[threading.Thread] = []

    def handle(url: str, form: dict[str, str], signature: str) -> None:
        threads.append(threading.current_thread())

    fake.webhooks.deliver_to(with_flask(handle), public_url=HOOK, events=TOLD)
    say()
    fake.settle()
    fake.webhooks.deliver_to(with_flask(handle), public_url=HOOK, by_settle=True)
    say()
    say()
    assert 1 == len(threads)
    fake.settle()

    assert [False, True, True] == [each is threading.current_thread() for each in threads]


async def _settles_in_a_loop(fake: FakeConversations, by_settle: bool) -> None:
    seen = []

    def handle(url: str, form: dict[str, str], signature: str) -> None:
        seen.append(form["Body"])

    fake.webhooks.deliver_to(with_flask(handle), public_url=HOOK, events=TOLD, by_settle=by_settle)
    await asyncio.to_thread(say)

    await fake.settle_async()

    assert ["hi"] == seen


@pytest.mark.parametrize("by_settle", [False, True])
def test_it_settles_in_a_loop(fake: FakeConversations, by_settle: bool) -> None:
    asyncio.run(_settles_in_a_loop(fake, by_settle))


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
    fake.judge()


def test_who_does_not_listen_is_no_connection(fake: FakeConversations) -> None:
    fake.webhooks.deliver_to("http://127.0.0.1:9", events=TOLD)
    say()

    delivered = fake.webhooks.assert_delivered("onMessageAdded", failed=True)
    assert "no connection: " in str(delivered.error)


@pytest.mark.rule("webhook-timeout")
def test_twilio_does_not_wait_for_ever(
    fake: FakeConversations, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(office, "LIMIT", 0.05)
    fake.webhooks.deliver_to(silent(), public_url=HOOK, events=TOLD)
    say()

    delivered = fake.webhooks.assert_delivered("onMessageAdded", body="hi", failed=True)

    assert ("no answer within 0.05 seconds", 0) == (delivered.error, delivered.attempt)


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
        "not settled, as these are still to be delivered:\n"
        "  onMessageAdded to https://desk.example/hook, which has not answered yet\n"
        "  onMessageAdded to https://desk.example/hook"
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
        "webhooks went on and on: each of 51 deliveries led to the next, so this is where it was "
        "stopped; the last of them:\n"
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


# Pre-events


@pytest.fixture
def asking() -> Iterator[FakeConversations]:
    with FakeConversations(assume={"pre-events": "everybody"}) as fake:
        fake.conversations.add(unique_name="talk")
        yield fake


def answering(status: int, text: str = "") -> Any:
    async def hook(request: StarletteRequest) -> PlainTextResponse:
        return PlainTextResponse(text, status)

    return Starlette(routes=[Route("/hook", hook, methods=["POST"])])


@pytest.mark.rule("pre-events")
def test_requests_ask_nobody_unless_it_is_assumed(fake: FakeConversations) -> None:
    fake.webhooks.deliver_to(answering(500), public_url=HOOK, events=["onMessageAdd"])

    say()

    fake.webhooks.assert_not_delivered("onMessageAdd")
    assert 1 == len(fake.messages)


@pytest.mark.rule("pre-events", "pre-event-refusal")
@pytest.mark.parametrize("status", [400, 500])
def test_an_application_may_refuse(asking: FakeConversations, status: int) -> None:
    asking.webhooks.deliver_to(answering(status), public_url=HOOK, events=["onMessageAdd"])

    with pytest.raises(Exception, match="Webhook disabled processing of command"):
        say()

    asking.messages.assert_created(refused=50056)
    assert 0 == len(asking.messages)
    assert 403 == asking.requests[-1].status
    told = asking.webhooks.assert_delivered("onMessageAdd", body="hi", author="ada", failed=True)
    assert not {"MessageSid", "Index", "DateCreated"} & told.form.keys()


@pytest.mark.rule("pre-event-changes")
def test_an_application_may_change_what_is_done(asking: FakeConversations) -> None:
    changed = '{"body": "HI", "author": "censor", "attributes": {"a": 1}, "index": 7}'
    asking.webhooks.deliver_to(
        answering(200, changed), public_url=HOOK, events=["onMessageAdd", "onMessageAdded"]
    )

    say()

    said = asking.messages.one()
    assert ("HI", "censor", '{"a": 1}', 0) == (said.body, said.author, said.attributes, said.index)
    asking.webhooks.assert_delivered("onMessageAdded", body="HI")


@pytest.mark.rule("pre-event-changes")
def test_what_it_changes_follows_the_rules(asking: FakeConversations) -> None:
    asking.webhooks.deliver_to(
        answering(200, '{"attributes": "{"}'), public_url=HOOK, events=["onMessageAdd"]
    )

    with pytest.raises(Exception, match="Attributes not valid JSON"):
        say()

    asking.messages.assert_created(refused=50304)


@pytest.mark.rule("pre-event-failures")
@pytest.mark.parametrize("answer", ["", "{}", "[]", "ok", '{"body": null}'])
def test_what_can_not_be_read_changes_nothing(asking: FakeConversations, answer: str) -> None:
    asking.webhooks.deliver_to(answering(200, answer), public_url=HOOK, events=["onMessageAdd"])

    say()

    assert "hi" == asking.messages.one().body


@pytest.mark.rule("pre-event-failures", "webhook-timeout")
@pytest.mark.filterwarnings("ignore::pytest_conversations_fake.webhooks.WebhookWarning")
def test_without_an_answer_nothing_is_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "LIMIT", 0.05)
    with FakeConversations(assume={"pre-events": "everybody"}) as fake:
        fake.conversations.add(unique_name="talk")
        fake.webhooks.deliver_to(silent(), public_url=HOOK, events=["onMessageAdd"])
        say()
        assert "hi" == fake.messages.one().body


def test_an_application_on_a_loop_that_is_held_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(office, "LIMIT", 0.05)

    async def hook(request: web.Request) -> web.Response:
        raise AssertionError

    async def held() -> None:
        app = web.Application()
        app.router.add_post("/hook", hook)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = "http://{}:{}/hook".format(*runner.addresses[0])
        try:
            with FakeConversations(assume={"pre-events": "everybody"}) as fake:
                fake.conversations.add(unique_name="talk")
                fake.webhooks.deliver_to(url, events=["onMessageAdd"])
                say()  # blocks the loop that should answer
                assert "hi" == fake.messages.one().body
        finally:
            await runner.cleanup()

    with pytest.warns(WebhookWarning) as noticed:
        asyncio.run(held())

    text = str(noticed[0].message)
    assert text.startswith("onMessageAdd to http://127.0.0.1:")
    assert text.endswith(
        " -> no answer within 0.05 seconds; so what it asked about happened unchanged. An "
        "application on the test's own event loop can not answer while a blocking call holds that"
    )


@pytest.mark.parametrize(
    "frozen",
    [
        pytest.param(lambda: time_machine.travel("2030-01-01", tick=False), id="time-machine"),
        pytest.param(lambda: freezegun.freeze_time("2030-01-01"), id="freezegun"),
    ],
)
def test_a_frozen_clock_keeps_nobody_waiting(
    monkeypatch: pytest.MonkeyPatch, frozen: Callable[[], Any]
) -> None:
    monkeypatch.setattr(office, "LIMIT", 1)
    with FakeConversations() as fake, frozen():
        fake.conversations.add(unique_name="talk")
        fake.webhooks.deliver_to(silent(), public_url=HOOK, events=TOLD)
        say()
        with pytest.raises(TimeoutError, match="not settled"):
            fake.settle(within=0.05)
        told = fake.webhooks.assert_delivered("onMessageAdded", failed=True)

    assert "no answer within 1 seconds" == told.error
    assert "2030-01-01T00:00:00.000Z" == told.form["DateCreated"]


def test_a_django_view_can_be_called_in_the_tests_own_thread(fake: FakeConversations) -> None:
    threads = []

    def handle(url: str, form: dict[str, str], signature: str) -> None:
        threads.append(threading.current_thread())

    fake.webhooks.deliver_to(with_django(handle), public_url=HOOK, events=TOLD, by_settle=True)
    say()
    fake.settle()

    assert [threading.current_thread()] == threads


def test_an_application_that_is_asked_may_call_the_api(asking: FakeConversations) -> None:
    async def hook(request: StarletteRequest) -> PlainTextResponse:
        form = await request.form()
        if (form["Author"], form["EventType"]) == ("ada", "onMessageAdd"):
            await asyncio.to_thread(say, "asked", "bot")
        return PlainTextResponse("")

    app = Starlette(routes=[Route("/hook", hook, methods=["POST"])])
    asking.webhooks.deliver_to(app, public_url=HOOK, events=["onMessageAdd", "onMessageAdded"])

    say()

    assert ["asked", "hi"] == [each.body for each in asking.messages]
    assert [0, 1] == [each.index for each in asking.messages]


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


def test_what_is_gone_after_the_question_is_not_found(asking: FakeConversations) -> None:
    async def hook(request: StarletteRequest) -> PlainTextResponse:
        talk = Client().conversations.v1.conversations("talk")
        await asyncio.to_thread(talk.delete)
        return PlainTextResponse("")

    app = Starlette(routes=[Route("/hook", hook, methods=["POST"])])
    asking.webhooks.deliver_to(app, public_url=HOOK, events=["onMessageAdd"])

    with pytest.raises(Exception, match="was not found"):
        say()


# What a test is told


@pytest.mark.parametrize(
    ("target", "options", "error", "text"),
    [
        (5, {"public_url": HOOK}, TypeError, "a target is a URL, or an application of ASGI, WSGI"),
        ("desk", {"public_url": HOOK}, TypeError, "a target is a URL"),
        (with_flask, {}, TypeError, "public_url is a URL, https://desk.example, not None"),
        ("http://a", {"events": ["onMesageAdded"]}, ValueError, "did you mean 'onMessageAdded'"),
        ("http://a", {"by_settle": True}, TypeError, "by_settle is for applications of WSGI"),
    ],
)
def test_what_is_no_target_is_said(
    fake: FakeConversations, target: object, options: Any, error: type[Exception], text: str
) -> None:
    with pytest.raises(error, match=text):
        fake.webhooks.deliver_to(target, **options)


def test_what_was_not_delivered_is_explained(fake: FakeConversations) -> None:
    def missed(event: str, **params: object) -> str:
        with pytest.raises(AssertionError) as error:
            fake.webhooks.assert_delivered(event, **params)
        return str(error.value)

    assert (
        "expected onMessageAdded(body='hi') once, got it 0 times\n\n"
        "no webhook was told anything; is its URL configured, with the event among its filters, "
        "and did the request send X-Twilio-Webhook-Enabled: true?"
    ) == missed("onMessageAdded", body="hi")
    fake.webhooks.deliver_to(with_flask(lambda *_: None), public_url=HOOK, events=TOLD)
    say("hello")
    assert (
        "expected onMessageAdded(body='hi', index=0) once, got it 0 times\n\n"
        "nearest of 1 onMessageAdded:\n"
        "  onMessageAdded to https://desk.example/hook -> 200\n"
        "      body: 'hello', expected 'hi'"
    ) == missed("onMessageAdded", body="hi", index=0)
    assert (
        "expected onUserAdded() once, got it 0 times\n\n"
        "no onUserAdded among 1 delivery:\n"
        "  onMessageAdded to https://desk.example/hook -> 200"
    ) == missed("onUserAdded")
    with pytest.raises(AssertionError, match="expected no onMessageAdded"):
        fake.webhooks.assert_not_delivered("onMessageAdded", body="hello")
    with pytest.raises(ValueError, match="there is no event 'onMessageAded'; did you mean"):
        fake.webhooks.assert_delivered("onMessageAded")
    with pytest.raises(TypeError, match="onMessageAdded tells no 'bod'; did you mean 'body'"):
        fake.webhooks.assert_delivered("onMessageAdded", bod="hi")


def answers_nothing(environ: object, start: Callable[..., Any]) -> list[bytes]:
    start("200 OK", [])
    return []


# Applications that do not do as they should


def beside(handler: Callable[[StarletteRequest], Any]) -> Starlette:
    return Starlette(routes=[Route("/hook", handler, methods=["POST"])])


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


def test_what_pytest_raises_in_the_tests_own_thread_fails_the_test(
    fake: FakeConversations,
) -> None:
    def handle(url: str, form: dict[str, str], signature: str) -> None:
        pytest.fail("the bot must not be told of this")

    fake.webhooks.deliver_to(with_flask(handle), public_url=HOOK, events=TOLD, by_settle=True)
    say()

    with pytest.raises(pytest.fail.Exception, match="the bot must not be told of this"):
        fake.settle()
    fake.settle()


@pytest.mark.rule("pre-event-refusal")
@pytest.mark.parametrize("kind", APPLICATIONS)
def test_an_application_that_raises_refuses(kind: str) -> None:
    def handle(url: str, form: dict[str, str], signature: str) -> None:
        raise RuntimeError("no desk today")

    logging.disable()
    try:
        with FakeConversations(assume={"pre-events": "everybody"}) as fake:
            fake.conversations.add(unique_name="talk")
            app = APPLICATIONS[kind](handle)
            fake.webhooks.deliver_to(app, public_url=HOOK, events=["onMessageAdd"])
            with pytest.raises(Exception, match="Webhook disabled processing of command"):
                say()
            assert 0 == len(fake.messages)
    finally:
        logging.disable(logging.NOTSET)


def test_an_asynchronous_application_may_block_while_others_are_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(office, "LIMIT", 0.3)

    async def hook(request: StarletteRequest) -> PlainTextResponse:
        form = await request.form()
        if (form["EventType"], form["Author"]) == ("onMessageAdded", "ada"):
            say("answer", "bot")  # blocks the loop on which it would be asked
        return PlainTextResponse("")

    warned = pytest.warns(WebhookWarning, match="no answer within")
    with warned, FakeConversations(assume={"pre-events": "everybody"}) as fake:
        fake.conversations.add(unique_name="talk")
        events = ["onMessageAdd", "onMessageAdded"]
        fake.webhooks.deliver_to(beside(hook), public_url=HOOK, events=events)
        say()
        fake.messages.assert_created(author="bot", within=10)


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

    fake.webhooks.deliver_to(beside(hook), public_url=HOOK, events=TOLD)
    say()
    delivered = fake.webhooks.assert_delivered("onMessageAdded")

    assert (200, "one two", True) == (delivered.status, delivered.answer, done.is_set())


@pytest.mark.parametrize(
    "app",
    [
        pytest.param(lambda environ, start: [], id="WSGI"),
        pytest.param(lambda scope, receive, send: asyncio.sleep(0), id="ASGI"),
    ],
)
def test_no_answer_is_an_error(fake: FakeConversations, app: object) -> None:
    fake.webhooks.deliver_to(app, public_url=HOOK, events=TOLD)
    say()

    delivered = fake.webhooks.assert_delivered("onMessageAdded", failed=True)

    assert "RuntimeError: the application answered nothing" in str(delivered.error)


def test_settle_is_not_for_what_it_waits_for(fake: FakeConversations) -> None:
    def handle(url: str, form: dict[str, str], signature: str) -> None:
        fake.settle()

    for kind in ("flask", "starlette"):
        logging.disable()
        try:
            fake.webhooks.deliver_to(APPLICATIONS[kind](handle), public_url=HOOK, events=TOLD)
            say(kind)
            failed = fake.webhooks.assert_delivered("onMessageAdded", body=kind, failed=True)
        finally:
            logging.disable(logging.NOTSET)
        assert 500 == failed.status


def test_settle_waits_for_what_is_asked(asking: FakeConversations) -> None:
    asked = threading.Event()

    async def hook(request: StarletteRequest) -> PlainTextResponse:
        asked.set()
        await asyncio.sleep(0.1)
        return PlainTextResponse("")

    asking.webhooks.deliver_to(beside(hook), public_url=HOOK, events=["onMessageAdd"])
    worker = threading.Thread(target=say)
    worker.start()
    asked.wait(10)
    asking.settle()

    asking.webhooks.assert_delivered("onMessageAdd")
    worker.join()


def test_pre_events_do_not_wait_for_settle() -> None:
    seen = []

    def handle(url: str, form: dict[str, str], signature: str) -> None:
        seen.append(form["EventType"])

    with FakeConversations(assume={"pre-events": "everybody"}) as fake:
        fake.conversations.add(unique_name="talk")
        fake.webhooks.deliver_to(
            with_flask(handle), public_url=HOOK, events=["onMessageAdd"], by_settle=True
        )
        say()

    assert ["onMessageAdd"] == seen


def test_who_is_asked_when_the_fake_ends_is_not_waited_for() -> None:
    asked = threading.Event()

    async def hook(request: StarletteRequest) -> PlainTextResponse:
        asked.set()
        await asyncio.Event().wait()
        raise AssertionError

    warned = pytest.warns(WebhookWarning, match="the fake has ended")
    with warned, FakeConversations() as fake:
        talk = fake.conversations.add(unique_name="talk")
        fake.webhooks.deliver_to(beside(hook), public_url=HOOK, events=["onMessageAdd"])
        ada = fake.chat_user("ada")
        ada.join(talk)
        worker = threading.Thread(target=ada.send, args=[talk, "hi"])
        worker.start()
        asked.wait(10)
    worker.join(10)

    assert not worker.is_alive()


def test_an_application_that_can_not_end_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "PATIENCE", 0.1)
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
    with pytest.raises(RuntimeError, match="this fake is not active"):
        fake.webhooks.deliver_to(app, public_url=HOOK)


@pytest.mark.rule("pre-event-changes")
def test_a_delete_is_refused_or_done_but_not_changed(asking: FakeConversations) -> None:
    body = '{"body": "Y"}'
    asking.webhooks.deliver_to(
        answering(200, body), public_url=HOOK, events=["onMessageRemove", "onMessageAdd"]
    )
    say()
    asking.messages.assert_created(body="hi")  # what was sent, though it became something else
    [message] = asking.messages
    assert "Y" == message.body

    url = f"{asking.url}/v1/Conversations/talk/Messages/{message.sid}"
    auth = (asking.account_sid, asking.auth_token)
    deleted = requests.delete(url, auth=auth, headers={"X-Twilio-Webhook-Enabled": "true"})

    assert 204 == deleted.status_code
    assert 0 == len(asking.messages)


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


@pytest.mark.parametrize("address", ["http://desk.example", "http://192.0.2.7/hook"])
def test_webhooks_stay_on_this_machine(fake: FakeConversations, address: str) -> None:
    with pytest.raises(ValueError, match="webhooks stay on this machine"):
        fake.webhooks.deliver_to(address, public_url=HOOK)


def test_an_account_has_one_webhook(fake: FakeConversations) -> None:
    fake.webhooks.deliver_to(answering(200), public_url=HOOK, events=TOLD)

    with pytest.raises(ValueError, match=f"is configured for {HOOK} already"):
        fake.webhooks.deliver_to(answering(200), public_url="https://another.example", events=TOLD)
    with pytest.raises(TypeError, match="events is a list of them, not 'onMessageAdded'"):
        fake.webhooks.deliver_to(answering(200), public_url=HOOK, events="onMessageAdded")


@pytest.mark.parametrize("target", [Flask, FastAPI, with_flask, lambda request: None])
def test_what_is_not_called_yet_is_said(fake: FakeConversations, target: object) -> None:
    with pytest.raises(TypeError, match="is it to be called first"):
        fake.webhooks.deliver_to(target, public_url=HOOK)
