"""The stubs for type checkers, and the texts of `dir` and `help`."""

from __future__ import annotations

import subprocess
import sys
from inspect import signature
from pathlib import Path
from pydoc import plaintext, render_doc

import pytest
from stub import GENERATED, PACKAGE

from pytest_conversations_fake import FakeConversations


@pytest.mark.parametrize("path", GENERATED)
def test_generated_file_is_current(path: str) -> None:
    assert GENERATED[path]() == (PACKAGE / path).read_text(), "run `make stub`"


@pytest.mark.newest
def test_type_checker_accepts_right_and_refuses_wrong_uses(tmp_path: Path) -> None:
    usage = Path(__file__).with_name("typed_usage.py")
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", tmp_path, usage]

    ran = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)

    assert ran.stdout == "Success: no issues found in 1 source file\n"


def test_dir_lists_collections_and_assertions() -> None:
    fake = FakeConversations()

    assert {"services", "messages", "receipts", "address_configurations"} <= {*dir(fake)}
    assert "assert_created" in dir(fake.services)
    assert "assert_updated" not in dir(fake.services)
    assert ["count", "at_most", "refused", "within", "friendly_name"] == [
        *signature(fake.services.assert_created).parameters
    ]


def test_help_shows_keywords_of_each_assertion() -> None:
    fake = FakeConversations()

    shown = render_doc(fake.services.assert_not_created, renderer=plaintext)

    assert "assert_not_created(" in shown
    assert "friendly_name" in shown
    assert "Assert that there was no such request." in shown
