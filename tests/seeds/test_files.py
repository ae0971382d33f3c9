"""Seed files: JSON and YAML, and the errors for files that cannot be read."""

from __future__ import annotations

import os
import sys
from datetime import datetime, timezone
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from pytest_conversations_fake.api.world import World
from pytest_conversations_fake.seeds.dumping import dump
from pytest_conversations_fake.seeds.files import FORMATS, read_file, write_file
from pytest_conversations_fake.seeds.loading import load
from pytest_conversations_fake.state.account import AccountView

TEXTS = {
    "phone": "+15550100",
    "number": "0123",
    "date": "2024-05-01",
    "moment": "2024-05-01T10:00:00Z",
    "word": "no",
    "nothing": "~",
    "lines": "a\n\n b \n",
    "spaces": " x ",
    "german": "später # ja: 'so'",
    "hidden": "\u2028\x07\x85",
    "half": "\ud83d",
    "flow": "[{",
    "time": "12:30",
    "merge": "<<",
    "empty": "",
}
VALUES = {"int": -1, "float": 1e5, "none": None, "flags": [True, False], "deep": {"a": [{"b": []}]}}


@pytest.mark.parametrize("suffix", [".json", ".yaml", ".yml"])
def test_written_data_is_read_unchanged(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"seed{suffix}"

    write_file(path, {**TEXTS, **VALUES})

    assert {**TEXTS, **VALUES} == read_file(path)
    assert path.read_text(encoding="utf-8").endswith("\n")
    assert "später" in path.read_text(encoding="utf-8")


# Texts that YAML or JSON may take for another type
ODD = [" ", "\n", "\t", "\r", "\x00", "\x1b", "\x7f", "\x85", "\xa0", "\u2028", "\u2029", "\ufeff"]
ODD += ["\ufffe", "\U0001f600", "\U0010ffff", "\udc00", *"a0-#:'\"\\|>%[{<~?&*!@`,"]


@pytest.mark.parametrize("suffix", [".json", ".yaml"])
@pytest.mark.parametrize("around", ["", "a", "a\n", "\nb "])
def test_text_with_special_characters_is_read_unchanged(
    tmp_path: Path, suffix: str, around: str
) -> None:
    path = tmp_path / f"seed{suffix}"
    texts = [around + "".join(odd) + around[::-1] for odd in product(ODD, repeat=2)]
    said = {"texts": texts, "keys": dict.fromkeys(texts, 1)}

    write_file(path, said)

    assert said == read_file(path)


def test_data_that_cannot_be_encoded_leaves_the_file_unchanged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "seed.json"
    write_file(path, {"users": []})
    monkeypatch.setitem(FORMATS, ".json", (FORMATS[".json"][0], lambda said: "\ud83d"))

    with pytest.raises(UnicodeEncodeError):
        write_file(path, {})

    assert {"users": []} == read_file(path)


def test_lone_surrogate_survives_dump_and_load(tmp_path: Path) -> None:
    one, two = World("one"), World("two")
    AccountView(one, one.account).users.add(friendly_name="x\ud83d")

    dump(one, one.account, tmp_path / "seed.json")
    load(two, two.account, tmp_path / "seed.json")

    assert "x\ud83d" == AccountView(two, two.account).users.one().friendly_name


def test_plain_scalar_of_yaml_is_text_unless_json_knows_it(tmp_path: Path) -> None:
    path = tmp_path / "seed.yaml"
    plain = [f"{key}: {text}" for key, text in TEXTS.items() if key in ("phone", "number", "date")]
    words = ["a: yes", "b: true", "c: 12", "d: 1.5", "e: null", "f: 1_000", "g: 0x1", "h:", "i: on"]

    path.write_text("\n".join([*plain, *words]))

    assert {
        "phone": "+15550100",
        "number": "0123",
        "date": "2024-05-01",
        "a": "yes",
        "b": True,
        "c": 12,
        "d": 1.5,
        "e": None,
        "f": "1_000",
        "g": "0x1",
        "h": None,
        "i": "on",
    } == read_file(path)


def test_anchors_and_merges_of_yaml_are_resolved(tmp_path: Path) -> None:
    path = tmp_path / "seed.yaml"

    path.write_text("a: &it {x: 1, y: 2}\nb: {<<: *it, x: 3}\n")

    assert {"a": {"x": 1, "y": 2}, "b": {"x": 3, "y": 2}} == read_file(path)


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("a.json", '{\n"users": [\n}', "a.json: line 3: Expecting value"),
        ("a.json", "", "a.json: line 1: Expecting value"),
        ("a.json", "[]", "a.json: a seed is a mapping of collections, not a list"),
        (
            "a.json",
            '{"users": [\n{"identity": "x",\n "identity": "y"}]}',
            "a.json: users[0].identity: the key 'identity' is used twice",
        ),
        (
            "a.json",
            '{\n"users": [{},\n [\n2, {"identity": 1}]]}',
            "a.json: users[1]: users is a list of mappings; this is a list",
        ),
        (
            "a.json",
            '{"users": [\n{},\n{"friendly_name":\n2}]}',
            "a.json: users[1].friendly_name: friendly_name takes a str, not 2",
        ),
        ("a.yaml", "users: &a [*a]", "a.yaml: line 1: found unconstructable recursive node"),
        ("a.yaml", "a: b: c", "a.yaml: line 1: mapping values are not allowed here"),
        ("a.yaml", "a: 1\nb: \x01", "a.yaml: line 2: special characters are not allowed"),
        (
            "a.yaml",
            "a: !!python/name:x",
            "a.yaml: line 1: could not determine a constructor for "
            "the tag 'tag:yaml.org,2002:python/name:x'",
        ),
        ("a.yaml", "a:\n  !!bool abc", "a.yaml: line 2: 'abc' is no bool"),
        ("a.yaml", "a:\n  !!int abc", "a.yaml: line 2: 'abc' is no int"),
        ("a.yaml", "a:\n  !!int ''", "a.yaml: line 2: '' is no int"),
        ("a.yaml", "a:\n  !!int [1]", "a.yaml: line 2: expected a scalar node, but found sequence"),
        ("a.yaml", "a:\n  !!float 0x1", "a.yaml: line 2: '0x1' is no float"),
        ("a.yaml", "a:\n  !!map x", "a.yaml: line 2: expected a mapping node, but found scalar"),
        ("a.yaml", "a:\n  !!seq x", "a.yaml: line 2: expected a sequence node, but found scalar"),
        ("a.yaml", "a:\n  ? [x]", "a.yaml: line 2: a key must be a string; put it in quotes"),
        (
            "a.yaml",
            "a:\n  !!timestamp abc",
            "a.yaml: line 2: could not determine a constructor for "
            "the tag 'tag:yaml.org,2002:timestamp'",
        ),
        ("a.yaml", "a:\n  " + "1" * 5000, "a.yaml: a number of 5000 digits is too long"),
        (
            "a.json",
            '{"a": [\n-' + "1" * 5000 + "]}",
            "a.json: a number of 5000 digits is too long",
        ),
        ("a.json", "[" * 100_000, "a.json: the data is nested too deep"),
        (
            "a.toml",
            "",
            "a.toml: a seed file cannot have the suffix '.toml'; accepted are .json, .yaml, .yml",
        ),
    ],
)
def test_unreadable_file_is_refused_with_the_reason(
    world: World, tmp_path: Path, name: str, text: str, complaint: str
) -> None:
    path = tmp_path / name
    path.write_text(text)

    with pytest.raises(ValueError, match=r"a\.") as raised:
        load(world, world.account, path)

    assert complaint == str(raised.value)


