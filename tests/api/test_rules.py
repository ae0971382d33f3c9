"""Every rule has a row and a test, every refusal breaks one of them, and the docs count them."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from pytest_conversations_fake.api import refusals
from pytest_conversations_fake.api.assumptions import QUESTIONS
from pytest_conversations_fake.api.refusals import Refused
from pytest_conversations_fake.api.rules import RULES, SURE

TESTS = Path(__file__).parents[1]
PAGE = TESTS.parent / "docs" / "reference" / "rules.md"


Test = ast.FunctionDef | ast.AsyncFunctionDef


def marked() -> Iterator[tuple[str, Test]]:
    """The rules that tests are marked with, each with the test, its parameters included."""
    for path in TESTS.rglob("test_*.py"):
        for test in ast.walk(ast.parse(path.read_text())):
            if not isinstance(test, Test):
                continue
            for call in test.decorator_list:
                if isinstance(call, ast.Call) and ast.unparse(call.func) == "pytest.mark.rule":
                    yield from ((ast.literal_eval(rule), test) for rule in call.args)


MARKED: defaultdict[str, list[Test]] = defaultdict(list)
for _rule, _test in marked():
    MARKED[_rule].append(_test)

REFUSALS = {
    name: kind
    for name, kind in vars(refusals).items()
    if isinstance(kind, type) and issubclass(kind, Refused) and kind is not Refused
}


def test_every_rule_has_a_test() -> None:
    assert set() == {rule.id for rule in RULES} - MARKED.keys()


def test_every_test_of_a_rule_is_of_one_that_there_is() -> None:
    assert set() == MARKED.keys() - {rule.id for rule in RULES}


def test_no_rule_is_there_twice() -> None:
    assert len(RULES) == len({rule.id for rule in RULES})


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal_breaks_a_rule_and_is_tested_by_its_code(name: str) -> None:
    refusal = REFUSALS[name]

    codes = {
        node.value
        for test in MARKED[refusal.rule]
        for node in ast.walk(test)
        if isinstance(node, ast.Constant)
    }
    assert refusal.code in codes


def test_every_question_is_an_assumption() -> None:
    sure = {rule.id: rule.sure for rule in RULES}

    assert {"assumed"} == {sure[question] for question in QUESTIONS}


def listed() -> str:
    command = [sys.executable, "-m", "pytest_conversations_fake", "rules"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_the_shell_lists_every_rule_with_what_a_test_may_have_otherwise() -> None:
    printed = listed()

    assert all(f"\n{rule.id}  ({rule.sure}: {rule.source}" in printed for rule in RULES)
    assert max(map(len, printed.splitlines())) <= 100
    assert (
        "empty-message  (assumed: issues show the code, not the status)\n"
        "    A new message without body, media and template is refused with 400/50503.\n"
        "    assume empty-message=refused|accepted\n"
    ) in printed


def table() -> str:
    """How many rules of each area are how sure."""
    areas = dict.fromkeys(rule.area for rule in RULES)
    rows = [["", *SURE]]
    for area in areas:
        found = [rule.sure for rule in RULES if rule.area == area]
        rows.append([area, *(str(found.count(sure) or "") for sure in SURE)])
    found = [rule.sure for rule in RULES]
    rows.append(["all", *(str(found.count(sure)) for sure in SURE)])
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([lines[0], "|---" * len(rows[0]) + "|", *lines[1:]])


def test_docs_count_the_rules() -> None:
    assert table() in PAGE.read_text(), table()


def test_docs_name_every_question() -> None:
    text = PAGE.read_text()

    assert [] == [question for question in QUESTIONS if f"`{question}`" not in text]
