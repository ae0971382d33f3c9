"""The log: lines for people and programs, hostile texts, colours, and a reader that is gone."""

from __future__ import annotations

import io
import json
import os
import pty
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
import requests
from conftest import Api

from pytest_conversations_fake.api.actions import Action
from pytest_conversations_fake.api.assumptions import Assumptions
from pytest_conversations_fake.api.deliveries import Delivery
from pytest_conversations_fake.api.faults import RateLimited
from pytest_conversations_fake.api.outside import Entry
from pytest_conversations_fake.shell import log
from pytest_conversations_fake.shell.log import Log, json_renderer, text_renderer
from pytest_conversations_fake.shell.options import SessionOptions
from pytest_conversations_fake.shell.output import write
from pytest_conversations_fake.shell.session import open_session
from pytest_conversations_fake.state.injecting import inject

from .commands import address, serving

NOON = datetime(2030, 1, 1, 12, tzinfo=timezone.utc)

DELIVERY = Delivery(
    event="onMessageAdded",
    url="http://ada:secret@desk.example/twilio",
    method="POST",
    params={},
    form={},
    account_sid="AC" + "a" * 32,
)


as_json = json_renderer(Assumptions({}))


def text(*entries: Entry, width: int = 0, prefix: str = "") -> str:
    render = text_renderer(io.StringIO(), width=width, prefix=prefix)
    return "\n".join(render(NOON, entry) for entry in entries)


def delivery(**values: object) -> Delivery:
    return Delivery(**{**vars(DELIVERY), **values})


def test_line_is_written_at_once() -> None:
    """Otherwise the output of the command of `run` comes before the newline."""
    written: list[bytes] = []

    class Terminal(io.RawIOBase):
        def writable(self) -> bool:
            return True

        def write(self, data: Any) -> int:
            written.append(bytes(data))
            return len(data)

    stream = io.TextIOWrapper(io.BufferedWriter(Terminal()), write_through=True)

    write(stream, "one\n  note")

    assert [b"one\n  note\n"] == written


def test_lines_of_requests(api: Api) -> None:
    inject(api.world, RateLimited(), "ListService", 1, 0, None)
    requests = [
        api.post("/v1/Conversations", {"FriendlyName": "x", "Foo": 1}),
        api.post("/v1/Conversations", {"State": "bad"}),
        api.get("/v1/Services"),
        api.get("/v1/Nothing"),
    ]

    assert (
        """\
12:00:00 201    0 ms POST   CreateConversation            /v1/Conversations
         ignored: CreateConversation has no parameter Foo, so Twilio ignores it
12:00:00 400    0 ms POST   CreateConversation            /v1/Conversations
         refused: 50378 'State' parameter value is invalid (State is one of active, inactive, \
closed, not 'bad') (rule states)
12:00:00 429    0 ms GET    ListService                   /v1/Services
         refused: 20429 Too Many Requests (rule fault)
         fault: RateLimited(retry_after=1)
12:00:00 404    0 ms GET    (unknown)                     /v1/Nothing
         refused: 20404 The requested resource /Nothing was not found (rule not-found)
"""
        == text(*requests) + "\n"
    )


def test_lines_of_webhooks_and_actions() -> None:
    entries = [
        delivery(status=204),
        delivery(status=200, answer="<ok>\n"),
        delivery(error="Traceback …\nValueError: http://ada:secret@x \x1b[31m"),
        Action(
            order=1, subject="handset('+15550100')", name="send", arguments=("Hi",), keywords={}
        ),
    ]

    assert (
        """\
12:00:00 204 webhook POST   onMessageAdded                http://ada:***@desk.example/twilio
12:00:00 200 webhook POST   onMessageAdded                http://ada:***@desk.example/twilio
         answer: <ok>
12:00:00 --- webhook POST   onMessageAdded                http://ada:***@desk.example/twilio
         failed: ValueError: http://ada:***@x \\x1b[31m
12:00:00      action handset('+15550100').send('Hi')
"""
        == text(*entries) + "\n"
    )


