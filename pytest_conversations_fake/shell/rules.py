"""`conversations-fake rules`: each rule with its certainty, its source and its override."""

from __future__ import annotations

from argparse import Namespace
from itertools import groupby
from textwrap import fill

from ..api.rules import RULES
from .output import print_text

INDENT = "    "


def execute(options: Namespace) -> int:
    lines = []
    for area, rules in groupby(RULES, key=lambda rule: rule.area):
        lines.append(f"\n{area}\n")
        for rule in rules:
            lines.append(f"{rule.id}  ({rule.certainty}: {rule.source})")
            lines.append(
                fill(rule.behaviour, width=80, initial_indent=INDENT, subsequent_indent=INDENT)
            )
            if rule.override:
                lines.append(f"{INDENT}{rule.override}")
    print_text("\n".join(lines))
    return 0
