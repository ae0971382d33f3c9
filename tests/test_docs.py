"""README and docs: code blocks are excerpts of examples that run, links lead somewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest
from twilio.base.exceptions import TwilioRestException

import pytest_conversations_fake
from pytest_conversations_fake import FakeConversations
from pytest_conversations_fake.api.errors import ERRORS
from pytest_conversations_fake.api.events import ACCOUNT_EVENTS
from pytest_conversations_fake.api.operations import OPERATIONS
from pytest_conversations_fake.api.rules import RULES

pytestmark = pytest.mark.newest

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


@pytest.mark.parametrize("block", blocks("js"))
def test_javascript_block_is_an_excerpt_of_an_example(block: str) -> None:
    examples = [path.read_text() for path in (PROJECT / "examples").rglob("*.mjs")]

    assert any(block in example for example in examples), dedent(block)


def test_yaml_block_is_a_file_of_the_examples() -> None:
    assert blocks("yaml") == [path.read_text() for path in (PROJECT / "examples").glob("*.yaml")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(PROJECT).as_posix())
def test_links_of_a_page_lead_to_files(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text())

    assert [] == [link for link in links if not (page.parent / link).exists()]


def test_failure_in_the_readme_is_as_printed() -> None:
    with FakeConversations(name="test_desk.py::test_desk_is_opened") as fake:
        services = fake.twilio_client().conversations.v1.services
        services.create(friendly_name="Suport")
        with pytest.raises(TwilioRestException):
            services.create(friendly_name="")

        with pytest.raises(AssertionError) as failure:
            fake.services.assert_created(friendly_name="Support")

    assert f"```\nAssertionError: {failure.value}\n```\n" in README.read_text()


def test_readme_has_at_most_700_words() -> None:
    assert len(README.read_text().split()) <= 700


def test_page_for_coding_agents_has_at_most_60_lines() -> None:
    assert len((PROJECT / "docs" / "llms.md").read_text().splitlines()) <= 60


# The names that the built pages of the reference must have
NAMES = {
    "api": ["FakeConversations", "StrictnessError"],
    "cli": ["--port", "--populate", "--state", "--shell", "run", "env", "demo", "rules"],
    "errors": [*map(str, ERRORS)],
    "events": ACCOUNT_EVENTS,
    "operations": [*OPERATIONS, "CreateServiceConversation"],
    "records": ["unique_name", "last_read_message_index"],
    "rules": [rule.id for rule in RULES],
}


def test_docs_build_without_warnings_and_are_complete(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "docs", str(tmp_path)]

    ran = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)

    assert (0, "", "") == (ran.returncode, ran.stdout, ran.stderr)
    assert (tmp_path / "llms.txt").read_text() == (PROJECT / "docs" / "llms.md").read_text()
    built = {page: (tmp_path / "reference" / f"{page}.html").read_text() for page in NAMES}
    missing = [
        name
        for page, names in NAMES.items()
        for name in names
        if not re.search(rf"[>/]{re.escape(name)}<", built[page])
    ]
    undocumented = [
        name
        for name in pytest_conversations_fake.__all__
        if f'id="pytest_conversations_fake.{name}"' not in built["api"] + built["records"]
    ]
    assert ([], []) == (missing, undocumented)
