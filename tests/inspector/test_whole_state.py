"""Tests of calls that change the state as a whole: seed, snapshots, faults, clock, settle."""

from __future__ import annotations

from inspect import isabstract
from typing import Any

import pytest
from applications import WaitingApplication
from twilio.base.exceptions import TwilioRestException

import pytest_conversations_fake as package
from pytest_conversations_fake import FakeConversations
from pytest_conversations_fake.api.faults import Fault
from pytest_conversations_fake.inspector.control import MAX_SNAPSHOTS, Control

from .client import Client

TALK = "CH" + "0" * 32


@pytest.fixture
def active(served: FakeConversations) -> Client:
    """A client of a fake that has an address."""
    return Client(Control(served))


# The seed


def test_seed_is_added_and_comes_back(client: Client, fake: FakeConversations) -> None:
    seed = {"conversations": [{"sid": TALK, "messages": [{"author": "ada", "body": "hi"}]}]}

    assert {"added": {"conversations": 1, "messages": 1}} == client.post("/seed", seed)

    dumped = client.get("/seed")
    assert [TALK] == [each["sid"] for each in dumped["conversations"]]
    other = FakeConversations(redirect=False, seed=dumped)
    assert ["hi"] == [each.body for each in other.messages]


def test_wrong_seed_changes_nothing(client: Client, fake: FakeConversations) -> None:
    seed = {"conversations": [{"unique_name": "a"}, {"unique_nam": "b"}]}

    status, sentence = client.refusal("POST", "/seed", seed)

    assert (400, 0) == (status, len(fake.conversations))
    assert sentence.startswith("conversations[1]: a conversation has no 'unique_nam'; did you mean")
    assert (400, "seed is an object, not a list") == client.refusal("POST", "/seed", [])


# Snapshots


def test_snapshot_is_restored_as_often_as_needed(client: Client, fake: FakeConversations) -> None:
    taken = client.post("/snapshots")
    for _ in range(2):
        fake.conversations.add()
        client.post(f"/snapshots/{taken['id']}/restore")

        assert 0 == len(fake.conversations)
    fake.conversations.add()
    second = client.post("/snapshots")
    assert {"snapshots": [taken, second]} == client.get("/snapshots")
    client.post("/reset")
    assert 0 == len(fake.conversations)


def test_oldest_snapshot_makes_room(client: Client) -> None:
    for _ in range(MAX_SNAPSHOTS + 1):
        client.post("/snapshots")

    ids = [each["id"] for each in client.get("/snapshots")["snapshots"]]

    assert [str(number) for number in range(2, MAX_SNAPSHOTS + 2)] == ids
    assert 404 == client.refusal("POST", "/snapshots/1/restore")[0]


# Faults


def test_injected_fault_is_met_shown_and_ended(active: Client, served: FakeConversations) -> None:
    services = served.twilio_client().conversations.v1.services
    injected = active.post(
        "/faults",
        {"fault": "RateLimited", "arguments": {"retry_after": 3}, "on": "CreateService"},
    )

    with pytest.raises(TwilioRestException, match="Too Many"):
        services.create(friendly_name="a")
    [shown] = active.get("/faults")["faults"]
    active.delete(f"/faults/{shown['id']}")
    services.create(friendly_name="a")

    expected = {"fault": "RateLimited", "arguments": {"retry_after": 3}, "on": "CreateService"}
    assert {**expected, "id": "1", "times": None, "after": 0, "met": 0} == injected
    assert {**injected, "met": 1} == shown
    assert [] == active.get("/faults")["faults"]
    assert 404 == active.refusal("DELETE", "/faults/1")[0]


def test_fault_that_was_met_often_enough_is_not_shown(
    active: Client, served: FakeConversations
) -> None:
    active.post("/faults", {"fault": "Delay", "arguments": {"seconds": 0}, "times": 1, "after": 1})
    services = served.twilio_client().conversations.v1.services

    found = []
    for _ in range(2):
        services.list()
        found.append([each["after"] for each in active.get("/faults")["faults"]])

    assert [[0], []] == found


def test_ids_of_faults_stay(client: Client, fake: FakeConversations) -> None:
    for name in ("Unavailable", "Reset", "AnswerLost"):
        client.post("/faults", {"fault": name})
    client.delete("/faults/1")

    faults = client.get("/faults")["faults"]

    assert [("2", "Reset"), ("3", "AnswerLost")] == [(each["id"], each["fault"]) for each in faults]


def test_available_faults_tell_their_arguments(client: Client) -> None:
    answer = client.get("/faults")

    assert {
        "RateLimited": [("retry_after", "integer", False, 1)],
        "Unavailable": [],
        "ServerError": [],
        "TwilioError": [
            ("code", "integer", True, None),
            ("status", "integer", False, None),
            ("message", "string", False, None),
        ],
        "Reset": [],
        "Delay": [("seconds", "number", True, None)],
        "AnswerLost": [],
        "HalfAnswer": [],
        "MalformedJson": [],
    } == {
        each["fault"]: [tuple(argument.values()) for argument in each["arguments"]]
        for each in answer["available"]
    }
    assert "CreateServiceConversation" in answer["operations"]


