"""The page in a browser: what it shows of a fake, and what people do to the fake with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from browsing import accessibility_problems, watched_page
from programs import needs
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from pytest_conversations_fake import FakeConversations, RateLimited
from pytest_conversations_fake.inspector.inspector import Inspector
from pytest_conversations_fake.server.server import Server

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.newest, needs("chromium", "npm")]

HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script>\u202e"
PHONE, DESK = "+15550100", "+15550199"

VIEWS = ("timeline", "chats", "phone", "controls")

MAX_REQUESTS = 120
"""Maximum number of requests that the fake keeps."""


@pytest.fixture
def fake() -> FakeConversations:
    return FakeConversations(redirect=False, name="a desk", max_requests=MAX_REQUESTS)


@pytest.fixture
def twilio(served: FakeConversations) -> Client:
    return served.twilio_client()


@pytest.fixture
def page(browser: Browser, served: FakeConversations) -> Iterator[Page]:
    with watched_page(browser, viewport={"width": 1280, "height": 860}) as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.goto(f"{served.url}/")
        expect(page.locator("#connection")).to_have_text("live")
        yield page


def expect(locator: Any) -> Any:
    from playwright.sync_api import expect

    return expect(locator)


def entry(page: Page, text: str) -> Any:
    """The newest line with a text."""
    return page.locator(".entry", has_text=text).first


def copied(page: Page) -> str:
    return str(page.evaluate("navigator.clipboard.readText()"))


def desk_application(environ: Any, start_response: Any) -> list[bytes]:
    """An application that accepts every webhook."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"thanks, got it"]


def add_desk(fake: FakeConversations) -> str:
    """A conversation of a customer with a chat user. Returns its sid."""
    talk = fake.conversations.add(unique_name="order-1042", friendly_name="Order 1042")
    fake.participants.add(conversation_sid=talk.sid, identity="ada")
    fake.participants.add(
        conversation_sid=talk.sid,
        messaging_binding_address=PHONE,
        messaging_binding_proxy_address=DESK,
    )
    return talk.sid


def test_requests_and_webhooks_appear_as_they_happen(
    page: Page, served: FakeConversations, twilio: Client
) -> None:
    expect(page.locator("#empty")).to_contain_text('eval "$(conversations-fake env --port ')
    served.webhooks.deliver_to(desk_application, public_url="https://desk.example/twilio")
    conversations = twilio.conversations.v1.conversations
    twilio.conversations.v1.configuration.webhooks().update(
        post_webhook_url="https://desk.example/twilio", filters=["onConversationAdded"]
    )

    conversations.create(friendly_name="Help", x_twilio_webhook_enabled="true")

    expect(page.locator("#empty")).to_be_hidden()
    webhook = page.locator(".entry.delivery").first
    expect(webhook.locator(".status")).to_have_text("200")
    webhook.locator("summary").first.click()
    expect(webhook).to_contain_text("thanks, got it")
    expect(webhook).to_contain_text("Signed")
    expect(webhook).to_contain_text("https://desk.example/twilio")
    webhook.get_by_role("button", name="Resend").click()
    expect(page.locator(".entry.delivery")).to_have_count(2)
    assert 2 == len(served.webhooks.deliveries)

    with pytest.raises(TwilioRestException):
        conversations.create(state="open")

    refused = entry(page, "50378")
    expect(refused.locator(".status")).to_have_text("400")
    refused.locator("summary").first.click()
    expect(refused).to_contain_text("documented: error dictionary")
    page.get_by_text("Refused or failed").click()
    expect(page.locator(".entry")).to_have_count(1)
    page.get_by_text("All", exact=True).click()
    page.get_by_role("searchbox").fill("help")
    expect(page.locator(".entry.request")).to_have_count(1)
    conversations.create(friendly_name="Another")
    conversations.create(friendly_name="More help")
    expect(page.locator(".entry.request")).to_have_count(2)
    page.get_by_role("searchbox").fill("nothing like this")
    page.get_by_role("button", name="Show everything").click()
    expect(page.locator(".entry.request")).to_have_count(5)


