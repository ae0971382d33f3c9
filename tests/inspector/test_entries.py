"""Tests of calls that show the time line."""

from __future__ import annotations

from typing import Any

import pytest
from twilio.base.exceptions import TwilioRestException

from pytest_conversations_fake import FakeConversations
from pytest_conversations_fake.inspector.control import Control

from .client import Client


@pytest.fixture
def client(served: FakeConversations) -> Client:
    """A client of a fake to which two actions, three requests and two webhooks happened."""
    served.webhooks.deliver_to("http://127.0.0.1:1/hook", events=["onUserAdded"])
    services = served.twilio_client().conversations.v1.services
    services.create(friendly_name="Support")
    with pytest.raises(TwilioRestException):
        services("IS" + "0" * 32).fetch()
    services.list()
    served.chat_user("ada").join(served.conversations.add(unique_name="talk"))
    served.settle()
    return Client(Control(served))


def shown(entry: dict[str, Any]) -> str:
    """The name of an entry."""
    return str(entry.get("operation") or entry.get("event") or entry["text"].partition("(")[0])


def shown_at(client: Client, target: str) -> list[str]:
    return [shown(entry) for entry in client.get(target)["entries"]]


ALL = [
    "webhooks.deliver_to",
    "CreateService",
    "FetchService",
    "ListService",
    "conversations.add",
    "chat_user",
    "onUserAdded",
]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ALL),
        ("?limit=2", ALL[-2:]),
        ("?kind=request", ALL[1:4]),
        ("?kind=delivery", ALL[-1:]),
        ("?operation=FetchService", ["FetchService"]),
        ("?operation=onUserAdded", ["onUserAdded"]),
        ("?operation=None", []),
        ("?status=404", ["FetchService"]),
        ("?status=2xx", ["CreateService", "ListService"]),
        ("?status=0", ["onUserAdded"]),
        ("?status=5xx", []),
        ("?refused=true", ["FetchService", "onUserAdded"]),
        ("?refused=true&kind=request", ["FetchService"]),
        ("?refused=false&kind=request", ["CreateService", "ListService"]),
        ("?search=sUPPort&kind=request", ["CreateService", "ListService"]),
        ("?search=no%20such%20text", []),
    ],
)
def test_entries_are_filtered(client: Client, query: str, expected: list[str]) -> None:
    assert expected == shown_at(client, f"/timeline{query}")


def test_requests_and_deliveries_have_lists_of_their_own(client: Client) -> None:
    assert ALL[1:4] == shown_at(client, "/requests")
    assert ALL[-1:] == shown_at(client, "/deliveries")
    assert ["FetchService"] == shown_at(client, "/requests?status=4xx")


def test_entries_are_read_page_by_page(client: Client) -> None:
    pages, query = [], "?limit=3"
    while True:
        page = client.get(f"/timeline{query}")
        pages.append([shown(each) for each in page["entries"]])
        if not page["more"]:
            break
        query = f"?limit=3&before={page['entries'][0]['order']}"
    newest = client.get("/timeline")["entries"][-1]["order"]

    assert [ALL[4:], ALL[1:4], ALL[:1]] == pages
    assert [] == shown_at(client, f"/timeline?after={newest}")
    assert ALL[-1:] == shown_at(client, f"/timeline?after={newest - 1}")


def test_request_is_found_by_its_number(client: Client) -> None:
    request = client.get("/requests/2")

    assert ("FetchService", 404, "GET") == (
        request["operation"],
        request["status"],
        request["method"],
    )
    assert (404, "there is no request 9, or it was dropped") == client.refusal("GET", "/requests/9")
    assert 400 == client.refusal("GET", "/requests/two")[0]


def test_delivery_is_sent_again(client: Client, served: FakeConversations) -> None:
    received = []

    def hook(environ: Any, start_response: Any) -> list[bytes]:
        received.append(environ["wsgi.input"].read())
        start_response("200 OK", [])
        return [b"thanks"]

    [failed] = client.get("/deliveries")["entries"]
    served.webhooks.deliver_to(hook, public_url="http://127.0.0.1:1/hook")

    again = client.post(f"/deliveries/{failed['order']}/resend")

    assert (None, True, 0) == (failed["status"], failed["failed"], failed["attempt"])
    assert (200, "thanks", 1) == (again["status"], again["answer"], again["attempt"])
    assert [failed, again] == client.get("/deliveries")["entries"]
    assert b"RetryCount=1" in received[0]
    assert (404, "there is no delivery with the order 999, or it was dropped") == client.refusal(
        "POST", "/deliveries/999/resend"
    )


def test_recorded_session_is_a_module_for_pytest(client: Client) -> None:
    text = client.get("/test")

    compile(text, "test_recorded.py", "exec")
    assert "def test_" in text
    assert 'chat_user("ada")' in text.replace("'", '"')


def test_action_with_a_long_argument_is_cut(client: Client) -> None:
    client.post("/seed", {"users": [{"identity": f"user{number}"} for number in range(1000)]})

    [entry] = client.get("/timeline?search=load(")["entries"]

    assert 4000 == len(entry["text"])
    assert entry["text"].startswith("load({'users': [{'identity': 'user0'}")
    assert entry["text"].endswith("{'identity': 'user999'}]})")
