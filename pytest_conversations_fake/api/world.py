"""A world: what one fake knows, with the only clock and the only source of chance there are."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timezone
from types import MappingProxyType
from typing import Any

from .accounts import Account
from .journal import Journal
from .resources.services import Service
from .store import Store


class Clock:
    """The time, read at each use, so that who moves the process's clock moves this one."""

    # Kept before anyone can freeze it: freezegun replaces what modules hold, not what classes do
    seconds = staticmethod(time.perf_counter)

    def now(self) -> datetime:
        return datetime.now(timezone.utc)


class Sids:
    """Sids that depend on *name* alone: a test gets the same ones at each run.

    Each prefix has a sequence of its own, so that the sids of one kind stay the same where a test
    changes what it does with another.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._sequences: dict[str, random.Random] = {}

    def draw(self, prefix: str) -> str:
        if prefix not in self._sequences:
            self._sequences[prefix] = random.Random(f"{prefix} {self._name}")
        return f"{prefix}{self._sequences[prefix].randbytes(16).hex()}"


class World:
    """Everything that a fake called *name* knows. A reset is a new world.

    *address* is where a test finds it, and `redirected` whether Twilio's own host leads there, too.
    *ended* has the names of fakes that are over, by account sid, so that a request which comes late
    is not taken for one of this world's. Whoever reads or changes a world that others may reach
    holds its *lock*.
    """

    def __init__(
        self,
        name: str,
        *,
        address: str = "",
        account_sid: str | None = None,
        auth_token: str | None = None,
        enforced: bool = False,
        ended: Mapping[str, str] = MappingProxyType({}),
        lock: AbstractContextManager[Any] | None = None,
    ) -> None:
        self.name = name
        self.address = address
        self.redirected = False
        self.lock = lock or nullcontext()
        self.clock = Clock()
        self.sids = Sids(name)
        self.account = self._open_account(
            sid=account_sid or self.sids.draw("AC"),
            auth_token=auth_token or self.sids.draw(""),
            enforced=enforced,
            ended=ended,
        )
        self.journal = Journal()
        self.errors: list[Exception] = []

    def _open_account(self, sid: str, **access: Any) -> Account:
        """An account, with the default services that Twilio gives to every one."""
        default_service = Service(
            sid=self.sids.draw("IS"),
            account_sid=sid,
            date_created=self.clock.now(),
            date_updated=self.clock.now(),
            friendly_name="Default Conversations Service",  # a guess
        )
        store = Store()
        store.add(default_service)
        return Account(
            sid=sid,
            store=store,
            default_service=default_service,
            default_messaging_service_sid=self.sids.draw("MG"),
            **access,
        )
