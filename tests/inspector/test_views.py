"""Tests of calls that show the fake and its conversations."""

from __future__ import annotations

import json
from importlib.metadata import version

from pytest_conversations_fake import FakeConversations
from pytest_conversations_fake.inspector.control import Control

from .client import Client


def test_state_describes_the_fake() -> None:
    fake = FakeConversations(
        redirect=False, name="a desk", max_requests=1, assume={"empty-message": "accepted"}
    )
    fake.conversations.add()
    fake.clock.move_to(fake.clock.now().replace(year=2030, month=1, day=31))

    state = Client(Control(fake)).get("/state")

    assert {
        "name": "a desk",
        "version": version("pytest-conversations-fake"),
        "url": "",
        "account_sid": fake.account_sid,
        "generation": 0,
        "requests": 0,
        "dropped": 0,
        "deliveries": 0,
        "errors": 0,
        "webhook_targets": [],
    }.items() <= state.items()
    assert ("2030-01-31", True) == (state["clock"]["now"][:10], state["clock"]["stopped"])
    assert (1, 0) == (state["counts"]["conversations"], state["counts"]["messages"])
    assert "accepted" == state["assumptions"]["empty-message"]
    assert "refused" == state["assumptions"]["below-closed"]


def test_state_counts_what_happened(served: FakeConversations) -> None:
    client = Client(Control(served))
    address = "http://dev:hunter2@127.0.0.1:1/hook"
    served.webhooks.deliver_to(address, events=["onUserAdded"])
    snapshot = served.snapshot()
    served.restore(snapshot)
    talk = served.conversations.add()
    served.chat_user("ada").join(talk)
    served.settle()
    served.twilio_client().conversations.v1.services.list()

    state = client.get("/state")

    assert served.url == state["url"]
    assert (1, 1, 1) == (state["generation"], state["requests"], state["deliveries"])
    assert ["http://dev:***@127.0.0.1:1/hook"] == state["webhook_targets"]


def test_no_answer_has_a_secret(served: FakeConversations) -> None:
    client = Client(Control(served))
    secret = "hunter2"
    url = f"http://dev:{secret}@127.0.0.1:1/hook"
    api = served.twilio_client().conversations.v1
    api.configuration.webhooks().update(post_webhook_url=url, filters=["onMessageAdded"])
    api.credentials.create(type="fcm", secret=secret)
    served.webhooks.deliver_to(url, auth_token=secret)
    talk = served.conversations.add()
    served.chat_user("ada").join(talk)
    served.chat_user("ada").send("hi", to=talk)
    served.settle()

    answers = [
        client.get(path)
        for path in ("/state", "/timeline", "/requests", "/deliveries", "/conversations", "/faults")
    ]

    assert secret not in json.dumps(answers)
    assert served.auth_token not in json.dumps(answers)
    assert 1 == len(answers[3]["entries"])


def test_conversations_come_with_their_last_messages(
    client: Client, fake: FakeConversations
) -> None:
    talks = [fake.conversations.add(friendly_name=name) for name in ("a", "b", "c")]
    for body in ("1", "2", "3"):
        fake.messages.add(conversation_sid=talks[0].sid, author="ada", body=body)

    answer = client.get("/conversations?limit=2&messages=2")

    assert 1 == answer["omitted"]
    assert ["c", "a"] == [each["friendly_name"] for each in answer["conversations"]]
    [_, last] = answer["conversations"]
    assert (["2", "3"], 1) == (
        [each["body"] for each in last["messages"]],
        last["omitted_messages"],
    )


def test_conversation_is_found_in_every_account() -> None:
    accounts = {f"AC{digit * 32}": {"auth_token": "secret"} for digit in "12"}
    fake = FakeConversations(redirect=False, accounts=accounts)
    talk = fake.account(f"AC{'2' * 32}").conversations.add(friendly_name="second")

    found = Client(Control(fake)).get(f"/conversations/{talk.sid}")

    assert ("second", f"AC{'2' * 32}") == (found["friendly_name"], found["account_sid"])


def test_conversation_that_runs_out_is_shown_closed(
    client: Client, fake: FakeConversations
) -> None:
    talk = fake.conversations.add(timers_closed="PT10M")
    client.post("/clock", {"shift": {"minutes": 11}})

    assert "closed" == client.get(f"/conversations/{talk.sid}")["state"]