def test_ignored_parameters_are_named(page: Page, served: FakeConversations) -> None:
    import requests

    requests.post(
        f"{served.url}/v1/Conversations",
        {"FriendlyNam": "x", HOSTILE: "y"},
        auth=(served.account_sid, served.auth_token),
    )

    line = entry(page, "Sent, and read by nobody: FriendlyNam")
    line.locator("summary").first.click()
    expect(line).to_contain_text("did you mean FriendlyName")
    expect(line).to_contain_text("<script>alert(2)</script>\\u202e")


def test_people_write_in_a_conversation(page: Page, served: FakeConversations) -> None:
    sid = add_desk(served)
    page.locator("#chats a", has_text="order-1042").click()
    chat = page.locator("#chat")

    chat.get_by_role("textbox", name="Text").fill("Where is my order?")
    chat.get_by_placeholder("File name").fill("receipt.pdf")
    chat.get_by_role("button", name="Send").click()
    expect(chat.locator(".message")).to_have_count(1)
    chat.get_by_label("Write as").select_option("ada")
    chat.get_by_role("textbox", name="Text").fill(HOSTILE)
    chat.get_by_role("textbox", name="Text").press("Enter")

    expect(chat.locator(".message.right .bubble")).to_contain_text("<script>alert(2)</script>")
    expect(chat.locator(".message:not(.right)")).to_contain_text("receipt.pdf")
    customer, ada = served.messages
    assert (PHONE, "ada") == (customer.author, ada.author)
    assert "receipt.pdf" == customer.media[0]["filename"]
    expect(entry(page, f"handset('{PHONE}').send('Where is my order?'")).to_be_visible()

    page.get_by_text("Receipts, reading, joining").click()
    chat.get_by_label("reports").select_option("undelivered")
    chat.get_by_label("Error code").fill("30003")
    chat.get_by_role("button", name="Report").click()
    expect(chat.locator(".receipt")).to_have_text(f"undelivered to {PHONE} (30003)")
    chat.get_by_role("button", name="Mark all as read").click()
    expect(chat.locator(".participant", has_text="ada")).to_contain_text("read #1")
    chat.get_by_label("Chat user").fill("grace")
    chat.get_by_role("button", name="Join").click()
    expect(chat.locator(".participant")).to_have_count(3)
    expect(chat.get_by_role("button", name="Join")).to_be_visible()
    assert {"ada", "grace"} == {each.identity for each in served.participants if each.identity}

    served.conversations.one(sid=sid)
    served.twilio_client().conversations.v1.conversations(sid).update(state="closed")
    expect(chat).to_contain_text("This conversation is closed")


def test_phone_writes_in_a_group_text(page: Page, served: FakeConversations) -> None:
    talk = served.conversations.add(unique_name="lunch")
    served.participants.add(
        conversation_sid=talk.sid, identity="ada", messaging_binding_projected_address=DESK
    )
    for number in (PHONE, "+15550101"):
        served.participants.add(conversation_sid=talk.sid, messaging_binding_address=number)
    page.goto(f"{served.url}/_fake/#chats/{talk.sid}")

    page.get_by_label("Write as").select_option("+15550101")
    page.locator("#composer-body").fill("Pizza?")
    page.locator("#composer-body").press("Enter")

    expect(page.locator("#chat .message")).to_contain_text("Pizza?")
    assert "+15550101" == served.messages.one().author
    expect(entry(page, f".send('Pizza?', to='{DESK}'")).to_be_visible()


def test_phone_texts_a_number(page: Page, served: FakeConversations) -> None:
    served.address_configurations.add(
        type="sms", address=DESK, auto_creation_enabled=True, auto_creation_type="default"
    )
    page.get_by_role("link", name="Phone", exact=True).click()
    form = page.locator("#phone-form")
    form.get_by_label("Number of the phone").fill(PHONE)
    form.get_by_label("Channel").select_option("WhatsApp")
    form.get_by_label("To a number").fill(DESK)
    form.get_by_label("Text").fill("Hello?")

    form.get_by_role("button", name="Send text").click()
    expect(form.get_by_role("alert")).to_contain_text("without the channel whatsapp")
    form.get_by_label("Channel").select_option("SMS")
    form.get_by_role("button", name="Send text").click()

    expect(page.locator("#screen .message.right")).to_contain_text("Hello?")
    expect(form.get_by_role("alert")).to_have_count(0)
    talk = served.conversations.one()
    served.messages.add(conversation_sid=talk.sid, author="ada", body="Hi!")
    expect(page.locator("#screen .message:not(.right)")).to_contain_text("Hi!")


