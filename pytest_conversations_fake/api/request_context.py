"""The context of a request: the request as a resource sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .accounts import Account
from .assumptions import Assumptions
from .records import Record
from .refusals import Refused
from .sids import Sids
from .store import Store


@dataclass(kw_only=True)
class RequestContext:
    """The request that a resource serves, or the seed that it adds. Nothing changes it.

    It is not frozen: to create a frozen object of so many fields takes 3 µs longer.
    """

    assumptions: Assumptions
    sids: Sids
    account: Account
    account_sid: str
    """The account sid that new records show; the caller's, if credentials are not enforced."""
    now: datetime
    """The one instant, in whole seconds, of everything that the request does."""
    base: str = ""
    """The beginning of URLs in the answer: `http://127.0.0.1:8010/v1`."""
    parents: Sequence[Record] = ()
    """The records above, the service first."""
    short: bool = False
    """Whether the path leaves out the service and so means the default one."""
    params: Mapping[str, Any] = field(default_factory=dict)
    """The parameters, by twilio-python's keyword."""
    source: str | None = None
    """The source that its events carry: `"API"`, `"SDK"`, or a channel; None for a seed."""
    webhooks_enabled: bool = False
    """Whether it publishes events of its own actions."""
    event_params: Mapping[str, Any] = field(default_factory=dict)
    """Parameters of its events in addition to attributes of the record."""
    client_identity: str | None = None
    """The identity of the chat user, if the source is `"SDK"`."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """Attributes that a seed sets and a request cannot, such as the sid."""

    conflicts: list[Refused] = field(default_factory=list)
    """Refusals that do not undo the request but change its result, such as a closed group text."""

    @property
    def store(self) -> Store:
        return self.account.store

    def assumes(self, question: str, answer: str) -> bool:
        """Whether the world assumes this *answer* to a *question* that Twilio leaves open."""
        return self.assumptions.holds(question, answer)

    def may_use(self, name: str | None) -> bool:
        """Whether the account owns the address or sid *name*, if ownership is checked."""
        return self.assumptions.may_use(name)

    @property
    def parent_sid(self) -> str | None:
        return self.parents[-1].sid if self.parents else None

    @property
    def level(self) -> str:
        """The beginning of URLs at its level, with or without the service."""
        return self.base if self.short else f"{self.base}/Services/{self.parents[0].sid}"

    def at(self, *parents: Record, **params: Any) -> RequestContext:
        """A copy of the context for a record below other *parents*, with other *params*."""
        others = {"parents": parents, "params": params, "event_params": {}, "facts": {}}
        return RequestContext(**{**vars(self), **others})
