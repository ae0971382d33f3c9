"""Generated tests of the example applications: they pass, and fail for a broken application.

Each session is recorded, its test is filled in as a person would do it, and pytest runs it in a
project of its own. A second run has the same tests for applications with one broken line each.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from applications import APPLICATIONS
from conftest import configuration

from pytest_conversations_fake import FakeConversations, RateLimited

pytestmark = pytest.mark.newest

TESTS = Path(__file__).parents[1]
NUMBER = "+15550199"
HOOK = "https://desk.example/twilio"
PHONE = "+15550100"
TEXT = "Where is my order?"
TICKET = {"ticket": "ticket-66", "phone": PHONE}


@dataclass(frozen=True)
class Session:
    """A session: *act* does what phones, chat users and the test do, and runs the *calls*."""

    source: str
    """The code under test, whose module is called `code`."""
    act: Callable[[FakeConversations, Any, Iterator[None]], None]
    calls: tuple[str, ...]
    """The calls of the code under test, in the order of the placeholders."""
    application: str = ""
    """The application that receives webhooks."""


def example(name: str) -> str:
    return (TESTS.parent / "examples" / name).read_text()


def text_a_desk(fake: FakeConversations, code: Any, calls: Iterator[None]) -> None:
    next(calls)
    fake.webhooks.deliver_to(application_of(code), public_url=HOOK, events=["onMessageAdded"])
    fake.handset(PHONE).send(TEXT, to=NUMBER)
    fake.settle()


def application_of(code: Any) -> Any:
    return code.app if hasattr(code, "app") else code.application()


def text_a_bot(fake: FakeConversations, code: Any, calls: Iterator[None]) -> None:
    fake.webhooks.deliver_to(code.application(), public_url=code.URL, events=["onMessageAdded"])
    fake.address_configurations.add(type="sms", address=NUMBER, auto_creation_enabled=True)
    fake.handset(PHONE).send('"help"\n{me}', to=NUMBER)
    fake.settle()
    talk, ada = fake.conversations.one(), fake.chat_user("ada")
    ada.join(talk)
    ada.send(f"Is this {talk.sid}?", to=talk)
    fake.settle()
    ada.read(talk)


def write_to_a_replier(
    framework: str, fake: FakeConversations, code: Any, calls: Iterator[None]
) -> None:
    """The reply causes a webhook, too, which the application refuses."""
    app = code.APPLICATIONS[framework](code.handle)
    fake.webhooks.deliver_to(
        app,
        public_url="https://desk.example/hook",
        events=["onMessageAdded"],
        behind_proxy=framework == "aiohttp",
    )
    fake.conversations.add(unique_name="talk")
    fake.chat_user("ada").join("talk")
    fake.chat_user("ada").send("Hi", to="talk")
    fake.webhooks.assert_delivered("onMessageAdded", author="desk", failed=True)


def open_tickets(fake: FakeConversations, code: Any, calls: Iterator[None]) -> None:
    fake.load({"users": [{"identity": "ada"}]})
    desk = fake.services.add(friendly_name="Support")
    for number in (1, 2):
        ticket = fake.conversations.add(chat_service_sid=desk.sid, unique_name=f"old-{number}")
    fake.inject(RateLimited(), on="CreateConversation", times=1)
    fake.chat_user("ada").join(ticket)
    next(calls)
    fake.clock.shift(hours=1)
    next(calls)
    fake.chat_user("ada").send("Thank you", to=ticket)
    next(calls)


FLASK = Session(
    example("flask_app.py"),
    text_a_desk,
    (f"code.app.test_client().post('/tickets', data={TICKET})",),
    "code.app",
)
FASTAPI = Session(
    example("fastapi_app.py"),
    text_a_desk,
    (
        "import asyncio\n"
        "from httpx import ASGITransport, AsyncClient\n"
        "async def post():\n"
        "    client = AsyncClient(transport=ASGITransport(code.app), base_url='http://desk')\n"
        "    async with code.lifespan(code.app), client:\n"
        f"        await client.post('/tickets', data={TICKET})\n"
        "asyncio.run(post())",
    ),
    "code.app",
)
AIOHTTP = Session(
    example("aiohttp_app.py"),
    text_a_desk,
    (
        "import asyncio\n"
        "from aiohttp.test_utils import TestClient, TestServer\n"
        "async def post():\n"
        "    async with TestClient(TestServer(code.application())) as client:\n"
        f"        await client.post('/tickets', data={TICKET})\n"
        "asyncio.run(post())",
    ),
    "code.application()",
)
BOT = Session(example("bot.py"), text_a_bot, (), "code.application()")
HELPDESK = Session(
    example("helpdesk.py"),
    open_tickets,
    (
        "code.open_desk('Returns')\n"
        "desk = fake_conversations.default_service.sid\n"
        "ticket = code.open_ticket(desk, 66)\n"
        "code.open_ticket(desk, 66)",
        "code.reply(ticket, f'Your ticket is {ticket}.')",
        "code.close_tickets(fake_conversations.services.one(friendly_name='Support').sid)",
    ),
)

REPLIES = """
from applications import APPLICATIONS, say