def test_faults_clock_and_snapshots_are_controlled(
    page: Page, served: FakeConversations, twilio: Client
) -> None:
    talk = served.conversations.add(timers_inactive="PT1H", unique_name="quiet")
    page.get_by_role("link", name="Controls").click()
    controls = page.locator("#view-controls")

    controls.get_by_role("button", name="Take a snapshot").click()
    expect(controls.locator("#snapshots li")).to_have_count(1)
    controls.locator("[name=fault]").select_option("TwilioError")
    controls.get_by_label("code").fill("20429")
    controls.get_by_label("Operation").fill("FetchConversation")
    controls.get_by_role("button", name="Inject").click()
    expect(controls.locator("#faults")).to_contain_text("on FetchConversation")
    with pytest.raises(TwilioRestException):
        twilio.conversations.v1.conversations("quiet").fetch()
    expect(controls.locator("#faults")).to_contain_text("met by 1")
    controls.get_by_role("button", name="End TwilioError").click()
    expect(controls.locator("#faults li")).to_have_count(0)
    assert "quiet" == twilio.conversations.v1.conversations("quiet").fetch().unique_name

    controls.get_by_role("button", name="+1 hour").click()
    expect(entry(page, "clock.shift(hours=1)")).to_be_visible()
    assert "inactive" == talk.state
    controls.get_by_role("button", name="Restore snapshot 1").click()
    expect(page.locator(".entry.request")).to_have_count(0)
    assert "active" == served.conversations.one().state

    controls.get_by_role("button", name="Reset…").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    assert 1 == len(served.conversations)
    controls.get_by_role("button", name="Reset…").click()
    page.get_by_role("dialog").get_by_role("button", name="Reset").click()
    expect(page.locator("#toasts")).to_contain_text("Reset the fake")
    assert 0 == len(served.conversations)


def test_seed_is_copied_and_loaded(page: Page, served: FakeConversations, tmp_path: Path) -> None:
    add_desk(served)
    served.handset(PHONE).send("Hello", to=DESK)
    page.get_by_role("link", name="Controls").click()

    page.get_by_role("button", name="Copy as seed").click()
    expect(page.locator("#toasts")).to_contain_text("Copied the seed")
    seed = copied(page)
    assert "order-1042" in seed
    served.reset()
    (tmp_path / "seed.json").write_text(seed)
    page.locator("#load-seed").set_input_files(tmp_path / "seed.json")
    expect(page.locator("#toasts")).to_contain_text("Loaded seed.json")
    assert "order-1042" == served.conversations.one().unique_name


def test_session_is_copied_as_a_test(page: Page, served: FakeConversations) -> None:
    add_desk(served)
    served.handset(PHONE).send("Hello", to=DESK)

    page.locator("#copy-test").click()

    expect(page.locator("#toasts")).to_contain_text("Copied the test")
    assert "def test_" in copied(page)
    assert "Hello" in copied(page)


def test_page_loads_older_entries_until_the_limit(
    page: Page, served: FakeConversations, twilio: Client
) -> None:
    users = twilio.conversations.v1.users
    for number in range(MAX_REQUESTS + 30):
        users.create(identity=f"user {number}")
    lines = page.locator(".entry")
    expect(lines.first).to_contain_text("user 149")
    expect(page.locator("#notice")).to_contain_text("30 earlier requests dropped")

    page.reload()

    expect(page.locator("#count-entries")).to_have_text("100 entries shown")
    lines.last.scroll_into_view_if_needed()
    expect(page.locator("#count-entries")).to_have_text("120 entries")
    expect(lines.first).to_contain_text("user 149")
    expect(lines.last).to_contain_text("user 30")


