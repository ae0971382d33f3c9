"""Where applications run: in threads of the fake, or on the event loop of the test."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from aiohttp import web
from applications import APPLICATIONS, EVENTS, HOOK, answering, at_hook, say, with_flask
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from twilio.base.exceptions import TwilioRestException

from pytest_conversations_fake import FakeConversations, WebhookWarning

ON_A_LOOP = ["starlette", "fastapi", "aiohttp"]


@pytest.fixture
def fake(fake: FakeConversations) -> FakeConversations:
    fake.conversations.add(unique_name="talk")
    return fake


async def say_async(body: str = "hi") -> None:
    await asyncio.to_thread(say, body)


@pytest.mark.parametrize("kind", APPLICATIONS)
def test_application_runs_in_the_thread_of_the_test(fake: FakeConversations, kind: str) -> None:
    threads = []

    def handle(url: str, form: dict[str, str], signature: str) -> None:
        threads.append(threading.current_thread())

    async def run() -> None:
        app = APPLICATIONS[kind](handle)
        async with fake.webhooks.deliver_to(app, public_url=HOOK, events=EVENTS, run_in="test"):
            await say_async()
            await fake.settle_async()
            fake.webhooks.assert_delivered("onMessageAdded")

    asyncio.run(run())

    assert [threading.current_thread()] == threads


@pytest.mark.parametrize("kind", APPLICATIONS)
@pytest.mark.parametrize("run_in", ["thread", "test"])
def test_end_of_the_async_with_settles_and_ends_the_application(
    fake: FakeConversations, kind: str, run_in: Any
) -> None:
    async def run() -> None:
        app = APPLICATIONS[kind](lambda *_: None)
        async with fake.webhooks.deliver_to(app, public_url=HOOK, events=EVENTS, run_in=run_in):
            await say_async("one")
        assert 200 == fake.webhooks.assert_delivered("onMessageAdded", body="one").status
        await say_async("two")
        await fake.settle_async()

    asyncio.run(run())

    assert "no target" == fake.webhooks.assert_delivered("onMessageAdded", body="two").error


def test_lifespan_shares_a_client_with_the_test(fake: FakeConversations) -> None:
    """The client's connections belong to one event loop."""
    seen: list[str] = []

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with httpx.AsyncClient() as client:
            app.state.client = client
            seen.append("up")
            yield
        seen.append("down")

    app = FastAPI(lifespan=lifespan)

    async def hook(request: Request) -> PlainTextResponse:
        answer = await request.app.state.client.get(f"{fake.url}/v1/Services", auth=auth)
        seen.append(f"hook {answer.status_code}")
        return PlainTextResponse()

    app.router.add_route("/hook", hook, methods=["POST"])
    auth = (fake.account_sid, fake.auth_token)

    async def run() -> None:
        async with fake.webhooks.deliver_to(app, public_url=HOOK, events=EVENTS, run_in="test"):
            client = app.state.client
            url = f"{fake.url}/v1/Conversations/talk/Messages"
            headers = {"X-Twilio-Webhook-Enabled": "true"}
            for body in ("one", "two"):
                await client.post(url, data={"Body": body}, auth=auth, headers=headers)
                await fake.settle_async()

    asyncio.run(run())

    assert ["up", "hook 200", "hook 200", "down"] == seen
    assert 2 == len(fake.webhooks.assert_delivered("onMessageAdded", count=2))


def test_aiohttp_application_starts_up_and_cleans_up_on_the_loop_of_the_test(
    fake: FakeConversations,
) -> None:
    seen: list[object] = []

    async def context(app: web.Application) -> AsyncIterator[None]:
        seen.append(asyncio.get_running_loop())
        yield
        seen.append(asyncio.get_running_loop())

    async def run() -> asyncio.AbstractEventLoop:
        app = web.Application()
        app.cleanup_ctx.append(context)
        async with fake.webhooks.deliver_to(app, public_url=HOOK, run_in="test"):
            assert 1 == len(seen)
        return asyncio.get_running_loop()

    loop = asyncio.run(run())

    assert [loop, loop] == seen


