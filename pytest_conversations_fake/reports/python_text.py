"""Python source: literals and calls, laid out as formatters do."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone

from ..api.wording import visible

WIDTH = 88
"""Maximum width of a line, the default of formatters."""

INDENT = "    "


@dataclass(frozen=True)
class Brackets:
    """A call, list or dict: text, an opening bracket, items and the closing bracket."""

    before: str
    opening: str
    items: Sequence[Node]
    closing: str

    @property
    def is_call(self) -> bool:
        """Whether all items may share a line of their own, as arguments do."""
        return self.opening == "(" and bool(self.before)


Node = str | Brackets


def call(function: str, arguments: Sequence[Node]) -> Brackets:
    return Brackets(function, "(", arguments, ")")


def prefixed(prefix: str, node: Node) -> Node:
    """The *node* with a text in front, as in `name=`."""
    if isinstance(node, str):
        return prefix + node
    return replace(node, before=prefix + node.before)


def listed(items: Sequence[Node]) -> Brackets:
    return Brackets("", "[", items, "]")


def dictionary(items: Sequence[tuple[Node, Node]]) -> Brackets:
    pairs = [prefixed(f"{flat(key)}: ", value) for key, value in items]
    return Brackets("", "{", pairs, "}")


def flat(node: Node) -> str:
    """A *node* on one line."""
    if isinstance(node, str):
        return node
    items = ", ".join(map(flat, node.items))
    return f"{node.before}{node.opening}{items}{node.closing}"


def lines(node: Node, indent: str = "", end: str = "") -> list[str]:
    """A *node*, on several lines if it is too long for one. *end* follows it."""
    line = f"{indent}{flat(node)}{end}"
    if isinstance(node, str) or not node.items or len(line) <= WIDTH:
        return [line]
    first, last = f"{indent}{node.before}{node.opening}", f"{indent}{node.closing}{end}"
    inner = f"{indent}{INDENT}"
    together = inner + ", ".join(map(flat, node.items))
    if node.is_call and len(together) <= WIDTH:
        return [first, together, last]
    return [first, *(line for item in node.items for line in lines(item, inner, ",")), last]


def quoted(text: str) -> str:
    """A string literal for any *text*, on one line, without invisible characters."""
    return f"{_quote(text)}{_escaped(text, _quote(text))}{_quote(text)}"


def f_string(parts: Sequence[tuple[str, str]]) -> str:
    """An f-string. Each part is a text and the expression that follows it, which may be empty."""
    texts = "".join(text for text, _ in parts)
    quote = _quote(texts)
    body = "".join(
        re.sub("[{}]", r"\g<0>\g<0>", _escaped(text, quote)) + (f"{{{name}}}" if name else "")
        for text, name in parts
    )
    return f"f{quote}{body}{quote}"


def _quote(text: str) -> str:
    return "'" if text.count('"') > text.count("'") else '"'


def _escaped(text: str, quote: str) -> str:
    return visible(text.replace("\\", "\\\\").replace(quote, f"\\{quote}"))


def moment(value: datetime) -> str:
    """The call that makes the instant *value*, in UTC. Without a time zone it is in UTC."""
    value = value.astimezone(timezone.utc) if value.tzinfo else value
    numbers = [*value.timetuple()[:6], value.microsecond]
    while len(numbers) > 3 and not numbers[-1]:
        numbers.pop()
    return f"datetime({', '.join(map(str, numbers))}, tzinfo=timezone.utc)"


def duration(value: timedelta) -> str:
    units = {"days": value.days, "seconds": value.seconds, "microseconds": value.microseconds}
    shown = ", ".join(f"{unit}={number}" for unit, number in units.items() if number)
    return f"timedelta({shown})"
