"""The pages of tests in a browser, opened from a directory."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from browsing import accessibility_problems, watched_page
from conftest import Api
from programs import needs

from pytest_conversations_fake.api.deliveries import Delivery
from pytest_conversations_fake.api.world import World
from pytest_conversations_fake.reports.page import index, page
from pytest_conversations_fake.reports.report import report
from pytest_conversations_fake.state.account import AccountView

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.newest, needs("chromium", "npm")]

HOSTILE = "</script><img src=x onerror=alert(1)><script>alert(2)</script>\u202e"


@pytest.fixture
def pages(world: World, api: Api, account: AccountView, tmp_path: Path) -> Path:
    """A directory with the page of a test and its index."""
    world.name = f"test_it[{HOSTILE}]"
    talk = account.conversations.add(unique_name=HOSTILE)
    account.participants.add(conversation_sid=talk.sid, identity=HOSTILE)
    account.participants.add(
        conversation_sid=talk.sid,
        messaging_binding_address="+15550100",
        messaging_binding_proxy_address="+15550199",
    )
    image = account.media.add(filename=HOSTILE)
    for author in ("system", "+15550100", HOSTILE):
        account.messages.add(conversation_sid=talk.sid, author=author, body=HOSTILE)
    account.messages.add(conversation_sid=talk.sid, author=HOSTILE, media_sid=image.sid)
    api.post("/v1/Conversations", {"State": HOSTILE, HOSTILE: HOSTILE})
    api.get(f"/v1/{HOSTILE}?{HOSTILE}")
    world.post(
        Delivery(
            event="onMessageAdded",
            url="https://desk.example",
            method="POST",
            params={},
            form={"Body": HOSTILE},
            account_sid="",
            error=f"Traceback\n{HOSTILE}",
        )
    )
    text = page(report(world, [HOSTILE]), "failed", HOSTILE, index="index.html")
    (tmp_path / "test.html").write_text(text, "utf-8")
    (tmp_path / "index.html").write_text(index({world.name: ("failed", "test.html")}), "utf-8")
    return tmp_path


def expect(locator: Any) -> Any:
    from playwright.sync_api import expect

    return expect(locator)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_shows_hostile_texts_as_texts(
    browser: Browser, pages: Path, axe: str, scheme: Any
) -> None:
    with watched_page(browser, color_scheme=scheme) as page:
        page.goto((pages / "index.html").as_uri())
        page.get_by_role("link").click()

        expect(page.locator(".message")).to_have_count(4)
        sides = page.locator(".message").evaluate_all("all => all.map(each => each.className)")
        assert ["message right", "message", "message right", "message right"] == sides
        expect(page.locator(".entry")).to_have_count(11)
        for line in page.locator(".entry").all():
            line.locator("summary").first.click()
        refused = page.locator(".entry", has_text="50378")
        expect(refused).to_contain_text("documented: error dictionary")
        expect(refused).to_contain_text("Sent, and read by nobody: </script><img")
        assert 0 == page.locator("img").count()
        assert [] == accessibility_problems(page, axe)
        page.get_by_role("link", name="All tests").click()
        expect(page.get_by_role("heading")).to_have_text("fake_conversations")


def test_narrow_page_does_not_scroll_sideways(browser: Browser, pages: Path) -> None:
    with watched_page(browser, viewport={"width": 360, "height": 740}) as page:
        page.goto((pages / "test.html").as_uri())
        page.locator(".entry summary").nth(9).click()

        assert 360 == page.evaluate("document.documentElement.scrollWidth")


def test_page_without_scripts_shows_the_text(browser: Browser, pages: Path) -> None:
    with watched_page(browser, java_script_enabled=False) as page:
        page.goto((pages / "test.html").as_uri())

        expect(page.locator("noscript pre")).to_contain_text("#1 POST /v1/Conversations -> 400")


def test_page_shows_thousands_of_requests(
    browser: Browser, world: World, api: Api, tmp_path: Path
) -> None:
    for number in range(3000):
        api.post("/v1/Services", {"FriendlyName": f"desk {number}"})
    (tmp_path / "test.html").write_text(report(world, []).html(), "utf-8")

    with watched_page(browser) as page:
        page.goto((tmp_path / "test.html").as_uri())

        expect(page.locator(".entry")).to_have_count(3000)
        expect(page.locator(".entry").last).to_contain_text("desk 2999")
