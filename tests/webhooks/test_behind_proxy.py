"""Applications that expect a proxy that terminates TLS."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from applications import APPLICATIONS, EVENTS, HOOK, say, with_django, with_flask
from django.test import override_settings
from twilio.request_validator import RequestValidator
from werkzeug.middleware.proxy_fix import ProxyFix

from pytest_conversations_fake import FakeConversations

Handler = Callable[[str, dict[str, str], str], "int | None"]


@pytest.fixture
def fake(fake: FakeConversations) -> FakeConversations:
    fake.conversations.add(unique_name="talk")
    return fake


def valid(fake: FakeConversations, fix: Callable[[str], str]) -> tuple[Handler, list[str]]:
    """A handler that validates signatures of the URL that *fix* returns, and its results."""
    seen: list[str] = []

    def handle(url: str, form: dict[str, str], signature: str) -> int:
        seen.append(url)
        validator = RequestValidator(fake.auth_token)
        return 200 if validator.validate(fix(url), form, signature) else 403

    return handle, seen


@pytest.mark.parametrize("kind", ["flask", "starlette", "fastapi", "django"])
def test_application_that_replaces_the_scheme_accepts_the_signature(
    fake: FakeConversations, kind: str
) -> None:
    handle, seen = valid(fake, lambda url: url.replace("http", "https"))
    app = APPLICATIONS[kind](handle)
    fake.webhooks.deliver_to(app, public_url=HOOK, events=EVENTS, behind_proxy=True)

    say()

    assert 200 == fake.webhooks.assert_delivered("onMessageAdded").status
    assert ["http://desk.example/hook"] == seen


def test_aiohttp_application_accepts_the_signature(fake: FakeConversations) -> None:
    handle, seen = valid(fake, str)
    app = APPLICATIONS["aiohttp"](handle)
    fake.webhooks.deliver_to(app, public_url=HOOK, events=EVENTS, behind_proxy=True)

    say()

    assert 200 == fake.webhooks.assert_delivered("onMessageAdded").status
    assert [HOOK] == seen


def test_middleware_of_flask_for_proxies_finds_the_public_url(fake: FakeConversations) -> None:
    handle, seen = valid(fake, str)
    app = with_flask(handle)
    app.wsgi_app = ProxyFix(app.wsgi_app, x_host=1)  # type: ignore[method-assign]  # as Flask documents
    fake.webhooks.deliver_to(app, public_url=HOOK, events=EVENTS, behind_proxy=True)

    say()

    assert 200 == fake.webhooks.assert_delivered("onMessageAdded").status
    assert [HOOK] == seen


def test_setting_of_django_for_proxies_finds_the_public_url(fake: FakeConversations) -> None:
    handle, seen = valid(fake, str)
    app = with_django(handle)
    fake.webhooks.deliver_to(app, public_url=HOOK, events=EVENTS, behind_proxy=True)

    with override_settings(SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https")):
        say()
        delivered = fake.webhooks.assert_delivered("onMessageAdded")

    assert 200 == delivered.status
    assert [HOOK] == seen


@pytest.mark.parametrize("run_in", ["thread", "test"])
def test_request_has_the_headers_of_a_proxy(fake: FakeConversations, run_in: Any) -> None:
    def app(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        seen.update(environ)
        start("200 OK", [])
        return []

    seen: dict[str, Any] = {}
    public_url = "https://desk.example:8443/hook"
    fake.webhooks.deliver_to(
        app, public_url=public_url, events=EVENTS, behind_proxy=True, run_in=run_in
    )

    say()
    fake.settle()

    assert {
        "wsgi.url_scheme": "http",
        "HTTP_HOST": "desk.example:8443",
        "HTTP_X_FORWARDED_PROTO": "https",
        "HTTP_X_FORWARDED_HOST": "desk.example:8443",
        "HTTP_X_FORWARDED_FOR": "127.0.0.1",
    }.items() <= seen.items()


def test_address_gets_the_headers_of_a_proxy(fake: FakeConversations) -> None:
    with FakeConversations(redirect=False) as another:
        url = f"{another.url}/v1/Services"
        fake.webhooks.deliver_to(url, public_url=HOOK, events=EVENTS, behind_proxy=True)
        say()
        fake.webhooks.assert_delivered("onMessageAdded", failed=True)

    headers = another.requests[0].headers
    assert ("desk.example", "https") == (headers["host"], headers["x-forwarded-proto"])
    assert "desk.example" == headers["x-forwarded-host"]


def test_application_that_is_called_directly_sees_the_public_url(fake: FakeConversations) -> None:
    handle, seen = valid(fake, str)
    fake.webhooks.deliver_to(with_flask(handle), public_url=HOOK, events=EVENTS)

    say()

    fake.webhooks.assert_delivered("onMessageAdded")
    assert [HOOK] == seen
