"""The page of a test, and the index of all pages."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from conftest import Api

from pytest_conversations_fake.api.deliveries import Delivery
from pytest_conversations_fake.api.world import World
from pytest_conversations_fake.pytest_plugin.reporting import file_name
from pytest_conversations_fake.reports.assets import SHARED_MODULES, source
from pytest_conversations_fake.reports.data import action_entry, delivery_entry, request_entry
from pytest_conversations_fake.reports.page import index, page
from pytest_conversations_fake.reports.report import Report, report
from pytest_conversations_fake.state.account import AccountView

pytestmark = pytest.mark.newest

HOSTILE = "<script>alert('1')</script>"


class ParsedPage(HTMLParser):
    """The visible texts and the elements of a page. Fails for an element that is not closed."""

    EMPTY = ("meta", "wbr")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self._open: list[str] = []
        self.feed(text)
        assert [] == self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in self.EMPTY:
            self._open.append(tag)
            self.texts.append("")

    def handle_endtag(self, tag: str) -> None:
        assert tag == self._open.pop()

    def handle_data(self, text: str) -> None:
        if self._open and self._open[-1] not in ("style", "script") and text.strip():
            self.texts[-1:] = [*self.texts[-1:], text]


def parsed(report: Report, outcome: str = "failed", failure: str = "") -> ParsedPage:
    return ParsedPage(report.html(outcome=outcome, failure=failure))


def data_of(report: Report) -> Any:
    [data] = re.findall(
        r'<script type="application/json" id="report">(.*?)</script>', report.html(), re.DOTALL
    )
    return json.loads(data)


def delivery(**more: object) -> Delivery:
    default = {"event": "onMessageAdded", "url": "https://u:hunter2@desk.example", "method": "POST"}
    params: dict[str, object] = {"params": {"body": HOSTILE}, "form": {"Body": HOSTILE}}
    return Delivery(**{**default, **params, "account_sid": "", **more})


@pytest.fixture
def hostile(account: AccountView, api: Api) -> World:
    """A world with texts that look like markup."""
    world = api.world
    world.name = f"test_it[{HOSTILE}]"
    service = account.services.add(friendly_name=HOSTILE)
    talk = api.post(
        f"/v1/Services/{service.sid}/Conversations", {"FriendlyName": HOSTILE, HOSTILE: HOSTILE}
    ).response["sid"]
    account.participants.add(conversation_sid=talk, identity=HOSTILE)
    image = account.media.add(filename=HOSTILE, chat_service_sid=service.sid)
    account.messages.add(conversation_sid=talk, author=HOSTILE, body=HOSTILE)
    account.messages.add(conversation_sid=talk, author=HOSTILE, media_sid=image.sid)
    api.get(f"/v1/{HOSTILE}?{HOSTILE}")
    world.deliveries.append(delivery(status=500, answer=HOSTILE))
    world.deliveries.append(delivery(error=f"Traceback\n{HOSTILE}"))
    world.errors.append(ValueError(HOSTILE))
    return world


def test_texts_are_escaped(hostile: World) -> None:
    page = parsed(report(hostile, [HOSTILE]), HOSTILE, HOSTILE)

    scripts = [attributes.get("type") for tag, attributes in page.elements if tag == "script"]
    assert ["importmap", "module", "application/json"] == scripts
    assert 5 < "".join(page.texts).count(HOSTILE)


def test_modules_add_no_markup_from_texts() -> None:
    unsafe = re.compile("innerHTML|outerHTML|insertAdjacentHTML|document.write|eval|new Function")

    assert [] == [name for name in SHARED_MODULES if unsafe.search(source(f"{name}.js"))]


def test_page_loads_nothing_and_has_no_links(hostile: World) -> None:
    page = parsed(report(hostile, []))

    loading = {"src", "href", "srcset", "action", "style", "onclick"}
    assert set() == {name for _, attributes in page.elements for name in attributes} & loading
    assert "url(" not in report(hostile, []).html()


def test_policy_allows_the_scripts_of_the_page_only(hostile: World) -> None:
    page = parsed(report(hostile, []))

    [nonce] = {attributes["nonce"] for _, attributes in page.elements if "nonce" in attributes}
    [policy] = [
        attributes["content"] for tag, attributes in page.elements if "http-equiv" in attributes
    ]
    assert "default-src 'none'" in str(policy)
    assert [f"'nonce-{nonce}'"] == re.findall("script-src (.*?);", str(policy))
    assert "unsafe" not in str(policy)


def test_page_supports_small_screens_and_dark_mode(world: World) -> None:
    text = report(world, []).html(outcome="passed")

    assert '<meta name="viewport" content="width=device-width, initial-scale=1">' in text
    assert "@media (prefers-color-scheme: dark)" in text


def test_page_starts_with_outcome_and_failure(hostile: World) -> None:
    hostile.name = "tests/test_desk.py::test_it"

    page = parsed(report(hostile, []), failure="assert 0")

    texts = [text for text in page.texts if text]
    assert [
        "tests/test_desk.py::test_it: failed",
        "failed",
        "tests/test_desk.py::test_it",
        "2 requests, 1 refused · 2 webhooks, 2 failed",
        "Failure",
        "assert 0",
    ] == texts[:6]


def test_page_leads_back_to_its_index(world: World) -> None:
    [link] = [
        attributes["href"]
        for tag, attributes in ParsedPage(
            page(report(world, []), "", "", index="index.html")
        ).elements
        if tag == "a"
    ]

    assert "index.html" == link


def test_page_has_one_time_line_and_the_conversations(
    world: World, api: Api, account: AccountView
) -> None:
    account.users.add(identity="ada")
    api.post("/v1/Conversations", {"UniqueName": "help"})
    world.post(delivery(status=200))
    account.users.add(identity="bob")
    shown = report(world, [])

    data = data_of(shown)

    assert [
        action_entry(world.actions[0]),
        request_entry(world.journal[0], world.assumptions),
        delivery_entry(world.deliveries[0]),
        action_entry(world.actions[1]),
    ] == data["timeline"]
    assert [*shown.transcript.conversations] == data["conversations"]
    assert 1 == len(data["conversations"])


def test_page_without_scripts_shows_the_text(hostile: World) -> None:
    shown = report(hostile, [])

    page = parsed(shown)

    assert str(shown) in page.texts
    assert "noscript" in {tag for tag, _ in page.elements}


def test_long_answer_is_cut(world: World, api: Api) -> None:
    for number in range(40):
        api.post("/v1/Services", {"FriendlyName": f"desk {number}"})
    api.get("/v1/Services?PageSize=50")

    *_, last = data_of(report(world, []))["timeline"]

    assert re.search(r"… \([\d,]+ characters in all\)$", last["response"])


def test_secrets_are_masked(world: World, api: Api, account: AccountView) -> None:
    secret = "hunter2"
    url = f"https://u:{secret}@desk.example"
    api.post("/v1/Credentials", {"Type": "fcm", "Secret": secret})
    api.post("/v1/Configuration/Webhooks", {"PostWebhookUrl": url})
    api.get("/v1/Services", user="AC" + "0" * 32, password=secret)
    world.deliveries += [
        delivery(status=500, answer=url, form={"Url": url}),
        delivery(error=f"Traceback\nno {url}"),
    ]

    text = report(world, []).html() + str(report(world, [])) + repr(world.journal)

    assert secret not in text
    assert "https://u:***@desk.example" in text
    assert {secret} & {*world.journal[2].headers.values()} == set()


def test_index_links_to_the_pages_with_failed_tests_first() -> None:
    page = ParsedPage(
        index({"test_a": ("passed", "a.html"), f"test_{HOSTILE}": ("error", "b.html")})
    )

    assert ["b.html", "a.html"] == [
        attributes["href"] for tag, attributes in page.elements if tag == "a"
    ]
    assert [
        "fake_conversations",
        "fake_conversations",
        "2 tests, 1 failed",
        f"test_{HOSTILE}",
        "error",
        "test_a",
        "passed",
    ] == [text for text in page.texts if text]


@pytest.mark.parametrize(
    ("test", "readable"),
    [
        ("tests/test_desk.py::test_it", "tests-test_desk-test_it"),
        ("test_desk.py::TestIt::test_it[a/../b]", "test_desk-TestIt-test_it-a-b"),
        ("con.py::test_größe[☎\\]", "con-test_gr-e"),
        pytest.param(f"t.py::test_it[{'x' * 500}]", "t-test_it-" + "x" * 90, id="too long"),
    ],
)
def test_file_name_is_readable_and_safe(test: str, readable: str) -> None:
    assert re.fullmatch(f"{readable}-[0-9a-f]{{8}}[.]html", file_name(test))


def test_different_tests_have_different_file_names() -> None:
    tests = ["t.py::test[a]", "t.py::test[A]", "t.py::test[a/]", "t.py::test[-a]", "t.py::test-a"]

    assert len(tests) == len({file_name(test) for test in tests})
