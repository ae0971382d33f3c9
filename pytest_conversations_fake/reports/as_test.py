"""A generated test: a pytest module that repeats a session and asserts its effects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set

from ..api.actions import Action
from ..api.deliveries import Delivery
from ..api.journal import RecordedRequest
from ..api.outside import Entry
from ..api.world import World
from .expectations import Expectations
from .python_text import Node, call, dictionary, lines, prefixed, quoted
from .received import write_received
from .replay import Replay, direct_targets
from .sid_names import FAKE
from .source import Source
from .steps import Step, operations, steps
from .timeline import timeline

INSTRUCTION = "Replace each NotImplemented and NotImplementedError as its comment says."


def as_test(world: World) -> str:
    """The source of a pytest module that repeats the session of a *world* so far."""
    with world.lock:
        entries = timeline(world.journal, world.deliveries, world.actions)
        added = {each.sid for each in entries if isinstance(each, Action)}
        draft = _Draft(world, entries, used=frozenset())
        draft.write()
        if used := added & draft.source.names.used:  # the second draft assigns their variables
            draft = _Draft(world, entries, used)
            draft.write()
        return draft.module()


class _Draft:
    """A draft of the module. *used* has the sids whose variables the previous draft used."""

    def __init__(self, world: World, entries: Sequence[Entry], used: Set[str]) -> None:
        self._world = world
        self._entries = entries
        first = next((each for each in entries if isinstance(each, Action)), None)
        is_seed = first and first.name == "load" and first.order < world.began
        self._seed = first if is_seed else None
        """The action that loaded the file or mapping with the initial state, if one did."""
        self.source = Source(world, entries)
        self._replay = Replay(self.source, entries, used)
        self._expectations = Expectations(world, self.source, entries)

    def write(self) -> None:
        for url in direct_targets(self._entries):
            self._replay.deliver_to(url, {})
        is_setup = True
        for step in steps([each for each in self._entries if each is not self._seed]):
            if not is_setup or step.effects:
                self.source.separate()
            self._write_step(step)
            is_setup = not step.effects and step.action is not None
        self._replay.finish()
        self.source.separate()
        write_received(self._world, self.source, self._entries)
        if not self._dropped:
            self._write_totals()
        if not self.source.statements:
            self._replay.call_code("something happens")

    def _write_step(self, step: Step) -> None:
        names = self.source.names
        names.now = step.begin - 1
        self._expectations.define_records(step.requests)
        if step.action:
            self._replay.write(step.action)
        else:
            operation_names = ", ".join(operations(step.requests))
            self._replay.call_code(
                f"it sends {operation_names}" if operation_names else "it causes this webhook"
            )
            self.source.separate()
        names.now = step.end
        self._expectations.write(step.effects)

    def _write_totals(self) -> None:
        requests = [each for each in self._entries if isinstance(each, RecordedRequest)]
        deliveries = [each for each in self._entries if isinstance(each, Delivery)]
        if requests:
            self.source.write(f"assert len({FAKE}.requests) == {len(requests)}")
        if deliveries:
            self.source.write(f"assert len({FAKE}.webhooks.deliveries) == {len(deliveries)}")

    # The module around the body

    def module(self) -> str:
        marker = self._marker()
        parts = [
            f'"""A recorded session with Twilio Conversations.\n\n{INSTRUCTION}{self._note()}\n"""'
        ]
        parts += ["", "from __future__ import annotations", "", *self._imports(), "", ""]
        parts += marker
        parts += [f"def test_recorded_session({FAKE}: FakeConversations) -> None:"]
        return "\n".join([*parts, *self.source.statements]).rstrip("\n") + "\n"

    def _imports(self) -> Iterator[str]:
        modules = self.source.imports
        if "datetime" in modules:
            yield f"from datetime import {', '.join(sorted(modules['datetime']))}"
            yield ""
        if "pytest" in modules:
            yield "import pytest"
        names = sorted(modules["pytest_conversations_fake"])
        yield f"from pytest_conversations_fake import {', '.join(names)}"

    def _marker(self) -> list[str]:
        """The marker with the settings of the fake that differ from the defaults."""
        settings: dict[str, Node] = {}
        assumptions = self._world.assumptions
        if self._seed:
            settings["seed"] = self._replay.seed(self._seed)
        if assumptions.answers:
            settings["assume"] = self.source.argument(dict(assumptions.answers))
        if assumptions.owned:
            settings["owned"] = self.source.argument([*assumptions.owned])
        accounts = self._world.authenticator.accounts
        if len(accounts) > 1:
            settings["accounts"] = dictionary([(quoted(each.sid), "{}") for each in accounts])
        if not settings:
            return []
        self.source.use("pytest")
        arguments = [prefixed(f"{name}=", node) for name, node in settings.items()]
        return lines(call(f"@pytest.mark.{FAKE}", arguments))

    @property
    def _dropped(self) -> str:
        notes = (self._world.journal.dropped.note(), self._world.dropped_actions.note())
        return ", ".join(filter(None, notes))

    def _note(self) -> str:
        if not self._dropped:
            return ""
        return f"\nThe session began before its first step: {self._dropped}."
