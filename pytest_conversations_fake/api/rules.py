"""Rules: the behaviour beyond the contract, how certain each rule is, and its source.

The rows are in `rules.md`, which is also a page for readers. No request needs this module.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .assumptions import QUESTIONS

CERTAINTIES = ("specified", "documented", "captured", "verified", "assumed")


@dataclass(frozen=True)
class Rule:
    """A row of `rules.md`."""

    id: str
    area: str
    certainty: str
    """One of `CERTAINTIES`."""
    source: str
    behaviour: str

    @property
    def override(self) -> str:
        """The argument with which a test changes the rule; empty if it cannot."""
        if self.id == "ownership":
            return "owned=…"
        return f"assume {self.id}={'|'.join(QUESTIONS[self.id])}" if self.id in QUESTIONS else ""


_ROW = re.compile(rf"\| (\S+) \| ({'|'.join(CERTAINTIES)}) \| (.+?) \| (.+) \|")


def _read(text: str) -> Iterator[Rule]:
    area = ""
    for line in text.splitlines():
        if line.startswith("## "):
            area = line.removeprefix("## ")
        elif row := _ROW.fullmatch(line):
            id, certainty, source, behaviour = row.groups()
            yield Rule(id, area, certainty, source, behaviour)


RULES = tuple(_read(Path(__file__).with_name("rules.md").read_text(encoding="utf-8")))