def handle(url, form, signature):
    if form["Author"] == "desk":
        return 403
    say(f"You said: {form['Body']}", author="desk")
    return 204
"""

SESSIONS = {
    "flask": FLASK,
    "fastapi": FASTAPI,
    "aiohttp": AIOHTTP,
    "bot": BOT,
    "desk": HELPDESK,
    **{
        f"replies_by_{framework}": Session(
            REPLIES,
            partial(write_to_a_replier, framework),
            (),
            f"code.APPLICATIONS['{framework}'](code.handle)",
        )
        for framework in APPLICATIONS
    },
}

IGNORED = "ignore::DeprecationWarning"
"""twilio-python's asynchronous client causes some."""

# Lines of the applications, and what breaks them
BREAKAGES = {
    "flask": [
        ("create(unique_name", "create(friendly_name"),
        ('unique_name=request.form["ticket"]', 'unique_name=request.form["phone"]'),
        ('        messaging_binding_address=request.form["phone"],\n', ""),
        ("        messaging_binding_proxy_address=NUMBER,\n", ""),
        ('NUMBER = "+15550199"', 'NUMBER = "+15550198"'),
        ("if not validator.validate", "if validator.validate"),
        ('== "SMS"', '== "SDK"'),
        ('["ConversationSid"]', '["MessageSid"]'),
        ('author="desk"', 'author="dest"'),
        ("We have received your message.", "We have recieved your message."),
        ("create(author", "create(x_twilio_webhook_enabled='true', author"),
        ('    return "", 204', '    return "", 500'),
        ("ticket.messages.create(author", "dict(author"),
    ],
    "fastapi": [
        ("create_async(unique_name=ticket)", "create_async()"),
        ("messaging_binding_address=phone, ", ""),
        ("await conversation.messages", "conversation.messages"),
        ("return Response(status_code=204)", "return Response(status_code=500)"),
        ('if form["Source"] == "SMS"', 'if form["Source"] != "SMS"'),
    ],
    "aiohttp": [
        ('unique_name=form["ticket"]', 'unique_name="ticket"'),
        (", messaging_binding_proxy_address=NUMBER", ""),
        ("conversation.participants.create_async", "conversation.messages.create_async"),
        ("    app.cleanup_ctx.append(twilio)\n", ""),
    ],
    "bot": [
        ('!= "bot"', '== "bot"'),
        ('!= "bot"', '== "ada"'),
        ('f"You said: {text}"', "text"),
        ('author="bot", ', ""),
        ('form["Body"]', 'form["Body"].strip(".?")'),
        ("    return web.Response()", "    return web.Response(status=500)"),
    ],
    "desk": [
        ("services.create(friendly_name=name)", "services.create(friendly_name=name.upper())"),
        ('name = f"ticket-{number}"', 'name = f"ticket-{number + 1}"'),
        ('timers_closed="P7D"', 'timers_closed="P1D"'),
        (', timers_closed="P7D"', ""),
        ("if error.code != 50353", "if error.code == 50353"),
        ("return open_ticket(desk, number)", "raise"),
        ("sid = conversations(name).fetch().sid", "sid = conversations.create().sid"),
        ('author="desk", body=text', 'author="desk", body=text[:20]'),
        ('author="desk"', 'author="agent"'),
        ('list(state="active", page_size=100)', "list(page_size=100)"),
        ("page_size=100", "page_size=50"),
        ("for ticket in tickets", "for ticket in tickets[1:]"),
        ('update(state="closed")', 'update(state="inactive")'),
        ('update(state="closed")', "delete()"),
        ("services(desk).conversations\n    tickets", "conversations\n    tickets"),
    ],
}