def test_file_in_another_encoding_is_refused(world: World, tmp_path: Path) -> None:
    path = tmp_path / "seed.json"
    path.write_bytes('{"a": "ä"}'.encode("latin-1"))

    with pytest.raises(
        ValueError, match=r"^seed.json: the file is not in UTF-8: 'utf-8' codec can't decode"
    ):
        load(world, world.account, path)


def test_missing_file_raises_file_not_found_error(world: World, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load(world, world.account, tmp_path / "seed.json")


@pytest.mark.parametrize("act", [load, dump])
def test_yaml_without_pyyaml_is_refused_and_json_works(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, act: Any
) -> None:
    (tmp_path / "seed.yaml").write_text("users: []")
    monkeypatch.setitem(sys.modules, "yaml", None)

    with pytest.raises(ModuleNotFoundError) as raised:
        act(world, world.account, tmp_path / "seed.yaml")

    assert (
        "YAML needs PyYAML: pip install 'pytest-conversations-fake[yaml]'; a seed file can also "
        "be JSON"
    ) == str(raised.value)
    dump(world, world.account, tmp_path / "seed.json")


def test_changed_file_is_parsed_again(tmp_path: Path) -> None:
    path = tmp_path / "seed.json"
    path.write_text('{"users": []}')
    first = read_file(path)

    path.write_text('{"users": [{}]}')

    assert ({"users": []}, {"users": [{}]}) == (first, read_file(path))
    assert read_file(path) is read_file(path)


def test_changed_file_of_equal_date_and_size_is_parsed_again(tmp_path: Path) -> None:
    path, read = tmp_path / "seed.json", []

    for name in ("ada", "bob"):
        path.write_text(f'{{"users": "{name}"}}')
        os.utime(path, (0, 0))
        read.append(read_file(path))

    assert [{"users": "ada"}, {"users": "bob"}] == read


def test_dump_has_only_values_that_differ_from_defaults(
    world: World, account: AccountView, tmp_path: Path
) -> None:
    world.clock.move_to(datetime(2030, 1, 1, tzinfo=timezone.utc))
    account.users.add(identity="ada", attributes='{"team": "blau"}')
    talk = account.conversations.add(unique_name="talk")
    account.participants.add(conversation_sid=talk.sid, identity="ada")
    account.messages.add(conversation_sid=talk.sid, author="ada", body="Guten Tag,\nüber\n")
    account.credentials.add(type="apn", secret="the secret", sandbox=True)

    dump(world, world.account, tmp_path / "seed.yaml")

    text = (tmp_path / "seed.yaml").read_text(encoding="utf-8")
    sids = {
        "user": account.users.one().sid,
        "talk": talk.sid,
        "participant": account.participants.one().sid,
        "message": account.messages.one().sid,
        "credential": account.credentials.one().sid,
    }
    for name, sid in sids.items():
        text = text.replace(sid, name)
    date = "date_created: '2030-01-01T00:00:00Z'"
    assert (
        f"""
credentials:
  - type: apn
    sandbox: true
    sid: credential
    {date}
"""
        in text
    )
    assert text.endswith(f"""
users:
  - identity: ada
    attributes:
      team: blau
    sid: user
    {date}
conversations:
  - unique_name: talk
    next_message_index: 1
    sid: talk
    {date}
    participants:
      - identity: ada
        sid: participant
        {date}
    messages:
      - author: ada
        body: |
          Guten Tag,
          über
        index: 0
        sid: message
        {date}
""")
    assert "the secret" not in text
