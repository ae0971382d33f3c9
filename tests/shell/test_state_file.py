"""The state file: restarts, kills at any moment, damage, and two processes with one file."""

from __future__ import annotations

import io
import json
import os
import random
import stat
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from pytest_conversations_fake.shell import state_file
from pytest_conversations_fake.shell.options import SessionOptions
from pytest_conversations_fake.shell.output import UsageError
from pytest_conversations_fake.shell.session import Session, open_session
from pytest_conversations_fake.shell.state_file import open_state_file, replace_file

from .commands import address, ran, serving

AUTH = ("dev", "dev")
ROUNDS = 3
"""Kills in a run of the suite."""

LOST = 1.0
"""Seconds whose changes a kill may lose."""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "state.json"


def session(file: Path, **options: Any) -> Any:
    return open_session(SessionOptions(port=0, state=str(file), **options), io.StringIO())


def created(session: Session, name: str) -> str:
    url = f"{session.url}/v1/Conversations"
    answer = requests.post(url, {"UniqueName": name}, auth=AUTH)
    return str(answer.json()["sid"])


def listed(url: str) -> dict[str, str]:
    """The unique names of conversations by their sids, on all pages."""
    found: dict[str, str] = {}
    page: str | None = f"{url}/v1/Conversations?PageSize=100"
    while page:
        answer = requests.get(page, auth=AUTH).json()
        found |= {each["sid"]: each["unique_name"] for each in answer["conversations"]}
        page = answer["meta"]["next_page_url"]
    return found


def test_records_credentials_and_clock_survive_a_restart(file: Path) -> None:
    with session(file) as first:
        sid = created(first, "one")
        clock = {"shift": {"days": 3}}
        answer = requests.post(f"{first.url}/_fake/v1/clock", json=clock)
        assert answer.ok, answer.text
    with session(file) as second:
        other = created(second, "two")

        assert {sid: "one", other: "two"} == listed(second.url)
        assert first.running.credentials == second.running.credentials
        now = requests.get(f"{second.url}/_fake/v1/clock").json()["now"]
        assert json.loads(file.read_text())["clock"]["seconds_ahead"] == 3 * 24 * 3600
        assert now > time.strftime("%Y-%m-%dT", time.gmtime(time.time() + 2 * 24 * 3600))


def test_existing_state_replaces_seed_and_invented_records(file: Path, tmp_path: Path) -> None:
    seed = tmp_path / "seed.json"
    seed.write_text('{"conversations": [{"unique_name": "seeded"}]}')
    for _ in range(2):
        with session(file, seed=str(seed)) as each:
            assert ["seeded"] == [*listed(each.url).values()]


def test_account_of_the_environment_keeps_its_sid(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sids = [f"AC{digit * 32}" for digit in "ab"]
    for sid in sids:
        monkeypatch.setenv("TWILIO_ACCOUNT_SID", sid)
        with session(file) as each:
            assert sids[0] == each.running.credentials["TWILIO_ACCOUNT_SID"]


def test_records_of_another_account_are_refused(file: Path) -> None:
    one, two = (f"AC{digit * 32}" for digit in "ab")
    with session(file, account_sid=one, auth_token="x"):
        pass

    with pytest.raises(UsageError) as raised, session(file, account_sid=two, auth_token="x"):
        pass

    assert (
        f"{file}: it has the records of {one}, and the accounts are now {two}; start with the same "
        "accounts"
    ) == str(raised.value)


def test_secrets_are_not_in_the_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "of-the-environment")
    with session(file) as each:
        auth = ("AC" + "a" * 32, "of-a-client")
        requests.get(f"{each.url}/v1/Services", auth=auth)

    text = file.read_text()
    assert "of-the-environment" not in text
    assert "of-a-client" not in text
    assert 0o600 == stat.S_IMODE(file.stat().st_mode)


def test_webhook_option_wins_over_the_state(file: Path) -> None:
    for port in (1, 2):
        with session(file, webhook=f"http://127.0.0.1:{port}/hook") as each:
            url = f"{each.url}/v1/Configuration/Webhooks"
            configured = requests.get(url, auth=AUTH).json()
            assert f"http://127.0.0.1:{port}/hook" == configured["post_webhook_url"]


