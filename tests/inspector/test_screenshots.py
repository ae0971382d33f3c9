"""The images of the documentation. `make screenshots` writes them to `docs/images`."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from browsing import watched_page
from programs import needs
from twilio.base.exceptions import TwilioRestException

from pytest_conversations_fake import FakeConversations
from pytest_conversations_fake.inspector.inspector import Inspector
from pytest_conversations_fake.reports.page import page as report_page
from pytest_conversations_fake.server.server import Server

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.newest, needs("chromium")]

IMAGES = Path(__file__).parents[2] / "docs" / "images"

MAX_SIZE = 150_000
"""Maximum number of bytes of an image."""

CUSTOMER, DESK, WEBHOOK = "+15550100", "+15550199", "https://desk.example/twilio"


@pytest.fixture
def images(tmp_path: Path) -> Path:
    """The directory for images: that of the documentation if `SCREENSHOTS` names it."""
    directory = Path(os.environ.get("SCREENSHOTS", tmp_path))
    directory.mkdir(exist_ok=True)
    return directory


@pytest.fixture
def desk() -> Iterator[FakeConversations]:
    """A help desk on an ordinary morning."""
    fake = FakeConversations(redirect=False, name="test_desk.py::test_customer_gets_an_answer")
    server = Server(site=Inspector(fake).site)
    with fake._lifecycle.serve_on(server):
        fake.clock.move_to(datetime(2026, 3, 2, 9, 14, tzinfo=timezone.utc))
        work(fake)
        yield fake
    server.stop()


def work(fake: FakeConversations) -> None:
    fake.webhooks.deliver_to(bot, public_url=WEBHOOK)
    api = fake.twilio_client().conversations.v1
    api.configuration.webhooks().update(
        post_webhook_url=WEBHOOK, filters=["onMessageAdded", "onConversationStateUpdated"]
    )
    for name, text in [
        ("Returns", "The parcel came back to us, we refund it today."),
        ("Invoice 2025-118", "Could you send it again?"),
        ("Opening hours", "We open at nine."),
    ]:
        talk = api.conversations.create(friendly_name=name)
        talk.participants.create(identity="grace")
        talk.messages.create(author="grace", body=text)
    order = api.conversations.create(unique_name="order-1042", timers_inactive="PT1H")
    order.participants.create(identity="ada")
    order.participants.create(
        messaging_binding_address=CUSTOMER, messaging_binding_proxy_address=DESK
    )
    phone = fake.handset(CUSTOMER)
    phone.send("Hello, where is my order?", to=DESK)
    fake.settle()
    order.messages.create(
        author="ada",
        body="Good morning! It left our warehouse today and arrives tomorrow before noon.",
        x_twilio_webhook_enabled="true",
    )
    phone.report_status("read")
    phone.send("Great, here is the receipt", to=DESK, media="receipt.pdf")
    fake.settle()
    order.messages.create(author="ada", body="Thank you.", attributes="{}")
    with suppress(TwilioRestException):
        order.participants.create(identity="ada")
    phone.report_status("undelivered", error_code=30003)


def save(page: Page, path: Path) -> None:
    """Write an image of the page with 256 colours, which text and areas need at most."""
    from PIL import Image

    if page.url.startswith("http"):  # each run has another port
        page.locator("#url").evaluate("element => element.textContent = 'http://127.0.0.1:8010'")

    with Image.open(io.BytesIO(page.screenshot())) as image:
        few_colours = image.convert("RGB").quantize(256, dither=Image.Dither.NONE)
        few_colours.save(path, optimize=True)


def bot(environ: Any, start_response: Any) -> list[bytes]:
    start_response("200 OK", [("Content-Type", "application/json")])
    return [b'{"handled": true}']


def test_screenshots_show_a_help_desk(
    browser: Browser, desk: FakeConversations, images: Path, tmp_path: Path
) -> None:
    url = f"{desk.url}/_fake/"
    size = {"width": 1280, "height": 800}

    with watched_page(browser, viewport=size, color_scheme="light") as page:
        page.goto(url)
        page.locator("#chats a", has_text="order-1042").click()
        page.locator(".chat .message").nth(3).wait_for()
        save(page, images / "page.png")
        page.goto(f"{url}#controls")
        page.get_by_role("button", name="Take a snapshot").click()
        page.locator("#snapshots li").wait_for()
        page.locator(".toast").evaluate("element => element.remove()")
        page.locator("#controls-title").scroll_into_view_if_needed()
        save(page, images / "controls.png")
    with watched_page(browser, viewport=size, color_scheme="dark") as page:
        page.goto(f"{url}#phone")
        page.locator("#phone-form [name=phone]").fill(CUSTOMER)
        page.locator("#phone-form [name=to]").fill(DESK)
        page.locator("#phone-form [name=body]").fill("One more question")
        page.locator("#screen .message").nth(3).wait_for()
        page.locator(".entry.delivery summary").first.click()
        save(page, images / "phone-dark.png")
    with watched_page(browser, viewport={"width": 360, "height": 720}) as page:
        page.goto(url)
        page.locator(".entry").nth(5).wait_for()
        save(page, images / "narrow.png")
    report = tmp_path / "report.html"
    report.write_text(report_page(desk.report(), "failed", "", index="index.html"), "utf-8")
    with watched_page(browser, viewport=size) as page:
        page.goto(report.as_uri())
        page.locator(".entry").nth(5).wait_for()
        save(page, images / "report.png")

    made = {path.name: path.stat().st_size for path in images.glob("*.png")}
    assert {path.name for path in IMAGES.glob("*.png")} == made.keys()
    assert {} == {name: size for name, size in made.items() if size > MAX_SIZE}
