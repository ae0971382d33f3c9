"""What type checkers and people who explore are told."""

from __future__ import annotations

import subprocess
import sys
from inspect import signature
from pathlib import Path

import pytest
from stub import GENERATED, PACKAGE

from pytest_conversations_fake import FakeConversations


@pytest.mark.parametrize("path", GENERATED)
def test_generated_file_is_current(path: str) -> None:
    assert GENERATED[path]() == (PACKAGE / path).read_text(), "run `make stub`"


def test_a_type_checker_knows_nouns_and_keywords(tmp_path: Path) -> None:
    good = tmp_path / "good.py"
    good.write_text(
        "from unittest.mock import ANY\n"
        "from pytest_conversations_fake import RecordedRequest, FakeConversations\n"
        "def use(fake: FakeConversations) -> list[RecordedRequest]:\n"
        "    one: RecordedRequest = fake.messages.assert_created(body=ANY, conversation_sid='CH')\n"
        "    fake.services.add(friendly_name='x').sid\n"
        "    fake.users.one(identity='ada')\n"
        "    fake.account('AC').roles.assert_not_updated(permission=['x'])\n"
        "    return fake.conversations.assert_listed(count=2, state='active')\n"
    )
    bad = tmp_path / "bad.py"
    bad.write_text(
        "from pytest_conversations_fake import FakeConversations\n"
        "def use(fake: FakeConversations) -> None:\n"
        "    fake.messages.assert_created(bodi='x')\n"
        "    fake.mesages\n"
        "    fake.services.assert_updated()\n"
    )

    def mypy(path: Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", tmp_path, path]
        return subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)

    assert mypy(good).returncode == 0, mypy(good).stdout
    complaints = mypy(bad).stdout
    assert 'Unexpected keyword argument "bodi" for overloaded function' in complaints
    assert '"FakeConversations" has no attribute "mesages"' in complaints
    assert '"_Services" has no attribute "assert_updated"' in complaints


def test_dir_and_help_know_them_too() -> None:
    fake = FakeConversations()

    assert {"services", "messages", "receipts", "address_configurations"} <= {*dir(fake)}
    assert "assert_created" in dir(fake.services)
    assert "assert_updated" not in dir(fake.services)
    assert ["count", "refused", "within", "friendly_name"] == [
        *signature(fake.services.assert_created).parameters
    ]