def test_faults_of_the_package_are_available(client: Client) -> None:
    exported = [getattr(package, name) for name in package.__all__]
    faults = {
        each.__name__
        for each in exported
        if isinstance(each, type) and issubclass(each, Fault) and not isabstract(each)
    }

    assert faults - {"Fault"} == {each["fault"] for each in client.get("/faults")["available"]}


def test_every_available_fault_can_be_injected(client: Client) -> None:
    examples = {"integer": 20404, "number": 1, "string": "x"}
    for each in client.get("/faults")["available"]:
        needed = [argument for argument in each["arguments"] if argument["required"]]
        arguments = {argument["name"]: examples[argument["type"]] for argument in needed}

        injected = client.post("/faults", {"fault": each["fault"], "arguments": arguments})

        assert arguments.items() <= injected["arguments"].items()


# The clock


@pytest.mark.parametrize(
    ("body", "now", "stopped"),
    [
        ({"move_to": "2030-01-31T12:00:00Z"}, "2030-01-31T12:00:00Z", True),
        ({"move_to": "2030-01-31"}, "2030-01-31T00:00:00Z", True),
        ({"move_to": "2030-01-31T12:00:00+02:00", "tick": False}, "2030-01-31T10:00:00Z", True),
    ],
)
def test_clock_moves(client: Client, body: Any, now: str, stopped: bool) -> None:
    assert {"now": now, "stopped": stopped} == client.post("/clock", body)
    assert {"now": now, "stopped": stopped} == client.get("/clock")


@pytest.mark.parametrize(
    ("shift", "now"),
    [
        (90, "2030-01-01T00:01:30Z"),
        (-0.5, "2029-12-31T23:59:59Z"),
        ({"days": 1, "hours": -1}, "2030-01-01T23:00:00Z"),
    ],
)
def test_clock_shifts(client: Client, shift: Any, now: str) -> None:
    client.post("/clock", {"move_to": "2030-01-01"})

    assert now == client.post("/clock", {"shift": shift})["now"]


def test_clock_runs_on_with_tick(client: Client) -> None:
    assert not client.post("/clock", {"move_to": "2030-01-01", "tick": True})["stopped"]


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({}, "the clock takes either move_to or shift"),
        ({"shift": 1, "move_to": "2030-01-01"}, "the clock takes either move_to or shift"),
        (
            {"move_to": "tomorrow"},
            "move_to is an instant like 2030-01-31T12:00:00Z, not 'tomorrow'",
        ),
        ({"move_to": "2030-02-30"}, "move_to is an instant like 2030-01-31T12:00:00Z, not "),
        ({"shift": "1 h"}, "shift is a number from "),
        ({"shift": {"hour": 1}}, "the clock has no unit 'hour'; it has: weeks, days, hours"),
        ({"shift": {"hours": "1"}}, "hours is a number, not '1'"),
        (
            {"shift": {"days": 10**9}},
            "this shift leaves the years 1 to 9999, which the clock accepts",
        ),
        ({"shift": {"days": 9_000_000}}, "this shift leaves the years 1 to 9999"),
        ({"shift": {"weeks": -10_000_000}}, "this shift leaves the years 1 to 9999"),
    ],
)
def test_wrong_time_is_refused(client: Client, body: Any, sentence: str) -> None:
    client.post("/clock", {"move_to": "2030-01-01", "tick": True})

    status, found = client.refusal("POST", "/clock", body)

    assert 400 == status
    assert found.startswith(sentence)
    assert client.get("/clock")["now"].startswith("2030-01-01")


# Webhooks


def test_settle_waits_for_webhooks(active: Client, served: FakeConversations) -> None:
    received: list[str] = []

    def hook(environ: Any, start_response: Any) -> list[bytes]:
        received.append(environ["PATH_INFO"])
        start_response("200 OK", [])
        return [b""]

    served.webhooks.deliver_to(hook, public_url="https://d.example/h", events=["onUserAdded"])
    served.conversations.add(unique_name="talk")
    served.chat_user("ada").join("talk")

    active.post("/settle", {"within": 5})

    assert ["/h"] == received


def test_settle_says_what_is_open(active: Client, served: FakeConversations) -> None:
    hook = WaitingApplication()
    served.webhooks.deliver_to(hook, public_url="https://d.example/h", events=["onUserAdded"])
    served.conversations.add(unique_name="talk")
    served.chat_user("ada").join("talk")
    assert hook.called.wait(10)

    status, sentence = active.refusal("POST", "/settle", {"within": 0})
    hook.may_answer.set()

    assert 409 == status
    assert sentence.startswith("webhooks did not settle within 0 seconds")
