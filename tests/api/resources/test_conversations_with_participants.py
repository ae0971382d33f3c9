"""Conversations with participants: created completely or not at all, perhaps initializing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import Api, breaking

from pytest_conversations_fake.api.assumptions import Assumptions
from pytest_conversations_fake.api.journal import RecordedRequest
from pytest_conversations_fake.api.world import World
from pytest_conversations_fake.reports.report import report
from pytest_conversations_fake.seeds.dumping import dump
from pytest_conversations_fake.seeds.loading import load
from pytest_conversations_fake.state.account import AccountView

TALK = "/Conversations/talk"
EVENTS = ["onConversationAdded", "onParticipantAdded", "onUserAdded"]
ADA_TWICE = ['{"identity": "ada"}'] * 2


def texting(address: str, proxy: str) -> dict[str, object]:
    return {"messaging_binding": {"address": address, "proxy_address": proxy}}


@pytest.mark.rule("together-refused")
@pytest.mark.parametrize(
    ("people", "status", "code", "rule"),
    [
        breaking("address-form", [texting("5550101", "+15550102")], 400, 50407, id="a bad address"),
        breaking(
            "identity-once", [{"identity": "ada"}, {"identity": "ada"}], 409, 50433, id="twice"
        ),
        breaking("somebody", [{"identity": "ada"}, {}], 400, 50204, id="nobody"),
        breaking(
            "identity-reserved", [{"identity": "system"}], 400, 50203, id="a reserved identity"
        ),
        breaking(
            "identity-or-address",
            [{"identity": "ada", **texting("+15550101", "+15550102")}],
            400,
            50211,
            id="both",
        ),
        breaking(
            "role-of-service",
            [{"identity": "ada", "role_sid": "RL" + "0" * 32}],
            404,
            50100,
            id="no such role",
        ),
        breaking("pair-once", [texting("+15550109", "+15550102")], 409, 50416, id="a pair in use"),
        breaking(
            "pair-once", [texting("+15550101", "+15550102")] * 2, 409, 50416, id="a pair twice"
        ),
    ],
)
def test_conversation_with_a_participant_that_is_refused_alone_is_refused(
    api: Api,
    account: AccountView,
    root: str,
    people: list[dict[str, object]],
    status: int,
    code: int,
    rule: str,
) -> None:
    taken = {"MessagingBinding.Address": "+15550109", "MessagingBinding.ProxyAddress": "+15550102"}
    assert 201 == api.post(f"{root}{TALK}/Participants", taken).status
    sent = [json.dumps(person) for person in people]

    refused = api.post(f"{root}/ConversationWithParticipants", {"Participant": sent})

    assert (status, code, rule) == (refused.status, refused.response["code"], refused.rule)
    assert (1, 1, 0) == tuple(
        map(len, (account.conversations, account.participants, account.users))
    )


@pytest.mark.rule("together-refused", "no-half-request")
def test_refused_conversation_with_participants_changes_nothing(
    api: Api, account: AccountView
) -> None:
    hook = {"PostWebhookUrl": "https://a.example", "Filters": EVENTS}
    assert 200 == api.post("/v1/Configuration/Webhooks", hook).status
    path, headers = "/v1/ConversationWithParticipants", {"x-twilio-webhook-enabled": "true"}

    refused = api.post(path, {"UniqueName": "x", "Participant": ADA_TWICE}, headers=headers)

    assert "identity-once" == refused.rule
    assert [] == api.world.deliveries
    assert 404 == api.get("/v1/Conversations/x").status
    assert 404 == api.get("/v1/Users/ada").status
    talk = account.conversations.add(unique_name="x").sid
    assert "participant-1" == account.participants.add(conversation_sid=talk).identity


@pytest.mark.rule("webhook-header", "user-made")
def test_events_of_the_conversation_precede_those_of_its_participants(api: Api) -> None:
    hook = {"PostWebhookUrl": "https://a.example", "Filters": EVENTS}
    assert 200 == api.post("/v1/Configuration/Webhooks", hook).status
    path, headers = "/v1/ConversationWithParticipants", {"x-twilio-webhook-enabled": "true"}

    api.post(path, {"State": "inactive", "Participant": ADA_TWICE[:1]}, headers=headers)

    assert EVENTS == [each.event for each in api.world.deliveries]
    assert "inactive" == api.world.deliveries[0].params["state"]


GROUP = [
    {"messaging_binding": {"address": "+15550101"}},
    {"messaging_binding": {"address": "+15550102"}},
    {"identity": "cyd", "messaging_binding": {"projected_address": "+15550199"}},
]


def group(api: Api) -> RecordedRequest:
    form = {"Participant": [json.dumps(person) for person in GROUP]}
    return api.post("/v1/ConversationWithParticipants", form)


@pytest.mark.rule("together-closed", "group-unique")
def test_conflict_after_creation_closes_the_conversation_with_a_reason(
    world: World, api: Api
) -> None:
    first = group(api).response["sid"]

    closed = group(api)

    assert (202, "closed") == (closed.status, closed.response["state"])
    assert ("group-unique", False) == (closed.rule, closed.refused)
    because = f"50438 Group MMS with given participant list already exists as Conversation {first}"
    assert because == closed.reason
    shown = f"the conversation is closed (50427): {because}"
    assert shown in " ".join(str(report(world, [])).split())
    html = report(world, []).html()
    assert because in html
    assert '"conflict": true' in html
    listed = api.get("/v1/Conversations").response["conversations"]
    assert ["active", "closed"] == [each["state"] for each in listed]


@pytest.fixture
def slow() -> Api:
    """A world that assumes `initializing` for conversations with participants."""
    return Api(World("a test", assumptions=Assumptions({"with-participants": "initializing"})))


@pytest.mark.rule("with-participants")
def test_conversation_with_participants_may_initialize_until_the_next_request(
    slow: Api,
) -> None:
    states = [group(slow).response["state"] for _ in range(2)]
    account = AccountView(slow.world, slow.world.account)

    before = [each.state for each in account.conversations]
    slow.get("/v1/Services")
    after = [each.state for each in account.conversations]

    assert ["initializing"] * 2 == states
    assert (["active", "initializing"], ["active", "closed"]) == (before, after)


@pytest.mark.rule("with-participants")
def test_move_of_the_clock_ends_initializing(slow: Api) -> None:
    group(slow)

    slow.world.clock.shift(seconds=1)

    assert ["active"] == [
        each.state for each in AccountView(slow.world, slow.world.account).conversations
    ]


@pytest.mark.rule("with-participants")
def test_conversation_without_participants_is_never_initializing(slow: Api) -> None:
    assert "active" == slow.post("/v1/ConversationWithParticipants").response["state"]


@pytest.mark.rule("with-participants")
def test_initializing_conversation_is_restored_and_dumped(slow: Api, tmp_path: Path) -> None:
    sid = group(slow).response["sid"]
    restore = slow.world.save()
    slow.get("/v1/Services")
    restore()
    [talk] = AccountView(slow.world, slow.world.account).conversations

    assert "initializing" == talk.state
    dump(slow.world, slow.world.account, tmp_path / "seed.json")
    other = World("another")
    load(other, other.account, tmp_path / "seed.json")
    assert "active" == AccountView(other, other.account).conversations.one(sid=sid).state
    assert "active" == slow.get(f"/v1/Conversations/{sid}").response["state"]
