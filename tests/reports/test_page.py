"""The page of a test, and that of all pages."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from conftest import Api

from pytest_conversations_fake.api.deliveries import Delivery
from pytest_conversations_fake.api.world import World
from pytest_conversations_fake.pytest_plugin.reporting import file_name
from pytest_conversations_fake.reports.page import index
from pytest_conversations_fake.reports.report import Report, report
from pytest_conversations_fake.state.account import AccountView

EVIL = "<script>alert('1')</script>"


class Seen(HTMLParser):
    """The texts of a page as people see them, and its elements. Raises for what is not closed."""

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
        if self._open and self._open[-1] != "style" and text.strip():
            self.texts[-1:] = [*self.texts[-1:], text]


def seen(report: Report, outcome: str = "failed", failure: str = "") -> Seen:
    return Seen(report.html(outcome=outcome, failure=failure))


def told(**more: object) -> Delivery:
    about = {"event": "onMessageAdded", "url": "https://u:hunter2@desk.example", "method": "POST"}
    params: dict[str, object] = {"params": {"body": EVIL}, "form": {"Body": EVIL}}
    return Delivery(**{**about, **params, "account_sid": "", **more})


@pytest.fixture
def evil(account: AccountView, api: Api) -> World:
    """A world of texts that are no markup."""
    world = api.world
    world.name = f"test_it[{EVIL}]"
    service = account.services.add(friendly_name=EVIL)
    talk = api.post(
        f"/v1/Services/{service.sid}/Conversations", {"FriendlyName": EVIL, EVIL: EVIL}
    ).response["sid"]
    account.participants.add(conversation_sid=talk, identity=EVIL)
    image = account.media.add(filename=EVIL, chat_service_sid=service.sid)
    account.messages.add(conversation_sid=talk, author=EVIL, body=EVIL)
    account.messages.add(conversation_sid=talk, author=EVIL, media_sid=image.sid)
    api.get(f"/v1/{EVIL}?{EVIL}")
    world.deliveries.append(told(status=500, answer=EVIL))
    world.deliveries.append(told(error=f"Traceback\n{EVIL}"))
    world.errors.append(ValueError(EVIL))
    return world


def test_no_text_is_taken_for_markup(evil: World) -> None:
    found = seen(report(evil, [EVIL]), EVIL, EVIL)

    assert "script" not in {tag for tag, _ in found.elements}
    assert 15 < "".join(found.texts).count(EVIL)


def test_it_loads_nothing_and_leads_nowhere(evil: World) -> None:
    found = seen(report(evil, []))

    loading = {"src", "href", "srcset", "action", "style", "onclick"}
    assert set() == {name for _, attributes in found.elements for name in attributes} & loading
    policy = {"http-equiv": "Content-Security-Policy"}
    assert {**policy, "content": "default-src 'none'; style-src 'unsafe-inline'"} in [
        attributes for tag, attributes in found.elements if tag == "meta"
    ]
    assert "url(" not in report(evil, []).html()


def test_it_is_made_for_phones_and_for_the_dark(world: World) -> None:
    text = report(world, []).html(outcome="passed")

    assert '<meta name="viewport" content="width=device-width, initial-scale=1">' in text
    assert "@media (prefers-color-scheme: dark)" in text


def test_above_is_what_became_of_it(evil: World) -> None:
    evil.name = "tests/test_desk.py::test_it"

    found = seen(report(evil, []), failure="assert 0")

    texts = [text for text in found.texts if text]
    assert [
        "tests/test_desk.py::test_it: failed",
        "failed",
        "tests/test_desk.py::test_it",
        "2 requests, 1 refused · 2 webhooks, 2 failed",
        "What failed",
        "assert 0",
    ] == texts[:6]


def test_a_request_opens(world: World, api: Api) -> None:
    exchange = api.post("/v1/Conversations", {"FriendlyName": "desk\n1", "State": "x", "Stat": "y"})

    texts = [text for text in seen(report(world, [])).texts if text]

    begin = texts.index("Requests") + 1
    assert [
        "#1",
        "POST /",
        "v1/",
        "Conversations",
        "friendly_name='desk\\n1', state='x'",
        "50378 'State' parameter value is invalid",
        "400",
        "operation",
        "CreateConversation",
        "account",
        world.account.sid,
        "took",
        "0.0 ms",
        "rule",
        "states",
        "ignored",
        "Stat",
        "friendly_name",
        "desk\n1",
        "state",
        "x",
    ] == texts[begin : begin + 21]
    assert exchange.rule == "states"
    assert '"code": 50378' in texts[begin + 21 + 2]


def test_who_texts_is_on_one_side_and_the_house_on_the_other(
    world: World, account: AccountView
) -> None:
    talk = account.conversations.add()
    account.participants.add(
        conversation_sid=talk.sid,
        messaging_binding_address="+15550100",
        messaging_binding_proxy_address="+15550199",
    )
    for author in ("system", "+15550100", "ada"):
        account.messages.add(conversation_sid=talk.sid, author=author, body="hi")

    sides = [
        attributes["class"]
        for tag, attributes in seen(report(world, [])).elements
        if str(attributes.get("class")).startswith("said")
    ]

    assert ["said ours", "said", "said ours"] == sides


def test_long_talks_and_answers_are_cut(world: World, api: Api, account: AccountView) -> None:
    talk = account.conversations.add()
    for number in range(230):
        account.messages.add(conversation_sid=talk.sid, body=f"message {number}")
    api.get(f"/v1/Conversations/{talk.sid}/Messages?PageSize=100")

    text = report(world, []).html()

    assert "message 29<" not in text
    assert "message 30<" in text
    assert "30 messages before these" in text
    assert "180 earlier messages" in text
    assert re.search(r"\n… and \d+ characters more</pre>", text)


def test_a_page_of_a_thousand_requests_is_a_page(world: World, api: Api) -> None:
    for number in range(1000):
        api.post("/v1/Services", {"FriendlyName": f"desk {number}"})

    found = seen(report(world, []))

    assert 1000 == sum(tag == "details" for tag, _ in found.elements)


def test_no_secret_is_shown(world: World, api: Api, account: AccountView) -> None:
    secret = "hunter2"
    url = f"https://u:{secret}@desk.example"
    api.post("/v1/Credentials", {"Type": "fcm", "Secret": secret})
    api.post("/v1/Configuration/Webhooks", {"PostWebhookUrl": url})
    api.get("/v1/Services", user="AC" + "0" * 32, password=secret)
    world.deliveries += [
        told(status=500, answer=url, form={"Url": url}),
        told(error=f"Traceback\nno {url}"),
    ]

    text = report(world, []).html() + str(report(world, [])) + repr(world.journal)

    assert secret not in text
    assert "https://u:***@desk.example" in text
    assert {secret} & {*world.journal[2].headers.values()} == set()


def test_the_index_leads_to_the_pages_the_failed_ones_first() -> None:
    found = Seen(index({"test_a": ("passed", "a.html"), f"test_{EVIL}": ("error", "b.html")}))

    assert ["b.html", "a.html"] == [
        attributes["href"] for tag, attributes in found.elements if tag == "a"
    ]
    assert [
        "fake_conversations",
        "fake_conversations",
        "2 tests, 1 failed",
        f"test_{EVIL}",
        "error",
        "test_a",
        "passed",
    ] == [text for text in found.texts if text]


@pytest.mark.parametrize(
    ("test", "readable"),
    [
        ("tests/test_desk.py::test_it", "tests-test_desk-test_it"),
        ("test_desk.py::TestIt::test_it[a/../b]", "test_desk-TestIt-test_it-a-b"),
        ("con.py::test_größe[☎\\]", "con-test_gr-e"),
        pytest.param(
            f"t.py::test_it[{'x' * 500}]", "t-test_it-" + "x" * 90, id="longer than a name may be"
        ),
    ],
)
def test_the_name_of_a_file_is_readable_and_safe(test: str, readable: str) -> None:
    assert re.fullmatch(f"{readable}-[0-9a-f]{{8}}[.]html", file_name(test))


def test_names_differ_where_tests_do() -> None:
    tests = ["t.py::test[a]", "t.py::test[A]", "t.py::test[a/]", "t.py::test[-a]", "t.py::test-a"]

    assert len(tests) == len({file_name(test) for test in tests})
