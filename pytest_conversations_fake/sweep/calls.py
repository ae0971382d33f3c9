"""The calls of a scenario, and how to recognize a call in another run.

Concurrent calls arrive in a different order in every run, and sids are drawn in the order of
arrival. So neither order nor sid identifies a call. Operation and parameters do, where the text of
the call that created a record replaces the sid of that record.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from ..api.faults import Fault, Injection
from ..api.journal import PendingRequest
from ..api.world import World


@dataclass(frozen=True)
class Call:
    """The part of a request that is the same in every run."""

    operation: str
    params: Mapping[str, str]
    """The `repr` of each value that was sent, by keyword."""

    def __str__(self) -> str:
        return self.with_params(self.params)

    def with_params(self, keywords: Collection[str]) -> str:
        """The text of the call with only these parameters."""
        shown = [f"{name}={text}" for name, text in self.params.items() if name in keywords]
        return f"{self.operation}({', '.join(shown)})" if shown else self.operation

    def distance(self, other: Call) -> int:
        """The number of parameters that differ."""
        return len({item[0] for item in self.params.items() ^ other.params.items()})


class CallRecorder(Injection):
    """An injection that no request meets. It records the calls of a run that begins now."""

    def __init__(self, world: World, fault: Fault) -> None:
        super().__init__(fault, on=None, times=1, after=0, when=None, recorder=world.recorder(""))
        self._world = world
        self._calls: dict[int, Call] = {}
        self.was_ever_met = True  # an injection without requests would be a violation

    def start(self) -> None:
        with self._world.lock:
            self._world.injections.append(self)

    def stop(self) -> Sequence[Call]:
        """Stop recording. Returns the calls, sorted, since their order of arrival may vary."""
        with self._world.lock:
            self._world.injections.remove(self)
        return sorted(self._calls.values(), key=str)

    def meets(self, pending: PendingRequest) -> bool:
        if not pending.operation:
            return False
        texts = {keyword: repr(value) for keyword, value in pending.all_params.items()}
        for request in self._world.journal:
            call = self._calls.get(request.number)
            sid = (request.response or {}).get("sid")
            if call and sid and call.operation.startswith("Create"):
                texts = {name: text.replace(sid, f"<{call}>") for name, text in texts.items()}
        self._calls[pending.number] = Call(pending.operation, dict(sorted(texts.items())))
        return False


class SingleCallFault(CallRecorder):
    """An injection that one call meets: number *number* of the *calls* of the first run."""

    def __init__(self, world: World, fault: Fault, calls: Sequence[Call], number: int) -> None:
        super().__init__(world, fault)
        self._expected = calls
        self._number = number
        self._remaining = [*range(len(calls))]

    def meets(self, pending: PendingRequest) -> bool:
        super().meets(pending)
        call = self._calls.get(pending.number)
        if self.met or not call or self._recognize(call) != self._number:
            return False
        self.met = 1
        return True

    def _recognize(self, call: Call) -> int | None:
        """Find the number of the expected call that this is, and remove it from the remaining ones.

        A call whose parameters differ in every run, for example by a random name, is the most
        similar call of its operation, the first one if several are equally similar.
        """
        candidates = [n for n in self._remaining if self._expected[n].operation == call.operation]
        if call in self._expected:
            candidates = [n for n in candidates if self._expected[n] == call]
        if not candidates:
            return None
        nearest: int = min(candidates, key=lambda n: call.distance(self._expected[n]))
        self._remaining.remove(nearest)
        return nearest


def labels(calls: Sequence[Call]) -> list[str]:
    """A label for each call: its operation, and the parameters in which calls of it differ.

    Equal calls are numbered.
    """
    texts = []
    for call in calls:
        same_operation = [each for each in calls if each.operation == call.operation]
        differing = [
            name
            for name in call.params
            if len({each.params.get(name) for each in same_operation}) > 1
        ]
        texts.append(call.with_params(differing))
    totals, numbers = Counter(texts), Counter[str]()
    for index, text in enumerate(texts):
        if totals[text] > 1:
            numbers[text] += 1
            texts[index] = f"{text} #{numbers[text]}"
    return texts
