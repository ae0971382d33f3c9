"""README and docs: code blocks are excerpts of examples that run, links lead somewhere."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

PROJECT = Path(__file__).parents[1]
README = PROJECT / "README.md"
PAGES = [README, *(PROJECT / "docs").rglob("*.md")]


def blocks(language: str) -> list[str]:
    pattern = re.compile(rf"^```{language}\n(.*?)^```$", re.DOTALL | re.MULTILINE)
    return [block for page in PAGES for block in pattern.findall(page.read_text())]


def test_pages_have_blocks_to_compare() -> None:
    assert len(blocks("python")) >= 15


@pytest.mark.parametrize("block", blocks("python"))
def test_python_block_is_an_excerpt_of_an_example(block: str) -> None:
    examples = [path.read_text() for path in (PROJECT / "examples").rglob("*.py")]

    assert any(block in example for example in examples), dedent(block)


@pytest.mark.parametrize("language", ["json", "yaml"])
def test_block_of_data_is_a_file_of_the_examples(language: str) -> None:
    files = [path.read_text() for path in (PROJECT / "examples").glob(f"*.{language}")]

    assert blocks(language) == files


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(PROJECT).as_posix())
def test_links_of_a_page_lead_to_files(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text())

    assert [] == [link for link in links if not (page.parent / link).exists()]


def test_readme_has_at_most_700_words() -> None:
    assert len(README.read_text().split()) <= 700


@pytest.mark.skipif(not importlib.util.find_spec("furo"), reason="needs the group docs")
def test_docs_build_without_warnings(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "docs", str(tmp_path)]

    built = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)

    assert (0, "", "") == (built.returncode, built.stdout, built.stderr)
    assert (tmp_path / "index.html").is_file()
