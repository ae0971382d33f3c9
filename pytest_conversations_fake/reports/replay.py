"""Actions as the Python calls that repeat them."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence, Set
from operator import attrgetter
from pathlib import Path

from ..api.actions import Action
from ..api.deliveries import Delivery
from ..api.journal import RecordedRequest
from ..api.outside import Entry
from ..api.secrets import without_passwords
from ..api.wording import visible
from .python_text import Node, call, prefixed
from .sid_names import FAKE
from .source import Source

OMITTED = ("run_in", "target", "public_url")
"""Arguments of `deliver_to` that a test does not repeat as they are."""


class Replay:
    """Writes the actions of a session. *used* has the sids whose variables the test needs."""

    def __init__(self, source: Source, entries: Sequence[Entry], used: Set[str]) -> None:
        self._source = source
        self._used = used
        self._deliveries = [each for each in entries if isinstance(each, Delivery)]
        self._met = [
            fault for each in entries if isinstance(each, RecordedRequest) for fault in each.faults
        ]
        self._ends = [
            each.subject for each in entries if isinstance(each, Action) and each.name == "end"
        ]
        self._outages = 0
        """The number of blocks in which the fake is down."""
        self._faults: dict[str, str] = {}
        """The variables of the faults that end, by the subject of the action that ends them."""

    def write(self, action: Action) -> None:
        if not action.error:
            self._write(action)
            return
        self._source.use("pytest")
        self._call(action)  # defines variables before the block
        with self._source.block(f"with pytest.raises({action.error.partition(':')[0]})"):
            self._write(action)

    def _write(self, action: Action) -> None:
        source = self._source
        match action.subject, action.name:
            case "down()", _:
                self._end_outage()
            case _, "down":
                source.begin_block(f"with {FAKE}.down()")
                self._outages += 1
            case subject, "end":
                if fault := self._faults.pop(subject, None):
                    source.write(f"{fault}.end()")
            case _, "deliver_to":
                self._deliver_to(action)
            case _, "inject":
                self._inject(action)
            case _, "resend":
                self._resend(action)
            case _, "load":
                source.write(call(f"{FAKE}.load", [self.seed(action)]))
            case _:
                node = self._call(action)
                if action.sid in self._used:
                    node = prefixed(f"{source.names.assign(action.sid)} = ", node)
                source.write(node)

    def seed(self, action: Action) -> Node:
        """The argument of `load`. A path below the working directory is relative."""
        [seed] = action.arguments or action.keywords.values()
        if isinstance(seed, str) and Path(seed).is_relative_to(Path.cwd()):
            seed = Path(seed).relative_to(Path.cwd()).as_posix()
        return self._source.argument(seed)

    def _call(self, action: Action) -> Node:
        return call(f"{self._subject(action)}.{action.name}", self._arguments(action))

    def _subject(self, action: Action) -> str:
        if person := re.fullmatch(r"(handset|chat_user)\((.*)\)", action.subject, re.DOTALL):
            return self._source.simulator(person[1], ast.literal_eval(person[2]))
        return f"{FAKE}.{action.subject}".rstrip(".")

    def _arguments(self, action: Action) -> list[Node]:
        source = self._source
        write = source.record if action.subject.startswith("chat_user(") else source.argument
        return [
            *map(write, action.arguments),
            *(prefixed(f"{name}=", write(value)) for name, value in action.keywords.items()),
        ]

    def _inject(self, action: Action) -> None:
        """Inject a fault, unless no request met it: it had no effect, and would fail the test."""
        source = self._source
        keywords = dict(action.keywords)
        fault = keywords.pop("fault", None) or action.arguments[0]
        if not any(fault is each for each in self._met):
            return
        when = ["when=NotImplemented"] if keywords.pop("when", None) else []
        if when:
            source.comment("The function `when` of this fault is not recorded.")
        arguments = [source.argument(fault), *source.keywords(keywords), *when]
        node: Node = call(f"{FAKE}.inject", arguments)
        subject = f"inject({fault!r})"
        if subject in self._ends:
            self._faults[subject] = source.names.variable("fault")
            node = prefixed(f"{self._faults[subject]} = ", node)
        source.write(node)

    def _resend(self, action: Action) -> None:
        [delivery] = action.arguments or action.keywords.values()
        if delivery in self._deliveries:
            ended = sorted(self._deliveries, key=attrgetter("end_order"))
            argument = f"{FAKE}.webhooks.deliveries[{ended.index(delivery)}]"
        else:
            self._source.comment("The delivery that is sent again was dropped.")
            argument = "NotImplemented"
        self._source.write(call(f"{FAKE}.webhooks.resend", [argument]))

    def finish(self) -> None:
        """End the blocks of a session that ended while the fake was down."""
        while self._outages:
            self._end_outage()

    def _end_outage(self) -> None:
        self._outages -= 1
        if self._source.statements[-1].endswith("down():"):
            self.call_code("the fake refuses its connections")
        self._source.end_block()

    # Placeholders

    def call_code(self, effect: str) -> None:
        """A placeholder for a call of the code under test."""
        self._source.comment(f"Call the code under test here, so that {effect}.")
        self._source.write("raise NotImplementedError")

    def _deliver_to(self, action: Action) -> None:
        keywords = {name: each for name, each in action.keywords.items() if name not in OMITTED}
        self.deliver_to(public_url(action), keywords)

    def deliver_to(self, url: str, keywords: Mapping[str, object]) -> None:
        """Deliver to an application, which is a placeholder."""
        source = self._source
        application = source.names.variable("application")
        source.comment(f"The application that receives the webhooks for {visible(url)}:")
        source.write(f"{application} = NotImplemented")
        if "auth_token" in keywords:
            source.comment("The auth token is not recorded.")
        arguments = source.keywords({"public_url": url, **keywords})
        source.write(call(f"{FAKE}.webhooks.deliver_to", [application, *arguments]))


def public_url(action: Action) -> str:
    """The URL for which an action delivers webhooks to an application."""
    target = action.arguments[0] if action.arguments else action.keywords.get("target")
    return str(action.keywords.get("public_url") or target)


def direct_targets(entries: Sequence[Entry]) -> list[str]:
    """The URLs of webhooks that an application answered without a call of `deliver_to`."""
    targets = [
        public_url(each)
        for each in entries
        if isinstance(each, Action) and each.name == "deliver_to"
    ]
    return [
        *dict.fromkeys(
            url
            for each in entries
            if isinstance(each, Delivery) and each.signing
            for url in [without_passwords(each.url)]
            if not any(url.startswith(target) for target in targets)
        )
    ]
