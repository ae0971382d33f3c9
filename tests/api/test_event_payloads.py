"""The attributes that events carry."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pytest_conversations_fake.api.assumptions import Assumptions
from pytest_conversations_fake.api.event_payloads import EventPayload, check_events
from pytest_conversations_fake.api.refusals import UnknownEvent
from pytest_conversations_fake.api.resources.conversations import Conversation
from pytest_conversations_fake.api.world import World
from pytest_conversations_fake.state.account import AccountView

PAYLOAD = EventPayload(
    noun="Conversation",
    sid_keyword="conversation_sid",
    attributes=("friendly_name", "date_created", "state"),
    attribute_actions={"state": ("Updated",)},
)


@pytest.mark.parametrize(
    ("action", "names"),
    [
        ("Add", ["friendly_name"]),
        ("Added", ["conversation_sid", "friendly_name", "date_created"]),
        ("Updated", ["conversation_sid", "friendly_name", "date_created", "state"]),
    ],
)
def test_action_decides_which_attributes_an_event_carries(action: str, names: list[str]) -> None:
    assert names == PAYLOAD.names(action)


def test_event_carries_the_record_and_the_parameters_of_its_context(
    world: World, account: AccountView
) -> None:
    sid = account.conversations.add(friendly_name="talk").sid
    record = world.account.store.get(Conversation, sid)
    context = replace(
        world.request_context(world.account), source="SDK", event_params={"reason": "API"}
    )

    event = PAYLOAD.event(context, "Updated", record, retry_count=1)

    assert ("onConversationUpdated", "SDK") == (event.name, event.source)
    assert {
        "conversation_sid": sid,
        "friendly_name": "talk",
        "date_created": record.date_created,
        "state": "active",
        "reason": "API",
        "retry_count": 1,
    } == event.params


@pytest.mark.rule("event-names")
def test_unknown_name_of_an_event_is_refused_only_if_the_world_validates_names() -> None:
    values = {"filters": ["onMessageAdded", "onMesageAdded"]}
    known = ["onMessageAdded"]
    strict = World("a test", assumptions=Assumptions({"event-names": "known"}))
    lenient = World("a test", assumptions=Assumptions({"event-names": "any"}))

    check_events(lenient.request_context(lenient.account), values, "filters", known)
    with pytest.raises(UnknownEvent):
        check_events(strict.request_context(strict.account), values, "filters", known)