def test_settle_on_the_event_loop_of_an_application_is_refused(
    fake: FakeConversations,
) -> None:
    async def run() -> None:
        app = answering()
        async with fake.webhooks.deliver_to(app, public_url=HOOK, events=EVENTS, run_in="test"):
            with pytest.raises(RuntimeError) as refused:
                fake.settle()
            assert (
                "settle() would block the event loop on which the application at "
                "https://desk.example/hook runs; call `await fake.settle_async()` instead, "
                "also before an assertion"
            ) == str(refused.value)
            say()
            with pytest.raises(RuntimeError, match="settle_async"):
                fake.webhooks.assert_delivered("onMessageAdded")
            with pytest.raises(RuntimeError, match="settle_async"):
                fake.snapshot()
            await asyncio.to_thread(fake.settle)  # blocks another thread only
            fake.webhooks.assert_delivered("onMessageAdded")
            fake.restore(fake.snapshot())
        fake.settle()

    asyncio.run(run())


def test_settle_with_a_stopped_event_loop_is_refused(fake: FakeConversations) -> None:
    loop = asyncio.new_event_loop()

    async def enter() -> Any:
        entered = fake.webhooks.deliver_to(answering(), public_url=HOOK, run_in="test")
        await entered.__aenter__()
        return entered

    entered = loop.run_until_complete(enter())
    try:
        with pytest.raises(RuntimeError, match="settle_async"):
            fake.settle()
        with pytest.raises(RuntimeError, match=r"loop on which .*desk.example/hook was started"):
            asyncio.run(fake.settle_async())
    finally:
        loop.run_until_complete(entered.__aexit__(None, None, None))
        loop.close()


@pytest.mark.parametrize("kind", ON_A_LOOP)
def test_application_that_was_not_entered_fails_its_deliveries(
    fake: FakeConversations, kind: str
) -> None:
    async def run() -> None:
        app = APPLICATIONS[kind](lambda *_: None)
        fake.webhooks.deliver_to(app, public_url=HOOK, events=EVENTS, run_in="test")
        await say_async()

    asyncio.run(run())

    failed = fake.webhooks.assert_delivered("onMessageAdded", failed=True)
    assert (
        "no connection: `async with fake.webhooks.deliver_to(...)` did not start the application"
    ) == failed.error


def test_startup_that_fails_is_an_error_of_the_async_with(fake: FakeConversations) -> None:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        raise LookupError("no database")
        yield

    async def run() -> None:
        async with fake.webhooks.deliver_to(
            FastAPI(lifespan=lifespan), public_url=HOOK, run_in="test"
        ):
            raise AssertionError

    with pytest.raises(RuntimeError, match=r"(?s)failed at lifespan\.startup: .*no database"):
        asyncio.run(run())


def test_error_in_the_async_with_cancels_and_ends_the_application(
    fake: FakeConversations,
) -> None:
    seen: list[str] = []

    async def run() -> None:
        inside = asyncio.Event()

        async def hook(request: Request) -> PlainTextResponse:
            inside.set()
            try:
                await asyncio.Event().wait()
            finally:
                seen.append("cancelled")
            raise AssertionError

        @asynccontextmanager
        async def lifespan(app: Starlette) -> AsyncIterator[None]:
            yield
            seen.append("down")

        app = Starlette(routes=[Route("/hook", hook, methods=["POST"])], lifespan=lifespan)
        async with fake.webhooks.deliver_to(
            app, public_url=HOOK, events=EVENTS, run_in="test", timeout=None
        ):
            await say_async()
            await asyncio.wait_for(inside.wait(), 10)
            raise LookupError("the test fails")

    with pytest.raises(LookupError, match="the test fails"):
        asyncio.run(run())

    fake.webhooks.assert_delivered("onMessageAdded", failed=True)
    assert ["cancelled", "down"] == seen


def test_pytest_fail_in_an_async_handler_is_raised_by_settle_async(
    fake: FakeConversations,
) -> None:
    def handle(url: str, form: dict[str, str], signature: str) -> None:
        pytest.fail("the bot must not get this")

    async def run() -> None:
        app = APPLICATIONS["starlette"](handle)
        async with fake.webhooks.deliver_to(app, public_url=HOOK, events=EVENTS, run_in="test"):
            await say_async()
            await fake.settle_async()

    with pytest.raises(pytest.fail.Exception, match="the bot must not get this"):
        asyncio.run(run())
    fake.webhooks.assert_delivered("onMessageAdded", failed=True)


