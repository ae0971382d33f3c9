"""Snapshots, restore and reset."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
import requests
from applications import EVENTS, HOOK, answering, say
from conftest import Api
from twilio.rest import Client

from pytest_conversations_fake import Delay, FakeConversations, RateLimited, Unavailable
from pytest_conversations_fake.api.records import Record
from pytest_conversations_fake.api.resources import RESOURCES
from pytest_conversations_fake.api.world import World
from pytest_conversations_fake.state.account import AccountView
from pytest_conversations_fake.strict.errors import StrictnessError

C = "/v1/Conversations"


def everything(world: World) -> dict[str, list[dict[str, Any]]]:
    """The attributes of every record, in order, with the keys and lists that find it."""
    store = world.account.store

    def found(record: Record) -> list[Any]:
        by_key = [store.get_by(type(record), *key).sid for key in [*record.keys()]]
        return [by_key, *([*store.of(type(record), name)] for name in record.lists())]

    return {
        each.collection: [{**vars(record), "": found(record)} for record in store.all(each.record)]
        for each in RESOURCES
    }


def test_state_can_be_restored_repeatedly(world: World, api: Api, account: AccountView) -> None:
    api.post(C, {"UniqueName": "talk", "State": "inactive", "Timers.Closed": "PT10M"})
    api.post(f"{C}/talk/Participants", {"Identity": "ada"})
    api.post(f"{C}/talk/Messages", {"Body": "one"})
    gone = api.post(f"{C}/talk/Messages", {"Body": "two"}).response["sid"]
    api.delete(f"{C}/talk/Messages/{gone}")
    before = everything(world)
    restore = world.save()

    for _ in range(2):
        api.post(f"{C}/talk", {"UniqueName": "other", "Attributes": "{}"})
        api.post(f"{C}/other/Messages", {"Body": "three"})
        api.delete(f"{C}/other/Participants/ada")
        api.post(C, {"UniqueName": "talk"})
        api.delete(f"{C}/other")
        world.clock.shift(days=3)
        assert before != everything(world)
        restore()
        assert before == everything(world)

    said = api.post(f"{C}/talk/Messages", {"Body": "three"})
    assert (6, 2) == (said.number, said.response["index"])
    assert 404 == api.get(f"{C}/talk/Messages/{gone}").status
    world.clock.shift(minutes=11)
    assert "closed" == api.get(f"{C}/talk").response["state"]


def test_restore_repeats_the_next_sids(world: World, api: Api) -> None:
    api.post(C)
    restore = world.save()

    first = [api.post(C).response["sid"], api.post("/v1/Users", {"Identity": "x"}).response["sid"]]
    restore()
    again = [api.post(C).response["sid"], api.post("/v1/Users", {"Identity": "x"}).response["sid"]]

    assert first == again


def test_record_shows_its_restored_state(fake: FakeConversations) -> None:
    talk = fake.conversations.add(friendly_name="before")
    snapshot = fake.snapshot()
    conversation = Client().conversations.v1.conversations(talk.sid)
    conversation.update(friendly_name="after")
    conversation.delete()

    fake.restore(snapshot)

    assert "before" == talk.friendly_name
    assert talk in fake.conversations
    assert [] == [*fake.requests]


def test_restore_undoes_changes_of_records_that_came_with_a_service(
    world: World, api: Api, account: AccountView
) -> None:
    desk = api.post("/v1/Services", {"FriendlyName": "desk"}).response["sid"]
    restore = world.save()

    roles = [*account.roles]
    sids = [role.sid for role in roles]
    added = {"FriendlyName": "boss", "Type": "service", "Permission": "joinConversation"}
    assert 201 == api.post(f"/v1/Services/{desk}/Roles", added).status
    assert 204 == api.delete(f"/v1/Services/{desk}/Roles/{sids[-1]}").status
    assert 200 == api.post(f"/v1/Roles/{sids[0]}", {"Permission": "sendMessage"}).status
    for _ in range(2):
        restore()
        assert sids == [role.sid for role in account.roles]
        assert 13 == len(roles[0].permissions)
        assert [desk] * 4 == [role.chat_service_sid for role in roles[4:]]

    api.delete(f"/v1/Services/{desk}")
    assert sids[:4] == [role.sid for role in account.roles]


def test_restore_includes_requests_faults_deliveries_and_clock(fake: FakeConversations) -> None:
    fake.conversations.add(unique_name="talk")
    fake.webhooks.deliver_to(answering(200), public_url=HOOK, events=EVENTS)
    fault = fake.inject(RateLimited(), on="CreateService", times=1)
    say("one")
    before = fake.snapshot()

    say("two")
    requests.post(f"{fake.url}/v1/Services", {"FriendlyName": "x"}, auth=("a", "b"))
    fake.clock.move_to(datetime(2030, 1, 1, tzinfo=timezone.utc))
    assert 1 == fault.met
    fake.restore(before)

    assert (1, 1, 0) == (len(fake.requests), len(fake.webhooks.deliveries), fault.met)
    assert datetime.now(timezone.utc) - fake.clock.now() < timedelta(hours=1)
    limited = requests.post(f"{fake.url}/v1/Services", {"FriendlyName": "x"}, auth=("a", "b"))
    assert (429, 2) == (limited.status_code, fake.requests[-1].number)


def test_reset_restores_the_initial_state(fake: FakeConversations) -> None:
    default = fake.default_service.sid
    fake.conversations.add()
    fake.inject(RateLimited())
    assert 429 == requests.get(f"{fake.url}/v1/Services", auth=("a", "b")).status_code

    fake.reset()

    assert (0, 0, default) == (len(fake.conversations), len(fake.requests), default)
    assert 4 == len(fake.roles)
    fake.conversations.add()
    fake.reset()
    assert 0 == len(fake.conversations)
    Client().conversations.v1.conversations.create()
    assert 1 == len(fake.conversations)


def test_restore_cuts_off_running_requests(fake: FakeConversations) -> None:
    arrived = threading.Event()
    fake.inject(Delay(0.2), when=lambda params: arrived.set() or True)
    failed = []

    def create() -> None:
        try:
            requests.post(f"{fake.url}/v1/Services", {"FriendlyName": "x"}, auth=("a", "b"))
        except requests.ConnectionError as error:
            failed.append(error)

    worker = threading.Thread(target=create)
    worker.start()
    arrived.wait(10)
    fake.reset()
    worker.join(10)

    assert 1 == len(failed)
    assert (0, 0) == (len(fake.services), len(fake.requests))


def test_reset_keeps_earlier_violations() -> None:
    fake = FakeConversations()

    def body() -> None:
        with fake:
            requests.get(f"{fake.url}/v1/Nonsense", auth=("a", "b"))
            fake.reset()

    with pytest.raises(StrictnessError, match="GET /v1/Nonsense: Twilio has no such route"):
        body()


def test_restore_keeps_whether_a_fault_was_met_or_has_ended(
    fake: FakeConversations,
) -> None:
    def status() -> int:
        return requests.get(f"{fake.url}/v1/Services", auth=("a", "b")).status_code

    fault = fake.inject(RateLimited(), times=1)
    with fake.inject(Unavailable()):
        before = fake.snapshot()
        assert [429, 503] == [status(), status()]

    fake.restore(before)

    assert 0 == fault.met
    assert [429, 200] == [status(), status()]
    fake.restore(before)
    fake._check_strict()


def test_reset_keeps_the_violation_of_an_unmet_fault() -> None:
    fake = FakeConversations()

    def body() -> None:
        with fake:
            fake.inject(RateLimited())
            fake.reset()

    with pytest.raises(StrictnessError, match="no request met the fault RateLimited"):
        body()


def test_restore_of_another_object_is_refused(fake: FakeConversations) -> None:
    with pytest.raises(TypeError, match=r"restore takes what snapshot\(\) returned, not None"):
        fake.restore(None)  # wrong on purpose
    with pytest.raises(ValueError, match=r"<snapshot of 'other' after 0 requests> is not of this"):
        fake.restore(FakeConversations(name="other").snapshot())


def test_restored_records_keep_their_order(world: World, account: AccountView) -> None:
    talk = account.conversations.add(unique_name="talk")
    for number in range(200):
        account.messages.add(conversation_sid=talk.sid, body=str(number))
    restore = world.save()
    account.messages.add(conversation_sid=talk.sid, body="later")

    restore()

    assert [*map(str, range(200))] == [each.body for each in account.messages]
