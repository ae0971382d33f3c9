"""Dumps: what they say of a world, and that a load makes the same one of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from random_world import RandomWorld, everything

from pytest_conversations_fake.api.world import World
from pytest_conversations_fake.seeds.dumping import dump
from pytest_conversations_fake.seeds.loading import load


@pytest.mark.parametrize(("seed", "suffix"), [(1, ".json"), (2, ".yaml"), (3, ".json")])
def test_a_world_of_requests_is_the_same_after_a_dump_and_a_load(
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
