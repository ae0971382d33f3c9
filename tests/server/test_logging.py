"""Log records of requests, webhooks and errors."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from pytest_conversations_fake import FakeConversations
from pytest_conversations_fake.api.resources.services import Services
from pytest_conversations_fake.api.wording import shortened
from pytest_conversations_fake.server.handler import Handler

HOOK = "https://bot:hunter2@desk.example"


@pytest.fixture
def fake() -> Iterator[FakeConversations]:
    with FakeConversations(redirect=False) as fake:
        yield fake


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Callable[[], list[tuple[str, str, str]]]:
    """Return the logger's last name, the level and the text of each log record."""
    caplog.set_level(logging.INFO, "pytest_conversations_fake")

    def logged() -> list[tuple[str, str, str]]:
        return [
            (record.name.removeprefix("pytest_conversations_fake."), record.levelname, text)
            for record, text in zip(caplog.records, caplog.messages)
            if record.name.startswith("pytest_conversations_fake.")
        ]

    return logged


def post(fake: FakeConversations, path: str, **form: str) -> requests.Response:
    enabled = {"X-Twilio-Webhook-Enabled": "true"}
    auth = fake.account_sid, fake.auth_token
    return requests.post(f"{fake.url}/v1/{path}", form, auth=auth, headers=enabled)


def test_log_of_a_request_has_the_reason_of_its_refusal(
    fake: FakeConversations, logged: Callable[[], list[tuple[str, str, str]]]
) -> None:
    sid = post(fake, "Services", FriendlyName="x").json()["sid"]
    post(fake, "Services")

    reason = "20001 Missing required parameter FriendlyName in the post body"
    assert [
        ("requests", "INFO", f"#1 POST /v1/Services -> 201 {shortened(sid)}"),
        ("requests", "INFO", f"#2 POST /v1/Services -> 400: {reason}"),
    ] == logged()


@pytest.mark.parametrize(("status", "level"), [(204, "INFO"), (404, "WARNING")])
def test_failed_webhook_is_logged_as_a_warning(
    fake: FakeConversations,
    logged: Callable[[], list[tuple[str, str, str]]],
    status: int,
    level: str,
) -> None:
    def app(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        start(f"{status} received_bytes so", [])
        return []

    fake.webhooks.deliver_to(app, public_url=HOOK, events=["onUserAdded"])
    post(fake, "Users", Identity="ada")
    fake.webhooks.assert_delivered("onUserAdded", failed=status == 404)

    shown = f"onUserAdded to https://bot:***@desk.example -> {status}"
    assert ("webhooks", level, shown) in logged()


def broken(*_: object) -> None:
    raise KeyError("oops")


def test_error_inside_the_fake_is_logged_as_an_error(
    fake: FakeConversations,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Services, "create", broken)
    post(fake, "Services", FriendlyName="x")

    [record] = caplog.records
    assert ("pytest_conversations_fake.requests", "ERROR") == (record.name, record.levelname)
    assert "KeyError: 'oops'" in caplog.text
    with pytest.raises(AssertionError):
        fake._check_strict()


def test_error_before_a_request_exists_is_logged(
    fake: FakeConversations,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Handler, "_wake_for_timers", broken)
    assert 500 == post(fake, "Services", FriendlyName="x").status_code

    assert "KeyError: 'oops'" in caplog.text
    with pytest.raises(AssertionError):
        fake._check_strict()


def test_text_is_not_rendered_without_a_log_handler(
    fake: FakeConversations, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(_: object) -> str:
        raise AssertionError("rendered without a handler")

    monkeypatch.setattr("pytest_conversations_fake.api.journal.RecordedRequest.__str__", never)

    assert 201 == post(fake, "Services", FriendlyName="x").status_code


def test_ignored_parameters_are_logged_as_a_warning(
    fake: FakeConversations, logged: Callable[[], list[tuple[str, str, str]]]
) -> None:
    sid = post(fake, "Services", FriendlyName="x", Colour="red").json()["sid"]

    text = (
        f"#1 POST /v1/Services -> 201 {shortened(sid)}: CreateService has no parameter Colour, so "
        "Twilio ignores it"
    )
    assert [("requests", "WARNING", text)] == logged()