def test_interrupt_in_a_handler_interrupts_the_test(fake: FakeConversations) -> None:
    def handle(url: str, form: dict[str, str], signature: str) -> None:
        raise KeyboardInterrupt

    async def run() -> None:
        app = APPLICATIONS["starlette"](handle)
        async with fake.webhooks.deliver_to(app, public_url=HOOK, events=EVENTS, run_in="test"):
            await say_async()
            await fake.settle_async()

    with pytest.raises(KeyboardInterrupt):
        asyncio.run(run())
    fake.webhooks.assert_delivered("onMessageAdded", failed=True)


@pytest.mark.parametrize("kind", ON_A_LOOP)
def test_settle_async_in_a_task_of_a_handler_is_refused(fake: FakeConversations, kind: str) -> None:
    raised: list[str] = []

    async def settle() -> None:
        try:
            await fake.settle_async()
        except RuntimeError as error:
            raised.append(str(error))

    async def hook(request: Request) -> PlainTextResponse:
        await asyncio.create_task(settle())
        return PlainTextResponse()

    async def aiohttp_hook(request: web.Request) -> web.Response:
        await asyncio.create_task(settle())
        return web.Response()

    app: Any = at_hook(hook)
    if kind == "aiohttp":
        app = web.Application()
        app.router.add_post("/hook", aiohttp_hook)

    async def run() -> None:
        async with fake.webhooks.deliver_to(app, public_url=HOOK, events=EVENTS, run_in="test"):
            await say_async()
            while not fake.webhooks.deliveries:
                await asyncio.sleep(0)

    asyncio.run(run())

    assert [
        "an application called settle(), which waits for applications and so for its own caller; "
        "call it in the test"
    ] == raised


@pytest.mark.parametrize("kind", ON_A_LOOP)
def test_application_may_answer_through_the_api(fake: FakeConversations, kind: str) -> None:
    def handle(url: str, form: dict[str, str], signature: str) -> None:
        if form["Author"] != "bot":
            say(f"re: {form['Body']}", "bot")  # a blocking call, as in production

    async def run() -> None:
        app = APPLICATIONS[kind](handle)
        async with fake.webhooks.deliver_to(app, public_url=HOOK, events=EVENTS, run_in="test"):
            await say_async("hello")
            await fake.settle_async()

    asyncio.run(run())

    assert ["hello", "re: hello"] == [each.body for each in fake.messages]


def test_application_on_the_event_loop_answers_pre_events(
    asking: FakeConversations,
) -> None:
    async def run() -> None:
        app = answering(200, '{"body": "changed"}')
        events = ["onMessageAdd"]
        async with asking.webhooks.deliver_to(app, public_url=HOOK, events=events, run_in="test"):
            await say_async()

    asyncio.run(run())

    assert "changed" == asking.messages.one().body


@pytest.mark.rule("pre-events")
def test_wsgi_application_answers_pre_events_without_settle(asking: FakeConversations) -> None:
    app = with_flask(lambda *_: 403)
    asking.webhooks.deliver_to(app, public_url=HOOK, events=["onMessageAdd"], run_in="test")

    with pytest.raises(TwilioRestException) as refused:
        say()

    assert (403, 50056) == (refused.value.status, refused.value.code)
    assert 0 == len(asking.messages)
    asking.webhooks.assert_delivered("onMessageAdd", failed=True)


def test_async_with_that_is_left_after_the_end_of_the_fake_causes_a_warning() -> None:
    seen: list[str] = []

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        seen.append("down")

    async def run() -> None:
        warned = pytest.warns(WebhookWarning, match="desk.example/hook was not left")
        with warned, FakeConversations() as fake:
            app = FastAPI(lifespan=lifespan)
            entered = fake.webhooks.deliver_to(app, public_url=HOOK, run_in="test")
            await entered.__aenter__()
        await entered.__aexit__(None, None, None)

    asyncio.run(run())

    assert ["down"] == seen


