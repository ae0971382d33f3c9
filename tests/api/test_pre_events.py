"""Pre-events: an application can refuse or change an action."""

from __future__ import annotations

import asyncio
import logging
import threading

import pytest
import requests
from aiohttp import web
from applications import (
    APPLICATIONS,
    HOOK,
    answering,
    at_hook,
    say,
    silent,
    with_flask,
)
from conftest import Api
from starlette.requests import Request as StarletteRequest
from starlette.responses import PlainTextResponse
from twilio.rest import Client

from pytest_conversations_fake import FakeConversations
from pytest_conversations_fake.api.assumptions import Assumptions
from pytest_conversations_fake.api.world import World
from pytest_conversations_fake.strict.strictness import REMEDY


@pytest.fixture
def fake(fake: FakeConversations) -> FakeConversations:
    fake.conversations.add(unique_name="talk")
    return fake


@pytest.mark.rule("pre-events")
def test_request_sends_a_pre_event_only_if_assumed(fake: FakeConversations) -> None:
    fake.webhooks.deliver_to(answering(500), public_url=HOOK, events=["onMessageAdd"])

    say()

    fake.webhooks.assert_not_delivered("onMessageAdd")
    assert 1 == len(fake.messages)


@pytest.mark.rule("pre-events", "pre-event-refusal")
@pytest.mark.parametrize("status", [400, 500])
def test_application_can_refuse_an_action(asking: FakeConversations, status: int) -> None:
    asking.webhooks.deliver_to(answering(status), public_url=HOOK, events=["onMessageAdd"])

    with pytest.raises(Exception, match="Webhook disabled processing of command"):
        say()

    asking.messages.assert_created(refused=50056)
    assert 0 == len(asking.messages)
    assert 403 == asking.requests[-1].status
    told = asking.webhooks.assert_delivered("onMessageAdd", body="hi", author="ada", failed=True)
    assert not {"MessageSid", "Index", "DateCreated"} & told.form.keys()


@pytest.mark.rule("pre-event-changes")
def test_application_can_change_an_action(asking: FakeConversations) -> None:
    changed = '{"body": "HI", "author": "censor", "attributes": {"a": 1}, "index": 7}'
    asking.webhooks.deliver_to(
        answering(200, changed), public_url=HOOK, events=["onMessageAdd", "onMessageAdded"]
    )

    say()

    said = asking.messages.one()
    assert ("HI", "censor", '{"a": 1}', 0) == (said.body, said.author, said.attributes, said.index)
    asking.webhooks.assert_delivered("onMessageAdded", body="HI")


@pytest.mark.rule("pre-event-changes")
def test_change_that_breaks_a_rule_is_refused(asking: FakeConversations) -> None:
    asking.webhooks.deliver_to(
        answering(200, '{"attributes": "{"}'), public_url=HOOK, events=["onMessageAdd"]
    )

    with pytest.raises(Exception, match="Attributes not valid JSON"):
        say()

    asking.messages.assert_created(refused=50304)


@pytest.mark.rule("pre-event-failures")
@pytest.mark.parametrize("answer", ["", "{}", "[]", "ok", '{"body": null}'])
def test_unreadable_answer_changes_nothing(asking: FakeConversations, answer: str) -> None:
    asking.webhooks.deliver_to(answering(200, answer), public_url=HOOK, events=["onMessageAdd"])

    say()

    assert "hi" == asking.messages.one().body


@pytest.mark.rule("pre-event-failures", "webhook-timeout")
def test_missing_answer_changes_nothing() -> None:
    with FakeConversations(assume={"pre-events": "everybody"}) as fake:
        fake.conversations.add(unique_name="talk")
        fake.webhooks.deliver_to(silent(), public_url=HOOK, events=["onMessageAdd"], timeout=0.05)
        say()
        assert "hi" == fake.messages.one().body
        fake.webhooks.assert_delivered("onMessageAdd", failed=True)


def test_application_on_a_blocked_loop_is_reported() -> None:
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
                fake.webhooks.deliver_to(url, events=["onMessageAdd"], timeout=0.05)
                say()  # blocks the loop that should answer
                assert "hi" == fake.messages.one().body
        finally:
            await runner.cleanup()

    with pytest.raises(AssertionError) as noticed:
        asyncio.run(held())

    text = str(noticed.value)
    assert text.startswith("a webhook failed: onMessageAdd to http://127.0.0.1:")
    assert text.endswith(
        " -> no answer within 0.05 seconds; deliver_to(timeout=...) sets another limit; the "
        "request was carried out unchanged. An application on the test's event loop cannot answer "
        f"while a blocking call holds the loop\n{REMEDY.format(kinds=['failed-webhook'])}"
    )