def test_hostile_texts_cannot_command_a_terminal(api: Api) -> None:
    hostile = "\x1b[2J\r\n\u202e\x00"
    entries = [
        api.ask("GET\x1b", f"/v1/{hostile}"),
        api.post("/v1/Conversations", {hostile: "x", "State": hostile}),
        delivery(answer=hostile, error=hostile),
        Action(order=1, subject=hostile, name="send", keywords={}),
    ]

    lines = text(*entries)

    assert lines.replace("\n", "").isprintable()
    assert all(line.startswith(("12:00:00 ", "         ")) for line in lines.splitlines())
    for entry in entries:
        line = as_json(NOON, entry)
        assert line.isascii()
        assert line.isprintable()


def test_line_is_cut_to_the_width_of_a_terminal(api: Api) -> None:
    sid = api.post("/v1/Conversations").response["sid"]
    line = text(api.get(f"/v1/Conversations/{sid}/Messages"), width=80, prefix="[fake] ")

    assert (
        "[fake] 12:00:00 200    0 ms GET    ListConversationMessage       /v1/Con…essages"
    ) == line


def test_json_lines(api: Api) -> None:
    created = api.post("/v1/Conversations", {"Foo": 1})

    line = json.loads(as_json(NOON, created))
    webhook = json.loads(as_json(NOON, delivery(status=500, answer="x" * 999)))

    assert {
        "time": "2030-01-01T12:00:00.000+00:00",
        "kind": "request",
        "order": 1,
        "number": 1,
        "method": "POST",
        "path": "/v1/Conversations",
        "operation": "CreateConversation",
        "status": 201,
        "duration_ms": 0,
        "refused": False,
        "reason": "",
        "rule": None,
        "ignored": ["Foo"],
        "ignored_sentence": "CreateConversation has no parameter Foo, so Twilio ignores it",
        "account_sid": created.account_sid,
        "conflict": False,
        "faults": [],
    } == line
    assert ("delivery", 500, True, 200) == (
        webhook["kind"],
        webhook["status"],
        webhook["failed"],
        len(webhook["answer"]),
    )


@pytest.mark.parametrize("no_color", ["", "1"])
def test_terminal_gets_colours_unless_no_color_is_set(
    api: Api, no_color: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", no_color)
    created = api.post("/v1/Conversations")
    main, terminal = pty.openpty()
    with os.fdopen(main, "rb"), os.fdopen(terminal, "w") as stream:
        line = text_renderer(stream)(NOON, created)

    assert ("\x1b[32m201\x1b[0m" in line) == (not no_color)
    assert ("\x1b" in line) == (not no_color)


@pytest.fixture
def pipe() -> Iterator[tuple[int, io.TextIOWrapper]]:
    read, write = os.pipe()
    stream = os.fdopen(write, "w")
    yield read, stream
    stream.close()


def test_fake_goes_on_when_the_reader_of_the_log_is_gone(
    pipe: tuple[int, io.TextIOWrapper], capsys: pytest.CaptureFixture[str]
) -> None:
    read, stream = pipe
    with open_session(SessionOptions(port=0), stream) as session:
        os.close(read)
        for _ in range(3):
            answer = requests.get(f"{session.url}/v1/Services", auth=("a", "b"))
            assert 200 == answer.status_code

    assert ("", "") == capsys.readouterr()


def test_slow_reader_does_not_slow_down_the_fake(
    pipe: tuple[int, io.TextIOWrapper], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pipe that nobody reads is full after 64 KiB."""
    monkeypatch.setattr(log, "END_TIMEOUT", 0.1)
    monkeypatch.setattr(log, "MAX_WAITING", 10)
    read, stream = pipe
    slow = Log(stream, lambda now, entry: "x" * 70_000, lambda: NOON)
    slow.start()

    for _ in range(30):
        slow.add(DELIVERY)
    slow.stop()

    assert slow._left_out >= 19
    os.close(read)  # ends the thread that writes
    slow._thread.join()


@pytest.mark.newest
def test_inner_error_is_on_stderr_and_ignored_parameters_are_not(tmp_path: Path) -> None:
    with serving() as process:
        url = address(process)
        requests.post(f"{url}/v1/Conversations", {"Foo": "1"}, auth=("a", "b"))
        process.terminate()
        out, err = process.communicate(timeout=20)

    assert "ignored: CreateConversation has no parameter Foo" in out
    assert "" == err