def test_exception_of_a_handler_fails_the_delivery(fake: FakeConversations) -> None:
    def handle(url: str, form: dict[str, str], signature: str) -> None:
        raise LookupError("no desk today")

    async def run() -> None:
        app = APPLICATIONS["starlette"](handle)
        async with fake.webhooks.deliver_to(app, public_url=HOOK, events=EVENTS, run_in="test"):
            await say_async()

    logging.disable()
    try:
        asyncio.run(run())
    finally:
        logging.disable(logging.NOTSET)

    failed = fake.webhooks.assert_delivered("onMessageAdded", failed=True)
    assert 500 == failed.status


def test_wsgi_application_runs_in_its_own_thread_or_that_of_settle(
    fake: FakeConversations,
) -> None:
    threads: list[threading.Thread] = []

    def handle(url: str, form: dict[str, str], signature: str) -> None:
        threads.append(threading.current_thread())

    fake.webhooks.deliver_to(with_flask(handle), public_url=HOOK, events=EVENTS)
    say()
    fake.settle()
    fake.webhooks.deliver_to(with_flask(handle), public_url=HOOK, run_in="test")
    say()
    say()
    assert 1 == len(threads)
    fake.settle()

    assert [False, True, True] == [each is threading.current_thread() for each in threads]


def test_pytest_fail_in_a_wsgi_handler_is_raised_by_settle(fake: FakeConversations) -> None:
    def handle(url: str, form: dict[str, str], signature: str) -> None:
        pytest.fail("the bot must not get this")

    fake.webhooks.deliver_to(with_flask(handle), public_url=HOOK, events=EVENTS, run_in="test")
    say()

    with pytest.raises(pytest.fail.Exception, match="the bot must not get this"):
        fake.settle()
    fake.settle()
    fake.webhooks.assert_delivered("onMessageAdded", failed=True)


def test_asgi_application_has_its_own_event_loop_and_its_lifespan() -> None:
    seen: list[str] = []

    @asynccontextmanager
    async def lifespan(app: Starlette) -> Any:
        seen.append(f"up in {threading.current_thread().name}")
        yield {"desk": "Support"}
        seen.append("down")

    async def hook(request: Request) -> PlainTextResponse:
        seen.append(f"{request.state.desk} in {threading.current_thread().name}")
        return PlainTextResponse("")

    app = Starlette(routes=[Route("/hook", hook, methods=["POST"])], lifespan=lifespan)

    with FakeConversations() as fake:
        fake.conversations.add(unique_name="talk")
        fake.webhooks.deliver_to(app, public_url=HOOK, events=EVENTS)
        say()
        fake.settle()

    thread = "fake_conversations applications"
    assert [f"up in {thread}", f"Support in {thread}", "down"] == seen
    assert thread not in [each.name for each in threading.enumerate()]


def test_startup_that_fails_is_an_error_of_deliver_to(fake: FakeConversations) -> None:
    @asynccontextmanager
    async def lifespan(app: Starlette) -> Any:
        raise RuntimeError("no database")
        yield

    with pytest.raises(RuntimeError, match=r"(?s)failed at lifespan\.startup: .*no database") as e:
        fake.webhooks.deliver_to(Starlette(lifespan=lifespan), public_url=HOOK)

    first_line, *_ = str(e.value).splitlines()
    assert f"the application at {HOOK} did not start" == first_line
    assert [] == [each.name for each in e.traceback[1:] if "__tracebackhide__" not in each.locals]


def test_startup_without_end_is_a_timeout_error_with_the_url(
    fake: FakeConversations, monkeypatch: pytest.MonkeyPatch
) -> None:
    @asynccontextmanager
    async def lifespan(app: Starlette) -> Any:
        await asyncio.Event().wait()
        yield

    monkeypatch.setattr("pytest_conversations_fake.webhooks.worker.LIFESPAN_TIMEOUT", 0)

    with pytest.raises(TimeoutError, match=f"^the application at {HOOK} did not start within 0 s$"):
        fake.webhooks.deliver_to(Starlette(lifespan=lifespan), public_url=HOOK)


def test_aiohttp_application_of_an_earlier_test_is_refused_with_advice() -> None:
    app = web.Application()
    with FakeConversations() as earlier:
        earlier.webhooks.deliver_to(app, public_url=HOOK)

    with (
        FakeConversations() as fake,
        pytest.raises(RuntimeError, match="was started before, so create one for each test"),
    ):
        fake.webhooks.deliver_to(app, public_url=HOOK)
