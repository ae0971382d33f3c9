"""The context of a request: what a resource knows of the request that it serves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from .accounts import Account
from .assumptions import Assumptions
from .records import Record
from .refusals import Refused
from .sids import Sids
from .store import Store


@dataclass(frozen=True, kw_only=True)
class RequestContext:
    """Something asked of a resource: in which world, by whom, when, where and with what."""

    assumptions: Assumptions
    sids: Sids
    account: Account
    account_sid: str
    """What the records that it creates show; the caller's, where nothing is enforced."""
    now: datetime
    """One instant, in whole seconds, for all that it does."""
    base: str = ""
    """How URLs begin: `http://127.0.0.1:8010/v1`."""
    parents: Sequence[Record] = ()
    """The records above, the service first."""
    short: bool = False
    """Whether the path leaves out the service, which is the default one then."""
    params: Mapping[str, Any] = field(default_factory=dict)
    """What was sent, by twilio-python's keyword."""
    source: str | None = None
    """What webhooks are told of who asked: `"API"`, `"SDK"`, or a channel; None for a seed."""
    webhooks_enabled: bool = False
    """Whether webhooks are told of what it does, as far as that is its own doing."""
    event_params: Mapping[str, Any] = field(default_factory=dict)
    """What its events carry in addition to attributes of the record."""
    client_identity: str | None = None
    """Who asked, if it was the SDK of a client."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """What a seed knows of the record besides, by attribute: its sid, when it was updated."""

    conflicts: list[Refused] = field(default_factory=list)
    """Refusals of what was done all the same, with what follows from that."""

    @property
    def store(self) -> Store:
        return self.account.store

    def assumes(self, question: str, answer: str) -> bool:
        """Whether this is what the world assumes where Twilio's own answer is not known."""
        return self.assumptions.holds(question, answer)

    def may_use(self, name: str | None) -> bool:
        """Whether the account owns the address or sid *name*, as far as that is looked at."""
        return self.assumptions.may_use(name)

    @property
    def parent_sid(self) -> str | None:
        return self.parents[-1].sid if self.parents else None

    @property
    def level(self) -> str:
        """How the URLs of its level begin, with the service or without."""
        return self.base if self.short else f"{self.base}/Services/{self.parents[0].sid}"

    def at(self, *parents: Record, **params: Any) -> RequestContext:
        """The same for something below other *parents*, with other *params*."""
        return replace(self, parents=parents, params=params, event_params={}, facts={})
