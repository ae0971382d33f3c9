"""A whole world as data: the records of all accounts, the clock, and the numbers of drawn sids.

Recorded requests, webhooks and faults are not part of it, and neither are credentials.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from typing import Any

from ..api.world import World
from .dumping import dump_data
from .entries import SeedError, kind_of
from .loading import load_data

FORMAT = 1
"""The version of the format."""

KEYS = {"format": int, "name": str, "sids": Mapping, "clock": Mapping, "accounts": Mapping}


def world_data(world: World) -> dict[str, Any]:
    """The data of a world, at one instant."""
    with world.settled():
        return {
            "format": FORMAT,
            "name": world.name,
            "sids": dict(world.sids.drawn),
            "clock": _clock_data(world),
            "accounts": {
                account.sid: dump_data(world, account) for account in world.authenticator.accounts
            },
        }


def check_world_data(data: object) -> Mapping[str, Any]:
    """Return *data* if it may be that of a world. Raises `SeedError`."""
    if not isinstance(data, Mapping):
        raise SeedError(f"the state is a mapping, not {kind_of(data)}")
    version = data.get("format")
    if version != FORMAT:
        raise SeedError(
            f"it has format {version!r}, and this version of pytest-conversations-fake reads "
            f"format {FORMAT}"
        )
    for key, kind in KEYS.items():
        if not isinstance(data.get(key), kind):
            raise SeedError(f"{key} is missing or damaged, so this is not a state file")
    return data


def restore_world(world: World, data: Mapping[str, Any]) -> None:
    """Give a new *world* the state in *data*, of a world with the same name and accounts.

    Raises `SeedError` with the place of the problem.
    """
    accounts = {account.sid: account for account in world.authenticator.accounts}
    if missing := [sid for sid in data["accounts"] if sid not in accounts]:
        raise SeedError(
            f"it has the records of {', '.join(missing)}, and the accounts are now "
            f"{', '.join(accounts)}; start with the same accounts"
        )
    with _refusing_damage("clock"):
        _set_clock(world, data["clock"])
    with _refusing_damage("sids"):  # before the loads, which may draw further sids
        world.sids.skip(data["sids"])
    for sid, seed in data["accounts"].items():
        try:
            load_data(world, accounts[sid], seed)
        except SeedError as error:
            raise SeedError(f"account {sid}: {error}") from None


@contextmanager
def _refusing_damage(key: str) -> Iterator[None]:
    try:
        yield
    except (KeyError, OverflowError, TypeError, ValueError):
        raise SeedError(f"{key} is damaged") from None


def _clock_data(world: World) -> dict[str, Any]:
    stays_at, ahead = world.clock._stays_at, world.clock._ahead
    if stays_at:
        return {"stays_at": stays_at.isoformat()}
    return {"seconds_ahead": ahead.total_seconds()}


def _set_clock(world: World, data: Mapping[str, Any]) -> None:
    """Set the clock without an action: nobody has moved it."""
    if "stays_at" in data:
        world.clock._stays_at = datetime.fromisoformat(data["stays_at"]).astimezone(timezone.utc)
    else:
        world.clock._ahead = timedelta(seconds=data["seconds_ahead"])