for framework in APPLICATIONS:
    BREAKAGES[f"replies_by_{framework}"] = [
        ('form["Author"] == "desk"', 'form["Author"] != "desk"'),
        ("        return 403", "        return 204"),
    ]


def record(session: Session) -> str:
    """The generated test of a session."""
    code = ModuleType("code_under_test")
    exec(session.source, vars(code))
    fake = FakeConversations()
    namespace = {"code": code, "fake_conversations": fake}

    def calls() -> Iterator[None]:
        for call in session.calls:
            exec(call, namespace)
            yield

    with fake:
        session.act(fake, code, calls())
        return fake.report().as_test()


def fill_in(test: str, session: Session, module: str) -> str:
    """The test with the calls of the code under test in *module*."""
    calls = iter(session.calls)

    def filled(match: re.Match[str]) -> str:
        return "\n".join(match[1] + line for line in next(calls).split("\n"))

    test = re.sub("^( *)raise NotImplementedError$", filled, test, flags=re.MULTILINE)
    assert not [*calls]
    test = test.replace(" = NotImplemented\n", f" = {session.application}\n")
    assert "NotImplemented\n" not in test
    return test.replace("annotations\n", f"annotations\n\nimport {module} as code\n", 1)


@pytest.fixture(scope="module")
def recorded() -> dict[str, str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("TWILIO_ACCOUNT_SID", raising=False)
        patch.delenv("TWILIO_AUTH_TOKEN", raising=False)
        return {name: record(session) for name, session in SESSIONS.items()}


def write(suite: pytest.Pytester, name: str, session: str, test: str, code: str) -> None:
    module = f"code_of_{name}"
    suite.path.joinpath(f"{module}.py").write_text(code)
    filled = fill_in(test, SESSIONS[session], module)
    suite.path.joinpath(f"test_{name}.py").write_text(filled)


def test_generated_tests_pass_in_random_order_and_under_xdist(
    suite: pytest.Pytester, recorded: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    suite.makeini(configuration("xdist", "xdist.looponfail", "randomly"))
    monkeypatch.setenv("PYTHONPATH", str(TESTS))
    for session, test in recorded.items():
        write(suite, session, session, test, SESSIONS[session].source)
        write(suite, f"{session}_again", session, test, SESSIONS[session].source)

    result = suite.runpytest_subprocess("-n", "2", "-W", IGNORED)

    result.assert_outcomes(passed=2 * len(recorded))


def test_generated_tests_fail_unfilled_and_for_broken_applications(
    suite: pytest.Pytester, recorded: dict[str, str]
) -> None:
    suite.syspathinsert()
    for session, test in recorded.items():
        suite.path.joinpath(f"test_{session}_unfilled.py").write_text(test)
        source = SESSIONS[session].source
        breakages = [("", ""), *BREAKAGES[session]]
        for number, (line, broken_line) in enumerate(breakages):
            assert source.count(line) == 1 or not line, line
            broken = source.replace(line, broken_line) if line else source
            write(suite, f"{session}_{number}", session, test, broken)

    result = suite.runpytest_inprocess("-W", IGNORED, "-rp", "--tb=no")

    passed = [line for line in result.outlines if line.startswith("PASSED")]
    name = "test_recorded_session"
    assert passed == [f"PASSED test_{session}_0.py::{name}" for session in sorted(recorded)]
    count = sum(map(len, BREAKAGES.values()))
    assert result.parseoutcomes()["failed"] == count + len(recorded)
