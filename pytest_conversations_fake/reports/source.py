"""The source of a generated test while it is written: statements, variables and imports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import MISSING, fields
from datetime import datetime, timedelta
from textwrap import wrap

from ..api.faults import Fault
from ..api.outside import Entry
from ..api.world import World
from .python_text import (
    INDENT,
    WIDTH,
    Node,
    call,
    dictionary,
    duration,
    f_string,
    flat,
    lines,
    listed,
    moment,
    prefixed,
    quoted,
)
from .sid_names import FAKE, SID, SidNames

MAX_LENGTH = 2000
"""Maximum length of a text in an assertion. Refused requests have longer texts cut."""


class Source:
    """The body of a generated test, and the names that it imports."""

    def __init__(self, world: World, entries: Sequence[Entry]) -> None:
        self.statements: list[str] = []
        self.imports: dict[str, set[str]] = {"pytest_conversations_fake": {"FakeConversations"}}
        self.names = SidNames(world, entries)
        self._address = world.address
        self._indent = INDENT
        self._simulators: dict[str, str] = {}

    # Statements

    def write(self, node: Node) -> None:
        self.statements += lines(node, self._indent)

    def comment(self, text: str) -> None:
        start = f"{self._indent}# "
        self.statements += wrap(text, WIDTH, initial_indent=start, subsequent_indent=start)

    def separate(self) -> None:
        """An empty line, unless a block begins here."""
        if self.statements and self.statements[-1] and not self.statements[-1].endswith(":"):
            self.statements.append("")

    def begin_block(self, head: str) -> None:
        self.write(f"{head}:")
        self._indent += INDENT

    def end_block(self) -> None:
        self._indent = self._indent.removesuffix(INDENT)

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        self.begin_block(head)
        yield
        self.end_block()

    def use(self, module: str, *names: str) -> None:
        """Import *names* from a *module*; without names the module itself."""
        self.imports.setdefault(module, set()).update(names)

    # Values

    def value(self, value: object) -> Node | None:
        """The expression for a *value*; None if it differs in each run."""
        match value:
            case None | bool() | int() | float():
                return repr(value)
            case str():
                return self._text(value)
            case datetime():
                self.use("datetime", "datetime", "timezone")
                return moment(value)
            case timedelta():
                self.use("datetime", "timedelta")
                return duration(value)
            case Fault():
                return self._fault(value)
            case Mapping():
                pairs = [(quoted(str(key)), self.value(each)) for key, each in value.items()]
                known = [(key, node) for key, node in pairs if node is not None]
                return dictionary(known) if len(known) == len(pairs) else None
            case list() | tuple():
                nodes = [node for each in value if (node := self.value(each)) is not None]
                return listed(nodes) if len(nodes) == len(value) else None
        return None

    def argument(self, value: object) -> Node:
        """The expression for an argument of a call that cannot be left out."""
        node = self.value(value)
        return quoted(str(value)) if node is None else node

    def keywords(self, values: Mapping[str, object]) -> list[Node]:
        """Keyword arguments."""
        return [prefixed(f"{name}=", self.argument(value)) for name, value in values.items()]

    def record(self, value: object) -> Node:
        """The expression for a record, which a method takes in place of its sid."""
        node = self.argument(value)
        is_sid = isinstance(value, str) and SID.fullmatch(value)
        return flat(node).removesuffix(".sid") if is_sid else node

    def _text(self, text: str) -> str | None:
        if len(text) > MAX_LENGTH or (self._address and self._address in text):
            return None
        if SID.fullmatch(text):
            return self.sid(text)
        if not SID.search(text):
            return quoted(text)
        parts, start = [], 0
        for match in SID.finditer(text):
            if self.names.is_fixed(match[0]):
                continue
            if not (expression := self.sid(match[0])):
                return None
            parts.append((text[start : match.start()], expression))
            start = match.end()
        return f_string([*parts, (text[start:], "")]) if parts else quoted(text)

    def sid(self, sid: str) -> str | None:
        """The expression for a *sid*, after the definition of a variable for its record."""
        if self.names.is_fixed(sid):
            return quoted(sid)
        if expression := self.names.known(sid):
            return expression
        found = self.names.lookup(sid)
        if not found:
            return None
        collection, where = found
        records = f"{FAKE}.{collection}"
        if not isinstance(where, int):
            record = call(f"{records}.one", self.keywords(dict(where)))
            self.write(prefixed(f"{self.names.assign(sid)} = ", record))
        elif where == 0:
            self.write(f"{self.names.assign(sid)}, *_ = {records}")
        else:
            self.write(f"{self.names.assign(sid)} = [*{records}][{where}]")
        return self.names.known(sid)

    def simulator(self, kind: str, name: str) -> str:
        """The variable of a phone (`handset`) or chat user."""
        expression = f"{FAKE}.{kind}({quoted(name)})"
        if expression not in self._simulators:
            variable = self.names.variable("phone" if kind == "handset" else name)
            self._simulators[expression] = variable
            self.write(f"{variable} = {expression}")
        return self._simulators[expression]

    def _fault(self, fault: Fault) -> Node:
        name = type(fault).__name__
        self.use("pytest_conversations_fake", name)
        arguments = [
            prefixed(f"{each.name}=", self.argument(value))
            for each in fields(fault)
            if (value := getattr(fault, each.name)) != each.default or each.default is MISSING
        ]
        return call(name, arguments)
