"""What type checkers and people who explore are told."""

from __future__ import annotations

import subprocess
import sys
from inspect import signature
from pathlib import Path
from pydoc import plaintext, render_doc

from stub import PATH, stub

from pytest_conversations_fake import FakeConversations


def test_the_stub_is_current() -> None:
    assert stub() == PATH.read_text(), "run `make stub`"


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
        "    few: list[RecordedRequest] = fake.participants.assert_listed(at_most=1)\n"
        "    return fake.conversations.assert_listed(count=2, state='active') + few\n"
    )
    bad = tmp_path / "bad.py"
    bad.write_text(
        "from pytest_conversations_fake import FakeConversations\n"
        "def use(fake: FakeConversations) -> None:\n"
        "    fake.messages.assert_created(bodi='x')\n"
        "    fake.mesages\n"
        "    fake.services.assert_updated()\n"
        "    fake.services.assert_listed(at_most=2, count=1)\n"
    )

    def mypy(path: Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", tmp_path, path]
        return subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)

    assert mypy(good).returncode == 0, mypy(good).stdout
    complaints = mypy(bad).stdout
    assert 'Unexpected keyword argument "bodi" for overloaded function' in complaints
    assert '"FakeConversations" has no attribute "mesages"' in complaints
    assert '"_Services" has no attribute "assert_updated"' in complaints
    assert 'No overload variant of "assert_listed" of "_Services" matches' in complaints


def test_dir_and_help_know_them_too() -> None:
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
