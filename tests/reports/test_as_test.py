"""Generated tests: what they repeat and assert, and that they are valid, stable and safe."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from pytest_conversations_fake import FakeConversations, RateLimited, TwilioError

HOSTILE = 'a"b\'c\\d\n{x}\u202e\x1b[31m"""\ud800\r%s #'
NUMBER, PHONE = "+15550199", "+15550100"


class Application(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *values: object) -> None:
        """Write nothing to stderr."""


@contextmanager
def web_server() -> Iterator[str]:
    """The address of an application that runs in a thread."""
    with HTTPServer(("127.0.0.1", 0), Application) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/hook"
        server.shutdown()
        thread.join()


def answers_nothing(environ: object, start: Callable[..., Any]) -> list[bytes]:
    start("200 OK", [])
    return []


def body_of(test: str) -> str:
    """The statements of the generated test, without their indent."""
    _, _, body = test.partition(") -> None:\n")
    return "\n".join(line.removeprefix("    ") for line in body.splitlines())


def run(test: str, **options: Any) -> None:
    """Run a generated test in a fake of another name."""
    namespace: dict[str, Any] = {}
    exec(test.encode("utf-8").decode("utf-8"), namespace)
    with FakeConversations(name="another", **options) as fake:
        namespace["test_recorded_session"](fake)


def marker_of(test: str) -> dict[str, Any]:
    """The keywords of the marker of a generated test."""
    [function] = (node for node in ast.parse(test).body if isinstance(node, ast.FunctionDef))
    [marker] = function.decorator_list
    assert isinstance(marker, ast.Call)
    return {str(each.arg): ast.literal_eval(each.value) for each in marker.keywords}


def people_talk(fake: FakeConversations) -> None:
    fake.address_configurations.add(type="sms", address=NUMBER, auto_creation_enabled=True)
    phone, ada = fake.handset(PHONE), fake.chat_user("ada")
    phone.send("Hi", to=NUMBER)
    talk = fake.conversations.one()
    ada.join(talk)
    ada.send(f"Hello, this is {talk.sid}", to=talk)
    phone.send(media="photo.png", to=NUMBER)
    ada.read(talk, up_to=0)
    phone.report_status("failed", error_code=30003)


def removed_and_equal_records(fake: FakeConversations) -> None:
    for _ in range(2):
        talk = fake.conversations.add(friendly_name="talk")
        fake.chat_user("ada").join(talk)
    fake.conversations.add(sid="CH" + "1" * 32)
    fake.chat_user("ada").send("fixed", to=talk)
    fake.chat_user("bob's").join("CH" + "1" * 32)


def time_passes(fake: FakeConversations) -> None:
    fake.conversations.add(unique_name="talk", timers_closed="P1D")
    fake.clock.move_to(datetime(2030, 1, 1, 12, tzinfo=timezone(timedelta(hours=2))))
    fake.clock.shift(timedelta(days=1), seconds=1.5)
    fake.clock.move_to(datetime(2031, 1, 1), tick=True)  # noqa: DTZ001 - it is in UTC


def hostile_texts(fake: FakeConversations) -> None:
    talk = fake.conversations.add(friendly_name=HOSTILE)
    fake.chat_user(HOSTILE).join(talk)
    fake.chat_user(HOSTILE).send(HOSTILE + talk.sid, to=talk)
    fake.chat_user("assert").join(talk)


def refused_actions(fake: FakeConversations) -> None:
    with pytest.raises(LookupError):
        fake.handset(PHONE).send("Hi", to=NUMBER)
    talk = fake.conversations.add(unique_name="talk")
    with pytest.raises(ValueError, match="already exists"):
        fake.conversations.add(unique_name="talk")
    with pytest.raises(TypeError):
        fake.conversations.add(unique="talk")  # type: ignore[call-arg]
    fake.chat_user("ada").join(talk)
    with pytest.raises(ValueError, match="already exists"):
        fake.chat_user("ada").join(talk)


def restored_state(fake: FakeConversations) -> None:
    fake.users.add(identity="ada")
    before = fake.snapshot()
    fake.users.add(identity="bob")
    fake.restore(before)
    fake.users.add(identity="cyd")


