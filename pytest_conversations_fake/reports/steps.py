"""Steps: the causes in a session, each with its effects."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ..api.actions import RESTORES, Action
from ..api.deliveries import Delivery
from ..api.journal import RecordedRequest
from ..api.outside import Entry


@dataclass
class Step:
    """A cause and its effects, in the common order."""

    action: Action | None
    """The cause; None for a call of the code under test."""
    effects: list[RecordedRequest | Delivery] = field(default_factory=list)
    busy_until: int = 0
    """The place in the order at which the last application answered a delivery of this step."""

    def add(self, effect: RecordedRequest | Delivery) -> None:
        self.effects.append(effect)
        if isinstance(effect, Delivery) and effect.signing:
            self.busy_until = max(self.busy_until, effect.end_order)

    @property
    def begin(self) -> int:
        """The place of its first entry in the common order."""
        return self.action.order if self.action else self.effects[0].order

    @property
    def end(self) -> int:
        """The place of its last entry."""
        return self.effects[-1].order if self.effects else self.begin

    @property
    def requests(self) -> list[RecordedRequest]:
        return [each for each in self.effects if isinstance(each, RecordedRequest)]


ERRORS = ("", "LookupError", "ValueError")
"""The errors of actions that a test repeats: refusals, not misuse."""


def steps(entries: Sequence[Entry]) -> list[Step]:
    """The steps of a time line.

    A request belongs to the action before it if it arrived during a delivery of that step. Other
    requests come from a call of the code under test, and consecutive requests from one call.
    """
    found: list[Step] = []
    for entry in entries:
        match entry:
            case Action():
                if entry.name not in RESTORES and (entry.error or "").partition(":")[0] in ERRORS:
                    found.append(Step(entry))
            case Delivery():
                found = found or [Step(None)]
                found[-1].add(entry)
            case RecordedRequest():
                is_new = not found or (found[-1].action and found[-1].busy_until < entry.order)
                if is_new:
                    found.append(Step(None))
                found[-1].add(entry)
    return found


def operations(requests: Iterable[RecordedRequest]) -> list[str]:
    """The operations of *requests*, each once; method and path of an unknown one."""
    return [*dict.fromkeys(each.operation or f"{each.method} {each.path}" for each in requests)]
