"""The calls of a scenario, recognized in each of its runs by operation and parameters.

Concurrent calls arrive in another order in every run, and sids are drawn in the order of arrival.
So neither identifies a call; in its text the sid of a record that the run itself made stands as the
text of the call that made it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..api.faults import Fault, Injection
from ..api.journal import PendingRequest
from ..api.world import World


@dataclass(frozen=True)
class Call:
    """A request, as far as it is the same in every run."""

    operation: str
    params: Mapping[str, str]
    """By keyword the `repr` of what was sent."""

    def __str__(self) -> str:
        return self.text(self.params)

    def text(self, keywords: Sequence[str] | Mapping[str, str]) -> str:
        shown = [f"{name}={text}" for name, text in self.params.items() if name in keywords]
        return f"{self.operation}({', '.join(shown)})" if shown else self.operation

    def distance(self, other: Call) -> int:
        """How many parameters are not the same."""
        return len({item[0] for item in self.params.items() ^ other.params.items()})


class Watch(Injection):
    """Meets no request, but notes the calls of a run that begins now."""

    def __init__(self, world: World, fault: Fault) -> None:
        super().__init__(fault, on=None, times=1, after=0, when=None)
        self._world = world
        self._calls: dict[int, Call] = {}
        self._begin = len(world.journal)
        self.was_ever_met = True  # it is no fault of the test's, which would have to be met

    def start(self) -> None:
        with self._world.lock:
            self._world.injections.append(self)

    def stop(self) -> Sequence[Call]:
        """The calls so far, in an order that does not depend on when they arrived."""
        with self._world.lock:
            self._world.injections.remove(self)
        return sorted(self._calls.values(), key=str)

    def meets(self, pending: PendingRequest) -> bool:
        if not pending.operation:
            return False
        texts = {keyword: repr(value) for keyword, value in pending.all_params.items()}
        for request in self._world.journal[self._begin :]:
            made = self._calls.get(request.number)
            sid = (request.response or {}).get("sid")
            if made and sid and made.operation.startswith("Create"):
                texts = {name: text.replace(sid, f"<{made}>") for name, text in texts.items()}
        self._calls[pending.number] = Call(pending.operation, dict(sorted(texts.items())))
        return False


class Aim(Watch):
    """Meets one of the *calls* that a run without faults makes."""

    def __init__(self, world: World, fault: Fault, calls: Sequence[Call], number: int) -> None:
        super().__init__(world, fault)
        self._expected = calls
        self._aim = number
        self._to_come = [*range(len(calls))]

    def meets(self, pending: PendingRequest) -> bool:
        super().meets(pending)
        call = self._calls.get(pending.number)
        if self.met or not call or self._recognized(call) != self._aim:
            return False
        self.met = 1
        return True

    def _recognized(self, call: Call) -> int | None:
        """Which of the expected calls this is, which is then no longer to come.

        A call whose parameters are new in every run, a random name for instance, is the most
        similar one of its operation; of equal ones the first.
        """
        similar = [n for n in self._to_come if self._expected[n].operation == call.operation]
        if call in self._expected:
            similar = [n for n in similar if self._expected[n] == call]
        if not similar:
            return None
        nearest: int = min(similar, key=lambda n: call.distance(self._expected[n]))
        self._to_come.remove(nearest)
        return nearest


def labels(calls: Sequence[Call]) -> list[str]:
    """What a table calls each: its operation, and the parameters that tell it from others of it.

    Equal calls are numbered.
    """
    texts = []
    for call in calls:
        others = [each for each in calls if each.operation == call.operation]
        differing = [
            name for name in call.params if len({each.params.get(name) for each in others}) > 1
        ]
        texts.append(call.text(differing))
    often, so_far = Counter(texts), Counter[str]()
    for number, text in enumerate(texts):
        if often[text] > 1:
            so_far[text] += 1
            texts[number] = f"{text} #{so_far[text]}"
    return texts
