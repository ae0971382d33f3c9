"""A whole world as data: accounts, clock and sids."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from random_world import RandomWorld, everything

from pytest_conversations_fake.api.world import World
from pytest_conversations_fake.seeds.entries import SeedError
from pytest_conversations_fake.seeds.worlds import check_world_data, restore_world, world_data
from pytest_conversations_fake.state.account import AccountView

NOON = datetime(2030, 1, 1, 12, tzinfo=timezone.utc)


def copied(world: World, access: Mapping[str | None, Mapping[str, Any]] | None = None) -> World:
    """A new world with the state of *world*, as a second process has it."""
    data = check_world_data(json.loads(json.dumps(world_data(world))))
    copy = World(data["name"], access)
    restore_world(copy, data)
    return copy


@pytest.mark.parametrize("seed", [1, 2])
def test_state_made_by_requests_survives(seed: int) -> None:
    world = RandomWorld(seed).world
    world.clock.move_to(world.clock.now())

    copy = copied(world)

    before, after = world_data(world), world_data(copy)
    assert all(count <= after["sids"][prefix] for prefix, count in before.pop("sids").items())
    assert before == {key: value for key, value in after.items() if key != "sids"}
    assert everything(world) == everything(copy)
    assert world.sids.draw("CH") == copy.sids.draw("CH")
    assert world.account.auth_token == copy.account.auth_token


def test_records_of_all_accounts_survive() -> None:
    sids = [f"AC{digit * 32}" for digit in "ab"]
    access = {sid: {"auth_token": "secret"} for sid in sids}
    world = World("two accounts", access)
    for account in world.authenticator.accounts:
        AccountView(world, account).conversations.add(unique_name=account.sid[:3])

    copy = copied(world, access)

    for account in copy.authenticator.accounts:
        [conversation] = AccountView(copy, account).conversations
        assert account.sid[:3] == conversation.unique_name
    assert "secret" not in json.dumps(world_data(world))


def test_stopped_clock_stays_stopped(world: World) -> None:
    world.clock.move_to(NOON)

    assert NOON == copied(world).clock.now()


def test_running_clock_stays_ahead_without_an_action(world: World) -> None:
    world.clock.shift(days=3)

    copy = copied(world)

    assert timedelta(days=3) == copy.clock._ahead
    assert [] == copy.actions


def test_timer_that_ran_out_in_the_meantime_is_applied(world: World) -> None:
    account = AccountView(world, world.account)
    account.conversations.add(unique_name="talk", timers_inactive="PT1M")
    data = world_data(world)
    data["clock"] = {"seconds_ahead": 600}

    copy = World(world.name)
    restore_world(copy, data)

    assert "inactive" == AccountView(copy, copy.account).conversations.one().state


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"format": 2}, "it has format 2, and this version of pytest-conversations-fake reads "),
        ({"format": None}, "it has format None, and"),
        ({"sids": []}, "sids is missing or damaged, so this is not a state file"),
        ({"accounts": None}, "accounts is missing or damaged"),
    ],
)
def test_other_data_is_refused(world: World, change: dict[str, Any], problem: str) -> None:
    with pytest.raises(SeedError) as raised:
        check_world_data(world_data(world) | change)

    assert str(raised.value).startswith(problem)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"clock": {}}, "clock is damaged"),
        ({"clock": {"stays_at": "noon"}}, "clock is damaged"),
        ({"clock": {"seconds_ahead": "1"}}, "clock is damaged"),
        ({"clock": {"seconds_ahead": 1e300}}, "clock is damaged"),
        ({"sids": {"CH": "many"}}, "sids is damaged"),
        ({"accounts": {"AC" + "0" * 32: {}}}, f"it has the records of AC{'0' * 32}, and the acc"),
    ],
)
def test_damaged_data_is_refused(world: World, change: dict[str, Any], problem: str) -> None:
    with pytest.raises(SeedError) as raised:
        restore_world(World(world.name), world_data(world) | change)

    assert str(raised.value).startswith(problem)


@pytest.mark.parametrize("seed", [[], {"users": 1}, {"users": [{"identity": ["a"]}]}])
def test_damaged_records_are_refused_with_their_place(world: World, seed: Any) -> None:
    data = world_data(world)
    data["accounts"][world.account.sid] = seed

    with pytest.raises(SeedError) as raised:
        restore_world(World(world.name), data)

    assert str(raised.value).startswith(f"account {world.account.sid}: ")
