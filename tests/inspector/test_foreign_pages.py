"""Pages of other sites in a real browser, and what they can do to a fake: nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from programs import needs

from pytest_conversations_fake import FakeConversations

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.newest, needs("chromium")]

HOSTILE_PAGE = Path(__file__).with_name("hostile_page.html").read_bytes()


@pytest.fixture
def evil_port() -> Iterator[int]:
    """The port of a site whose page attacks."""

    class Evil(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(HOSTILE_PAGE)

        def log_message(self, *args: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Evil)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with browser.new_context() as context:
        yield context.new_page()


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_page_of_another_site_does_nothing(
    page: Page, served: FakeConversations, evil_port: int, name: str
) -> None:
    page.goto(f"http://evil.example:{evil_port}/")

    outcomes = page.evaluate("attack", served.url.replace("127.0.0.1", name))

    assert {
        "simple request": "TypeError",
        "beacon": "opaque",
        "request with JSON": "TypeError",
        "DELETE": "TypeError",
        "reading": "TypeError",
        "reading without CORS": "TypeError",
        "the imitated API": "TypeError",
        "a change by the imitated API": "TypeError",
        "events": "error",
        "script": "error",
    } == outcomes
    assert "conversations-fake" not in page.frames[-1].content()
    assert [] == [*served.requests]
    assert [] == served.report().actions


def test_name_that_resolves_to_this_machine_shows_nothing(
    page: Page, served: FakeConversations
) -> None:
    """DNS rebinding: the browser takes the fake for the site of the page."""
    port = served.url.rpartition(":")[2]

    answers = [page.goto(f"http://evil.example:{port}{path}") for path in ("/", "/_fake/v1/seed")]

    assert [403, 403] == [answer and answer.status for answer in answers]
    assert "the host 'evil.example" in page.content()
    assert [] == [*served.requests]


def test_name_that_is_allowed_has_a_page_that_works(page: Page, served: FakeConversations) -> None:
    from playwright.sync_api import expect

    page.goto(f"http://desk.example:{served.url.rpartition(':')[2]}/")

    expect(page.locator("#connection")).to_have_text("live")
    status = page.evaluate(
        """fetch("/_fake/v1/clock", {
            method: "POST", headers: {"Content-Type": "application/json"}, body: '{"shift": 1}',
        }).then((response) => response.status)"""
    )
    assert 200 == status
    assert 1 == len(served.report().actions)
