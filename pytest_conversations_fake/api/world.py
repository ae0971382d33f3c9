"""A world: what one fake knows, with the only source of chance there is."""

from __future__ import annotations

import random
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from .accounts import Account, Door
from .assumptions import Assumptions
from .call import Call
from .clock import Clock
from .journal import Journal
from .resources.configurations import configuration
from .resources.services import services
from .resources.webhook_configurations import webhooks


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

    *access* says of each account, by its sid, what it is reached with: `auth_token`, and `api_keys`
    by their sids; None stands for a sid to be made up. Whoever reads or changes a world that others
    may reach holds its *lock*.
    """

    def __init__(
        self,
        name: str,
        access: Mapping[str | None, Mapping[str, Any]] | None = None,
        *,
        enforced: bool = False,
        assumptions: Assumptions | None = None,
        lock: AbstractContextManager[Any] | None = None,
    ) -> None:
        self.name = name
        self.assumptions = assumptions or Assumptions({})
        self.address = ""
        """Where a test finds it: `http://127.0.0.1:8010`."""
        self.redirected = False
        """Whether Twilio's own host leads there, too."""
        self.lock = lock or nullcontext()
        self.clock = Clock(moved=self._moved)
        self.sids = Sids(name)
        self.journal = Journal()
        self.errors: list[Exception] = []
        access = access or {None: {}}
        accounts = [
            self._open(sid or self.sids.draw("AC"), **reached) for sid, reached in access.items()
        ]
        self.door = Door(accounts, enforced)

    def settle(self) -> None:
        """Let happen what is due by now, before anybody looks."""
        for account in self.door.accounts:
            account.settle(self.clock.second())

    def _moved(self) -> None:
        with self.lock:
            self.settle()

    @property
    def account(self) -> Account:
        """The first one."""
        return self.door.accounts[0]

    def _open(
        self, sid: str, auth_token: str | None = None, api_keys: Mapping[str, str] | None = None
    ) -> Account:
        """An account, with all that Twilio gives to every one."""
        account = Account(
            sid=sid, auth_token=auth_token or self.sids.draw(""), api_keys=api_keys or {}
        )
        call = Call(
            world=self, account=account, account_sid=sid, now=self.clock.second(), base=self.address
        )
        name = "Default Conversations Service"  # a guess
        account.first_service = services.create(call.at(friendly_name=name))
        defaults = {
            "default_chat_service_sid": account.first_service.sid,
            "default_messaging_service_sid": self.sids.draw("MG"),
        }
        configuration.create(call.at(**defaults))
        webhooks.create(call.at(filters=[]))
        return account
