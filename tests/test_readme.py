"""The README shows nothing that the suite does not run."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import dedent

import pytest

PROJECT = Path(__file__).parents[1]
BLOCKS = re.findall(r"```python\n(.*?)```", (PROJECT / "README.md").read_text(), re.DOTALL)


def test_there_is_something_to_compare() -> None:
    assert len(BLOCKS) >= 7


@pytest.mark.parametrize("block", BLOCKS)
def test_python_is_an_excerpt_of_an_example(block: str) -> None:
    examples = [path.read_text() for path in (PROJECT / "examples").glob("*.py")]

    assert any(block in example for example in examples), dedent(block)


def test_yaml_is_a_file_of_the_examples() -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", (PROJECT / "README.md").read_text(), re.DOTALL)

    assert blocks == [path.read_text() for path in (PROJECT / "examples").glob("*.yaml")]


def test_no_promise_of_a_file_is_broken() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", (PROJECT / "README.md").read_text())

    assert [] == [link for link in links if not (PROJECT / link).exists()]