def invented_people(fake: FakeConversations) -> None:
    fake.populate(conversations=2, messages=3)
    fake.load({"conversations": [{"unique_name": "talk", "participants": [{"identity": "ada"}]}]})
    fake.chat_user("ada").send("Hi", to="talk")


SESSIONS: list[Callable[[FakeConversations], None]] = [
    people_talk,
    removed_and_equal_records,
    time_passes,
    hostile_texts,
    refused_actions,
    restored_state,
    invented_people,
]


@pytest.mark.parametrize("session", SESSIONS)
def test_session_without_requests_is_repeated(
    session: Callable[[FakeConversations], None],
) -> None:
    with FakeConversations(name="one") as fake:
        session(fake)
        test = fake.report().as_test()
    with FakeConversations(name="two") as fake:
        session(fake)
        assert fake.report().as_test() == test

    assert test.isascii()
    assert "NotImplemented" not in body_of(test)
    run(test)


@pytest.mark.newest
def test_generated_tests_are_clean_for_ruff(tmp_path: Path) -> None:
    for session in SESSIONS:
        fake = FakeConversations(assume={"empty-message": "accepted"}, owned=[NUMBER])
        session(fake)
        (tmp_path / f"test_{session.__name__}.py").write_text(fake.report().as_test())
    ruff = [sys.executable, "-m", "ruff"]
    rules = "--select=E,F,W,I,B,UP,SIM,C4,N,RET,PIE,PTH,PERF,RUF"

    options = ["--isolated", "--target-version=py310", rules, "--ignore=E501"]
    subprocess.run([*ruff, "check", *options], cwd=tmp_path, check=True)
    subprocess.run([*ruff, "format", "--isolated", "--diff"], cwd=tmp_path, check=True)


def test_every_part_of_a_session_is_in_its_test() -> None:
    with FakeConversations(tolerate=["unmet-fault"]) as fake:
        client = fake.twilio_client().conversations.v1
        fake.webhooks.deliver_to(
            answers_nothing,
            public_url="https://user:secret@desk.example/hook",
            events=["onConversationAdded", "onMessageAdded"],
            auth_token="of the desk",
            run_in="test",
        )
        fault = fake.inject(RateLimited(), on="CreateConversation", times=1)
        with pytest.raises(Exception, match="Too Many"):
            client.conversations.create(unique_name="talk")
        fault.end()
        talk = client.conversations.create(unique_name="talk", x_twilio_webhook_enabled="true")
        gone = client.conversations.create(friendly_name="gone")
        fake.settle()
        fake.chat_user("ada").join(talk.sid)
        fake.chat_user("ada").send("Hi", to=talk.sid)
        fake.settle()
        gone.delete()
        for _ in range(2):
            client.credentials.create(type="gcm", secret="of gcm")
        with fake.down():
            fake.clock.shift(hours=1)
        with fake.inject(TwilioError(50407, status=409), when=lambda params: True):
            with pytest.raises(Exception, match="Invalid messaging binding"):
                client.users.create(identity="ada")
            with fake.down():
                pass
        fake.inject(RateLimited(), on="DeleteService")

        text = fake.report().as_test()
    assert text == (Path(__file__).parent / "recorded_session.txt").read_text()


def test_seed_and_assumptions_are_in_the_marker(tmp_path: Path) -> None:
    seed = tmp_path / "seed.json"
    seed.write_text('{"users": [{"identity": "ada"}]}')
    fake = FakeConversations(seed=seed, assume={"group-texting": "off"}, owned=[NUMBER])

    test = fake.report().as_test()

    assert marker_of(test) == {
        "seed": str(seed),
        "assume": {"group-texting": "off"},
        "owned": [NUMBER],
    }
    assert "load" not in test


def test_seed_below_the_working_directory_has_a_relative_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "seed.json").write_text("{}")
    monkeypatch.chdir(tmp_path)
    fake = FakeConversations(seed=tmp_path / "seed.json")

    assert marker_of(fake.report().as_test()) == {"seed": "seed.json"}


