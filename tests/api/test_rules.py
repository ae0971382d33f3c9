"""Every rule has a row and a test, every refusal breaks a rule, and the docs count the rules."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from pytest_conversations_fake.api import refusals
from pytest_conversations_fake.api.assumptions import QUESTIONS
from pytest_conversations_fake.api.refusals import Refused
from pytest_conversations_fake.api.rules import CERTAINTIES, RULES

pytestmark = pytest.mark.newest

TESTS = Path(__file__).parents[1]
PAGE = TESTS.parent / "docs" / "reference" / "rules.md"


@dataclass(frozen=True)
class Marked:
    """A test that is marked with a rule, or a row of its parameters that is."""

    function: Callable[..., object]
    row: Sequence[object] = ()

    def constants(self) -> Iterator[object]:
        """The values that it may compare with."""
        yield from self.row
        tree = ast.parse(dedent(inspect.getsource(self.function)))
        yield from (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))


def marked(function: Callable[..., object]) -> Iterator[tuple[str, Marked]]:
    """The rules that a test and the rows of its parameters are marked with."""
    marks: list[pytest.Mark] = getattr(function, "pytestmark", [])
    yield from ((rule, Marked(function)) for rule in rules_of(marks))
    for mark in marks:
        if mark.name != "parametrize":
            continue
        for row in mark.args[1]:
            if isinstance(row, type(pytest.param())):
                yield from ((rule, Marked(function, row.values)) for rule in rules_of(row.marks))


def rules_of(marks: Iterable[Any]) -> Iterator[str]:
    for mark in marks:
        if mark.name == "rule":
            yield from mark.args


def marked_tests() -> Iterator[tuple[str, Marked]]:
    """As pytest would find them: in the imported modules of all files that have such a mark."""
    for path in TESTS.rglob("test_*.py"):
        if "pytest.mark.rule" in path.read_text():
            module = import_module(".".join(path.relative_to(TESTS).with_suffix("").parts))
            for name, function in vars(module).items():
                if name.startswith("test_") and inspect.isfunction(function):
                    yield from marked(function)


MARKED: defaultdict[str, list[Marked]] = defaultdict(list)
for _rule, _marked in marked_tests():
    MARKED[_rule].append(_marked)

REFUSALS = {
    name: kind
    for name, kind in vars(refusals).items()
    if isinstance(kind, type) and issubclass(kind, Refused) and kind is not Refused
}


@pytest.mark.parametrize(
    "value", [pytest.param(1, marks=pytest.mark.rule("of the row")), pytest.param(2), 3]
)
@pytest.mark.rule("of the test", "another of the test")
def _example(value: int) -> None: ...


def test_marks_of_a_test_and_of_its_rows_are_found() -> None:
    rows = {rule: each.row for rule, each in marked(_example)}

    assert {"of the test": (), "another of the test": (), "of the row": (1,)} == rows


def test_every_rule_has_a_test() -> None:
    assert set() == {rule.id for rule in RULES} - MARKED.keys()


def test_every_mark_names_a_rule_that_exists() -> None:
    assert set() == MARKED.keys() - {rule.id for rule in RULES}


def test_rule_ids_are_unique() -> None:
    assert len(RULES) == len({rule.id for rule in RULES})


@pytest.mark.parametrize("name", REFUSALS)
def test_code_of_a_refusal_is_in_a_test_of_its_rule(name: str) -> None:
    refusal = REFUSALS[name]

    assert any(refusal.code in each.constants() for each in MARKED[refusal.rule])


def test_every_question_is_an_assumption() -> None:
    certainty = {rule.id: rule.certainty for rule in RULES}

    assert {"assumed"} == {certainty[question] for question in QUESTIONS}


def listed() -> str:
    command = [sys.executable, "-m", "pytest_conversations_fake", "rules"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_command_lists_every_rule_with_its_alternatives() -> None:
    printed = listed()

    assert all(f"\n{rule.id}  ({rule.certainty}: {rule.source}" in printed for rule in RULES)
    assert max(map(len, printed.splitlines())) <= 100
    assert (
        "empty-message  (assumed: issues show the code, not the status)\n"
        "    A new message without body, media and template is refused with 400/50503.\n"
        "    assume empty-message=refused|accepted\n"
    ) in printed


def table() -> str:
    """The number of rules of each certainty, by area."""
    areas = dict.fromkeys(rule.area for rule in RULES)
    rows = [["", *CERTAINTIES]]
    for area in areas:
        found = [rule.certainty for rule in RULES if rule.area == area]
        rows.append([area, *(str(found.count(each) or "") for each in CERTAINTIES)])
    found = [rule.certainty for rule in RULES]
    rows.append(["all", *(str(found.count(each)) for each in CERTAINTIES)])
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([lines[0], "|---" * len(rows[0]) + "|", *lines[1:]])


def test_docs_count_the_rules() -> None:
    assert table() in PAGE.read_text(), table()


def test_docs_name_every_question() -> None:
    text = PAGE.read_text()

    assert [] == [question for question in QUESTIONS if f"`{question}`" not in text]