def test_application_can_call_the_api_during_a_pre_event(asking: FakeConversations) -> None:
    async def hook(request: StarletteRequest) -> PlainTextResponse:
        form = await request.form()
        if (form["Author"], form["EventType"]) == ("ada", "onMessageAdd"):
            await asyncio.to_thread(say, "asked", "bot")
        return PlainTextResponse("")

    app = at_hook(hook)
    asking.webhooks.deliver_to(app, public_url=HOOK, events=["onMessageAdd", "onMessageAdded"])

    say()

    assert ["asked", "hi"] == [each.body for each in asking.messages]
    assert [0, 1] == [each.index for each in asking.messages]


def test_record_deleted_during_a_pre_event_is_not_found(asking: FakeConversations) -> None:
    async def hook(request: StarletteRequest) -> PlainTextResponse:
        talk = Client().conversations.v1.conversations("talk")
        await asyncio.to_thread(talk.delete)
        return PlainTextResponse("")

    app = at_hook(hook)
    asking.webhooks.deliver_to(app, public_url=HOOK, events=["onMessageAdd"])

    with pytest.raises(Exception, match="was not found"):
        say()


@pytest.mark.rule("pre-event-refusal")
@pytest.mark.parametrize("kind", APPLICATIONS)
def test_application_that_raises_refuses_the_action(kind: str) -> None:
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
            fake.webhooks.assert_delivered("onMessageAdd", failed=True)
    finally:
        logging.disable(logging.NOTSET)


def test_application_that_blocks_its_loop_misses_a_pre_event_and_goes_on() -> None:
    async def hook(request: StarletteRequest) -> PlainTextResponse:
        form = await request.form()
        if (form["EventType"], form["Author"]) == ("onMessageAdded", "ada"):
            say("answer", "bot")  # blocks the loop that should answer the pre-event
        return PlainTextResponse("")

    failed = pytest.raises(AssertionError, match="no answer within")
    with failed, FakeConversations(assume={"pre-events": "everybody"}) as fake:
        fake.conversations.add(unique_name="talk")
        events = ["onMessageAdd", "onMessageAdded"]
        fake.webhooks.deliver_to(at_hook(hook), public_url=HOOK, events=events, timeout=0.3)
        say()
        fake.messages.assert_created(author="bot", within=10)


def test_pre_events_do_not_wait_for_settle() -> None:
    seen = []

    def handle(url: str, form: dict[str, str], signature: str) -> None:
        seen.append(form["EventType"])

    with FakeConversations(assume={"pre-events": "everybody"}) as fake:
        fake.conversations.add(unique_name="talk")
        fake.webhooks.deliver_to(
            with_flask(handle), public_url=HOOK, events=["onMessageAdd"], run_in="test"
        )
        say()

    assert ["onMessageAdd"] == seen


def test_ending_fake_does_not_wait_for_a_pre_event() -> None:
    asked = threading.Event()

    async def hook(request: StarletteRequest) -> PlainTextResponse:
        asked.set()
        await asyncio.Event().wait()
        raise AssertionError

    with FakeConversations() as fake:
        talk = fake.conversations.add(unique_name="talk")
        fake.webhooks.deliver_to(at_hook(hook), public_url=HOOK, events=["onMessageAdd"])
        ada = fake.chat_user("ada")
        ada.join(talk)
        worker = threading.Thread(target=ada.send, args=["hi"], kwargs={"to": talk})
        worker.start()
        asked.wait(10)
    worker.join(10)

    assert not worker.is_alive()


@pytest.mark.rule("pre-event-changes")
def test_deletion_is_refused_or_done_but_not_changed(asking: FakeConversations) -> None:
    body = '{"body": "Y"}'
    asking.webhooks.deliver_to(
        answering(200, body), public_url=HOOK, events=["onMessageRemove", "onMessageAdd"]
    )
    say()
    asking.messages.assert_created(body="hi")  # as sent; the application changed the record
    [message] = asking.messages
    assert "Y" == message.body

    url = f"{asking.url}/v1/Conversations/talk/Messages/{message.sid}"
    auth = (asking.account_sid, asking.auth_token)
    deleted = requests.delete(url, auth=auth, headers={"X-Twilio-Webhook-Enabled": "true"})

    assert 204 == deleted.status_code
    assert 0 == len(asking.messages)


@pytest.mark.parametrize("assumed", ["people", "everybody"])
def test_message_without_subscriber_draws_one_sid(assumed: str) -> None:
    world = World("a test", assumptions=Assumptions({"pre-events": assumed}))
    same = World("a test")
    api = Api(world)
    conversation = api.post("/v1/Conversations").response["sid"]
    path = f"/v1/Conversations/{conversation}/Messages"

    message = api.post(path, {"Body": "hi"}, headers={"x-twilio-webhook-enabled": "true"})

    assert same.sids.draw("IM") == message.response["sid"]
