"""The URL that is sent is the URL that was signed, for every kind of target and both methods."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from aiohttp import web
from applications import EVENTS, HOOK, say, with_flask
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from pytest_conversations_fake import FakeConversations
from pytest_conversations_fake.api.deliveries import request_url

Seen = Callable[[str, str, bytes], None]
"""Takes a request target as it was sent, the signature and the body."""


@contextmanager
def wsgi(seen: Seen) -> Iterator[Any]:
    def app(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        body = environ["wsgi.input"].read()
        assert environ["RAW_URI"] == environ["REQUEST_URI"]
        assert environ["REQUEST_URI"].partition("?")[2] == environ["QUERY_STRING"]
        seen(environ["REQUEST_URI"], environ["HTTP_X_TWILIO_SIGNATURE"], body)
        start("200 OK", [])
        return []

    yield app


@contextmanager
def asgi(seen: Seen) -> Iterator[Any]:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        raw = scope["raw_path"] + b"?" * bool(scope["query_string"]) + scope["query_string"]
        headers = dict(scope["headers"])
        body = (await receive())["body"]
        seen(raw.decode(), headers[b"x-twilio-signature"].decode(), body)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    yield app


@contextmanager
def aiohttp(seen: Seen) -> Iterator[Any]:
    async def hook(request: web.Request) -> web.Response:
        seen(request.raw_path, request.headers["X-Twilio-Signature"], await request.read())
        return web.Response()

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", hook)
    yield app


@contextmanager
def address(seen: Seen) -> Iterator[Any]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            seen(self.requestline.split()[1], self.headers["X-Twilio-Signature"], body)
            self.send_response(200)
            self.end_headers()

        do_POST = do_GET  # noqa: N815 - the name that http.server calls

        def log_message(self, *_: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=[0.01])  # seconds until shutdown is seen
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def recorder(fake: FakeConversations) -> tuple[Seen, list[tuple[str, bool]]]:
    """A target that records requests, and its records: the path and query, and their validity."""
    requests: list[tuple[str, bool]] = []

    def seen(target: str, signature: str, body: bytes) -> None:
        form = dict(parse_qsl(body.decode()))
        url = f"https://desk.example{target}"
        is_valid = RequestValidator(fake.auth_token).validate(url, form, signature)
        requests.append((target.partition("AccountSid=")[0], is_valid))

    return seen, requests


@pytest.mark.rule("webhook-signature", "webhook-request-url")
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    ("configured", "sent"),
    [
        ("/hook?room=a%3Ab", "/hook?room=a%3Ab"),
        ("/hook?room=a%3ab&x=%7e", "/hook?room=a%3ab&x=%7e"),
        ("/hook?name=a+b&empty=&none", "/hook?name=a+b&empty=&none"),
        ("/hook?name=%C3%A4", "/hook?name=%C3%A4"),
        ("/hook?name=ä b", "/hook?name=%C3%A4%20b"),
        ("/a%2Fb%20c/ä", "/a%2Fb%20c/%C3%A4"),
        ("/a:b@c;d=1,2/../e?q='(!)*:@/?", "/a:b@c;d=1,2/../e?q='(!)*:@/?"),
        ("//hook", "//hook"),
        ("/hook?", "/hook"),
        ("/hook?x=1#rc=2", "/hook?x=1"),
        ("?x=1", "/?x=1"),
        ("", "/"),
    ],
)
@pytest.mark.parametrize("target", [wsgi, asgi, aiohttp, address])
def test_url_that_is_sent_is_the_url_that_was_signed(
    fake: FakeConversations, target: Any, configured: str, sent: str, method: str
) -> None:
    seen, requests = recorder(fake)
    fake.conversations.add(unique_name="talk")
    Client().conversations.v1.configuration.webhooks().update(
        post_webhook_url=f"https://desk.example{configured}", filters=EVENTS, method=method
    )

    with target(seen) as app:
        fake.webhooks.deliver_to(app, public_url="https://desk.example")
        say()
        fake.settle()

    if method == "GET":
        sent += "&" if "?" in sent else "?"
    assert [(sent, True)] == requests


def test_address_with_a_query_of_its_own_gets_it_once(fake: FakeConversations) -> None:
    targets: list[str] = []
    fake.conversations.add(unique_name="talk")

    with address(lambda target, *_: targets.append(target)) as base:
        fake.webhooks.deliver_to(f"{base}/hook?room=a%3Ab", events=EVENTS)
        say()
        fake.settle()

    assert ["/hook?room=a%3Ab"] == targets


def test_url_of_this_machine_without_a_target_keeps_its_query(fake: FakeConversations) -> None:
    targets: list[str] = []
    fake.conversations.add(unique_name="talk")

    with address(lambda target, *_: targets.append(target)) as base:
        Client().conversations.v1.configuration.webhooks().update(
            post_webhook_url=f"{base}/hook?room=a%3Ab", filters=EVENTS
        )
        say()
        fake.settle()

    assert ["/hook?room=a%3Ab"] == targets


def test_credentials_in_the_url_of_an_address_reach_it(fake: FakeConversations) -> None:
    fake.conversations.add(unique_name="talk")

    with FakeConversations(redirect=False) as another:
        url = another.url.replace("http://", "http://u:p@") + "/v1/Services"
        fake.webhooks.deliver_to(url, events=EVENTS)
        say()
        fake.webhooks.assert_delivered("onMessageAdded", failed=True)

    assert "Basic u:***" == another.requests[0].headers["authorization"]


def test_path_of_a_public_url_is_found_in_any_spelling(fake: FakeConversations) -> None:
    targets: list[str] = []
    fake.conversations.add(unique_name="talk")

    with address(lambda target, *_: targets.append(target)) as base:
        fake.webhooks.deliver_to(f"{base}/desk", public_url="https://desk.example/twiliö")
        Client().conversations.v1.configuration.webhooks().update(
            post_webhook_url="https://desk.example/twili%C3%B6/hook", filters=EVENTS
        )
        say()
        fake.settle()

    assert ["/desk/hook"] == targets


@pytest.mark.rule("webhook-request-url")
def test_host_that_is_not_ascii_is_sent_as_idna() -> None:
    url = request_url("https://u:p@Bücher.example:8443/ü")

    assert "https://u:p@xn--bcher-kva.example:8443/%C3%BC" == url
    assert urlsplit(url).netloc.isascii()


@pytest.mark.rule("webhook-signature", "event-form")
@pytest.mark.parametrize("token", ["theirs", None])
def test_get_request_has_its_parameters_in_the_query(token: str | None) -> None:
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
            post_webhook_url=f"{HOOK}?x=1", filters=EVENTS, method="GET"
        )
        say()
        fake.webhooks.assert_delivered("onMessageAdded")

    assert [True, True] == seen


@pytest.mark.rule("webhook-signature")
def test_request_is_signed_with_the_token_that_the_application_uses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sid = "AC" + "1" * 32
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", "dev")
    valid = []

    def handle(url: str, form: dict[str, str], signature: str) -> None:
        valid.append(RequestValidator("theirs").validate(url, form, signature))

    with FakeConversations() as fake:
        fake.webhooks.deliver_to(with_flask(handle), public_url=HOOK, events=EVENTS)
        talk = Client(sid, "theirs").conversations.v1.conversations.create()
        talk.messages.create(body="hi", x_twilio_webhook_enabled="true")
        fake.settle()

    assert [True] == valid