def test_session_may_end_while_the_fake_is_down() -> None:
    with FakeConversations() as fake, fake.down():
        test = fake.report().as_test()

    assert body_of(test) == (
        "with fake_conversations.down():\n"
        "    # Call the code under test here, so that the fake refuses its connections.\n"
        "    raise NotImplementedError"
    )


def test_seed_function_is_repeated_by_its_actions() -> None:
    fake = FakeConversations(seed=lambda fake: fake.users.add(identity="ada"))

    test = fake.report().as_test()

    assert body_of(test).strip() == 'fake_conversations.users.add(identity="ada")'


def test_accounts_are_in_the_marker_without_their_tokens() -> None:
    first, second = "AC" + "1" * 32, "AC" + "2" * 32
    with FakeConversations(accounts={first: {}, second: {"auth_token": "secret"}}) as fake:
        client = fake.twilio_client(username=second, password="secret").conversations.v1
        client.conversations.create(unique_name="theirs")
        test = fake.report().as_test()

    assert marker_of(test) == {"accounts": {first: {}, second: {}}}
    assert (
        f'fake_conversations.account("{second}").conversations.assert_created(\n'
        '    unique_name="theirs"\n)'
    ) in body_of(test)


def test_application_that_nobody_named_is_a_placeholder() -> None:
    with web_server() as url, FakeConversations() as fake:
        talk = fake.conversations.add()
        fake.scoped_webhooks.add(
            conversation_sid=talk.sid,
            target="webhook",
            configuration_url=url,
            configuration_filters=["onMessageAdded"],
        )
        fake.chat_user("ada").join(talk)
        fake.chat_user("ada").send("Hi", to=talk)
        fake.settle()
        test = fake.report().as_test()

    assert f'application, public_url="{url}"' in test


def test_delivery_is_sent_again() -> None:
    with FakeConversations() as fake:
        fake.webhooks.deliver_to(
            answers_nothing, public_url="https://desk.example", events=["onMessageAdded"]
        )
        talk = fake.conversations.add(friendly_name="talk")
        fake.chat_user("ada").join(talk)
        for body in ("one", "two"):
            fake.chat_user("ada").send(body, to=talk)
            fake.settle()
        fake.webhooks.resend(fake.webhooks.deliveries[1])

        test = fake.report().as_test()

    assert "fake_conversations.webhooks.resend(fake_conversations.webhooks.deliveries[1])\n" in test
    application = "lambda environ, start: [start('200 OK', [])][:0]"
    run(test.replace("application = NotImplemented", f"application = {application}"))


def test_delivery_that_was_dropped_is_a_placeholder() -> None:
    with FakeConversations(max_requests=1) as fake:
        fake.webhooks.deliver_to(
            answers_nothing, public_url="https://desk.example", events=["onMessageAdded"]
        )
        talk = fake.conversations.add(friendly_name="talk")
        fake.chat_user("ada").join(talk)
        fake.chat_user("ada").send("one", to=talk)
        fake.settle()
        fake.webhooks.resend(fake.webhooks.deliveries[0])

        test = fake.report().as_test()

    assert (
        "    # The delivery that is sent again was dropped.\n"
        "    fake_conversations.webhooks.resend(NotImplemented)\n"
    ) in test


def test_dropped_requests_are_mentioned() -> None:
    with FakeConversations(max_requests=1) as fake:
        for name in ("first", "second"):
            fake.twilio_client().conversations.v1.conversations.create(unique_name=name)
        test = fake.report().as_test()

    assert str(ast.get_docstring(ast.parse(test))).endswith(
        "The session began before its first step: 1 earlier request dropped (max_requests=1)."
    )
    assert "len(" not in test


@pytest.mark.newest
def test_module_in_the_documentation_is_generated(monkeypatch: pytest.MonkeyPatch) -> None:
    root = Path(__file__).parents[2]
    monkeypatch.syspath_prepend(root / "examples")

    generated = import_module("record_a_session").record()

    page = (root / "docs" / "how-to" / "recorded-tests.md").read_text()
    assert f"```py\n{generated}```\n" in page