def test_page_shows_a_fake_that_was_started_again(browser: Browser) -> None:
    first, second = (FakeConversations(redirect=False, name=name) for name in ("one", "two"))
    first.users.add(identity="before")
    second.users.add(identity="after")
    server = Server(site=Inspector(first).site)

    with browser.new_context() as context:
        page = context.new_page()
        with first._lifecycle.serve_on(server):
            page.goto(f"{first.url}/_fake/")
            expect(page.locator(".entry")).to_contain_text("before")
            port = urlsplit(server.url).port or 0
        server.stop()
        expect(page.locator("#connection")).to_have_text("not connected")
        server = Server(port, site=Inspector(second).site)
        with second._lifecycle.serve_on(server):
            expect(page.locator("#connection")).to_have_text("live")
            expect(page.locator(".entry")).to_contain_text("after")
        server.stop()


def test_page_is_used_with_the_keyboard(
    page: Page, served: FakeConversations, twilio: Client
) -> None:
    for name in ("one", "two"):
        twilio.conversations.v1.services.create(friendly_name=name)
    served.users.add(identity="ada")
    expect(page.locator(".entry")).to_have_count(3)
    press = page.keyboard.press
    focused = "document.activeElement.textContent.trim()"

    press("Tab")
    assert "Skip to the time line" == page.evaluate(focused)
    press("/")
    assert "search" == page.evaluate("document.activeElement.name")
    press("Tab")
    press("ArrowRight")
    expect(page.get_by_label("Requests", exact=True)).to_be_checked()
    expect(page.locator(".entry")).to_have_count(2)
    press("Tab")
    assert "two" in page.evaluate(focused)
    press("ArrowDown")
    assert "one" in page.evaluate(focused)
    press("Enter")
    expect(page.locator(".entry[open] .more")).to_contain_text("friendly_name")
    seen = set()
    for _ in range(40):  # the focus comes to everything, and back to the beginning
        press("Tab")
        seen.add(page.evaluate(focused))
    assert {"Skip to the time line", "Conversations", "Phone", "Controls"} <= {
        text.rstrip(" 0123456789") for text in seen
    }


@pytest.mark.parametrize(("scheme", "rules"), [("light", None), ("dark", ["color-contrast"])])
def test_accessibility_has_no_serious_problem(
    browser: Browser,
    served: FakeConversations,
    twilio: Client,
    axe: str,
    scheme: Any,
    rules: list[str] | None,
) -> None:
    sid = add_desk(served)
    served.handset(PHONE).send("Hello", to=DESK, media="photo.jpg")
    with suppress(TwilioRestException):
        twilio.conversations.v1.conversations.create(state="open")
    size = {"width": 1280, "height": 860}

    with watched_page(browser, viewport=size, color_scheme=scheme) as page:
        page.goto(f"{served.url}/_fake/")
        entry(page, "50378").locator("summary").first.click()
        found = {}
        for view in (*VIEWS, f"chats/{sid}"):
            page.goto(f"{served.url}/_fake/#{view}")
            expect(page.locator(".tab[aria-current]")).to_have_count(1)
            if "/" in view:
                page.get_by_text("Receipts, reading, joining").click()
            found[view] = accessibility_problems(page, axe, rules)

    assert {} == {view: problems for view, problems in found.items() if problems}


LINES = """element => {
  const range = document.createRange();
  range.selectNodeContents(element);
  return new Set([...range.getClientRects()].map(each => each.top)).size;
}"""
"""The number of lines on which the text of an element stands."""


@pytest.mark.parametrize("view", VIEWS)
def test_narrow_page_does_not_scroll_sideways(
    browser: Browser, served: FakeConversations, view: str
) -> None:
    add_desk(served)
    served.handset(PHONE).send("w" * 200, to=DESK)
    served.inject(RateLimited(), on="CreateConversationMessage", times=1)

    with watched_page(browser, viewport={"width": 360, "height": 740}) as page:
        page.goto(f"{served.url}/_fake/#{view}")
        expect(page.locator(f"#view-{view}")).to_be_visible()
        expect(page.locator(".view:visible")).to_have_count(1)
        expect(page.locator("#count-faults")).to_have_text("1")

        for name in ("Phone", "End"):  # short words that could be broken
            for found in page.get_by_text(name, exact=True).locator("visible=true").all():
                assert 1 == found.evaluate(LINES), name

        assert 360 == page.evaluate("document.documentElement.scrollWidth")