def test_link_to_the_file_stays_a_link(file: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.json"
    link.symlink_to(file)
    with session(link):
        pass

    assert link.is_symlink()
    assert file.exists()


DAMAGED: list[tuple[Callable[[str], str], str]] = [
    (lambda text: "", "the file is damaged: Expecting value: line 1 column 1 (char 0)"),
    (lambda text: text[:-10], "the file is damaged: "),
    (lambda text: "[" * 100_000, "the file is damaged: "),
    (lambda text: '{"conversations": []}', "it has format None, and this version of pytest-"),
    (lambda text: text.replace('"format": 1', '"format": 2', 1), "it has format 2, and this ver"),
    (lambda text: text.replace('"unique_name"', '"unique_nam"'), "account AC"),
]


@pytest.mark.parametrize(("damage", "problem"), DAMAGED)
def test_damaged_file_is_refused_and_left_alone(
    file: Path, damage: Callable[[str], str], problem: str
) -> None:
    with session(file) as each:
        created(each, "one")
    damaged = damage(file.read_text())
    file.write_text(damaged)

    with pytest.raises(UsageError) as raised, session(file):
        pass

    assert str(raised.value).startswith(f"{file}: {problem}")
    assert damaged == file.read_text()
    assert [file] == [*file.parent.iterdir()]


def test_file_in_use_is_refused(file: Path) -> None:
    with (
        open_state_file(str(file)),
        pytest.raises(UsageError) as raised,
        open_state_file(str(file)),
    ):
        pass

    assert f"{file}: another conversations-fake uses this file" == str(raised.value)
    with open_state_file(str(file)):
        pass


def test_directory_may_disappear_during_a_session(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    directory = tmp_path / "gone"
    directory.mkdir()

    with session(directory / "state.json") as each:
        directory.rename(tmp_path / "elsewhere")
        created(each, "one")

    [reason] = capsys.readouterr().err.splitlines()
    assert f"{directory / 'state.json'} cannot be saved: No such file or directory" in reason


@pytest.mark.newest
def test_file_in_use_by_another_process_is_refused(file: Path) -> None:
    with serving("--state", str(file)) as process:
        url = address(process)
        requests.post(f"{url}/v1/Conversations", {"UniqueName": "one"}, auth=AUTH)

        ended = ran("serve", "--port", "0", "--state", str(file))

    assert 2 == ended.returncode
    assert (
        f"conversations-fake: {file}: another conversations-fake uses this file\n" == ended.stderr
    )
    with session(file) as each:  # the lock of the killed process is gone
        assert ["one"] == [*listed(each.url).values()]


@pytest.mark.parametrize(
    ("name", "reason"),
    [("missing/state.json", r"/missing: No such directory$"), (".", "Is a directory")],
)
def test_file_that_cannot_be_used_is_refused(tmp_path: Path, name: str, reason: str) -> None:
    with pytest.raises(UsageError, match=reason), session(tmp_path / name):
        pass


def test_failed_save_keeps_the_file_and_says_so_once(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(path: Path, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    with session(file) as each:
        before = file.read_bytes()
        monkeypatch.setattr(state_file, "replace_file", full)
        created(each, "one")

    assert before == file.read_bytes()
    assert (
        f"conversations-fake: {file} cannot be saved: No space left on device\n"
    ) == capsys.readouterr().err


def test_failed_write_leaves_the_old_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replace_file(file, b"old")

    def fail(descriptor: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="Input/output"):
        replace_file(file, b"new")

    assert b"old" == file.read_bytes()
    assert [file] == [*file.parent.iterdir()]


@pytest.mark.newest
def test_kill_at_any_moment_loses_at_most_a_second(file: Path) -> None:
    answered: dict[str, tuple[str, float]] = {}
    for number in range(ROUNDS):
        with serving("--state", str(file)) as process:
            url = address(process)
            assert {sid: name for sid, (name, _) in answered.items()} == listed(url)
            with requests.Session() as client:
                end = time.monotonic() + random.uniform(0, 2)
                while time.monotonic() < end:
                    name = f"{number}-{len(answered)}"
                    form = {"UniqueName": name}
                    answer = client.post(f"{url}/v1/Conversations", form, auth=AUTH)
                    sid = answer.json()["sid"]
                    assert sid not in answered
                    answered[sid] = (name, time.monotonic())
            process.kill()
            killed = time.monotonic()
            process.wait()
        saved = file.read_text()
        json.loads(saved)
        lost = {sid: at for sid, (_, at) in answered.items() if sid not in saved}
        assert killed - min(lost.values(), default=killed) < LOST
        # The last one may be saved although the client has read no answer
        answered = {sid: each for sid, each in answered.items() if sid in saved}
