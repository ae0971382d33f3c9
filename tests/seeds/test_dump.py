"""Dumps: their content, and the state after it is loaded again."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

import pytest
from conftest import Api
from random_world import RandomWorld, everything

from pytest_conversations_fake import FakeConversations
from pytest_conversations_fake.api.world import World
from pytest_conversations_fake.seeds.dumping import dump
from pytest_conversations_fake.seeds.loading import load
from pytest_conversations_fake.state.account import AccountView


@pytest.mark.parametrize(("seed", "suffix"), [(1, ".json"), (2, ".yaml"), (3, ".json")])
def test_state_made_by_requests_survives_dump_and_load(
    tmp_path: Path, seed: int, suffix: str
) -> None:
    one, two = RandomWorld(seed).world, World("another")
    two.clock.move_to(one.clock.now())
    first, second = tmp_path / f"one{suffix}", tmp_path / f"two{suffix}"

    dump(one, one.account, first)
    load(two, two.account, first)
    dump(two, two.account, second)

    assert everything(one) == everything(two)
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize("seconds", [0, 1])
def test_order_of_joining_survives_dump_and_load(tmp_path: Path, seconds: int) -> None:
    one, two = World("one"), World("two")
    one.clock.move_to(datetime(2030, 1, 1, tzinfo=timezone.utc))
    account, path = AccountView(one, one.account), tmp_path / "seed.json"
    talks = [account.conversations.add() for _ in range(3)]
    for talk in (talks[1], talks[2], talks[0]):
        one.clock.shift(seconds=seconds)
        account.participants.add(conversation_sid=talk.sid, identity="ada")

    dump(one, one.account, path)
    load(two, two.account, path)

    listed = Api(two).get("/v1/Users/ada/Conversations").response["conversations"]
    assert [talks[1].sid, talks[2].sid, talks[0].sid] == [
        each["conversation_sid"] for each in listed
    ]
    assert (seconds == 0) == ("joined" in path.read_text())


def test_empty_message_survives_dump_and_load(tmp_path: Path) -> None:
    one, two, path = World("one"), World("two"), tmp_path / "seed.json"
    account = AccountView(one, one.account)
    said = account.messages.add(conversation_sid=account.conversations.add().sid, body="hi")
    url = f"/v1/Conversations/{said.conversation_sid}/Messages/{said.sid}"
    assert 200 == Api(one).post(url, {"Body": ""}).status

    dump(one, one.account, path)
    load(two, two.account, path)

    assert None is Api(two).get(url).response["body"]


def test_receipt_of_a_removed_participant_survives_dump_and_load(tmp_path: Path) -> None:
    one, two = FakeConversations(), FakeConversations()
    talk = one.conversations.add()
    pair = {
        "messaging_binding_address": "+15550100",
        "messaging_binding_proxy_address": "+15550199",
    }
    person = one.participants.add(conversation_sid=talk.sid, **pair)
    one.messages.add(conversation_sid=talk.sid, body="hi")
    with one:
        one.twilio_client().conversations.v1.conversations(talk.sid).participants(
            person.sid
        ).delete()
    one.dump(tmp_path / "seed.json")

    two.load(tmp_path / "seed.json")

    assert person.sid == two.receipts.one().participant_sid
    assert [] == [*two.handset("+15550100").inbox]


def test_dump_changes_nothing(api: Api, account: AccountView, tmp_path: Path) -> None:
    account.messages.add(conversation_sid=account.conversations.add().sid)
    again = World(api.world.name)
    again.sids.draw("CH")

    dump(api.world, api.world.account, tmp_path / "seed.json")

    assert again.sids.draw("CH") == account.conversations.add().sid


def test_recreated_record_is_not_validated(
    world: World, account: AccountView, tmp_path: Path
) -> None:
    path, was = tmp_path / "seed.yaml", "date_created: 2024-05-01"
    path.write_text(
        f"""
conversations:
  - sid: CH{"1" * 32}
    {was}
    state: closed
    participants:
      - {{identity: ada, role_sid: RL{"0" * 32}, sid: MB{"1" * 32}, {was}}}
    messages:
      - {{author: bob, index: 3, sid: IM{"1" * 32}, {was}}}
      - body: by the rules
"""
    )

    load(world, world.account, path)

    assert "closed" == account.conversations.one().state
    assert "RL" + "0" * 32 == account.participants.one().role_sid
    assert [3, 4] == [each.index for each in account.messages]
    assert "ada" == account.users.one().identity


def test_recreated_record_with_a_duplicate_key_is_refused(
    world: World, account: AccountView, tmp_path: Path
) -> None:
    account.users.add(identity="ada")
    path = tmp_path / "seed.yaml"
    path.write_text(f"users:\n- {{identity: ada, sid: US{'1' * 32}, date_created: 2024-05-01}}")

    with pytest.raises(ValueError, match=r"^seed.yaml: users\[0\]: a user 'ada' exists already$"):
        load(world, world.account, path)
