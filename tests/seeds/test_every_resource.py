"""Seed files hold every resource, also one that the package did not have before."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest
from random_world import everything

from pytest_conversations_fake.api.fields import (
    Choice,
    Day,
    Duration,
    Field,
    Flag,
    Int,
    Json,
    Many,
    Moment,
    Sid,
)
from pytest_conversations_fake.api.resource import Resource
from pytest_conversations_fake.api.resources import RESOURCES, services
from pytest_conversations_fake.api.world import World
from pytest_conversations_fake.seeds import loading
from pytest_conversations_fake.seeds.dumping import dump
from pytest_conversations_fake.seeds.loading import load
from pytest_conversations_fake.seeds.schema import FORMAT, Schema, seeded, top_level
from pytest_conversations_fake.state.facts import Data, Mappings

# Values of keys whose sample would be a default, which a dump leaves out
FIXED = {
    "date_created": "2030-01-01T00:00:00Z",
    "next_message_index": 4,
    "messaging_service_sid": "MG" + "9" * 32,
    "auto_creation_type": "studio",
    "method": "GET",
    "role_sid": "RL" + "9" * 32,
    "default_inactive_timer": "P2D",
    "default_closed_timer": "P2D",
    "configuration_method": "get",
    "author": "somebody else",
}


def sample(field: Field) -> Any:
    """A value that a *field* accepts and that is nobody's default."""
    match field:
        case Choice():
            return field.of[-1]
        case Flag():
            return True
        case Int():
            return 3
        case Moment() | Day():
            return "2030-01-02T03:04:05Z"
        case Duration():
            return "P1D"
        case Sid():
            return field.prefix + "7" * 32
        case Many():
            return [sample(field.each)]
        case Mappings():
            return [{"a": 1}]
        case Data() | Json():
            return {"a": [1.5, "x"]}
    return field.example("something")


def entry(resource: Resource[Any], **values: Any) -> dict[str, Any]:
    """An entry with every key, and with an entry for each resource below."""
    schema = Schema(resource)
    fields = {**schema.facts, **schema.parameters}
    attributes = {
        key: FIXED.get(key) or sample(fields[name])
        for key, name in schema.attributes.items()
        if not fields[name].secret
    }
    return {**attributes, **values, **collections(schema.children)}


def collections(resources: list[Resource[Any]] | Any) -> dict[str, Any]:
    return {
        each.collection: entry(each) if each.single else [entry(each)]
        for each in resources
        if each is not services
    }


def full_seed() -> dict[str, Any]:
    default = {key: value for key, value in entry(services).items() if key == "date_created"}
    default |= {"friendly_name": "something", "sid": sample(Sid("", prefix="IS"))}
    default |= {"date_updated": sample(Moment(""))}
    second = entry(services, sid="IS" + "8" * 32)
    # A sid exists once in an account
    second = json.loads(json.dumps(second).replace("7" * 32, "8" * 32))
    return {
        "format": FORMAT,
        "default_service": default,
        **collections(top_level()),
        "services": [second],
    }


def test_every_value_of_every_resource_survives_load_and_dump(tmp_path: Path) -> None:
    one, two = World("one"), World("two")
    seed, first, second = (tmp_path / f"{name}.json" for name in ("seed", "first", "second"))
    seed.write_text(json.dumps(full_seed()))

    load(one, one.account, seed)
    dump(one, one.account, first)
    load(two, two.account, first)
    dump(two, two.account, second)

    assert full_seed() == json.loads(first.read_text())
    assert first.read_bytes() == second.read_bytes()
    assert everything(one) == everything(two)


def test_full_seed_has_every_resource() -> None:
    text = json.dumps(full_seed())

    assert [] == [
        each.collection for each in seeded(RESOURCES) if f'"{each.collection}"' not in text
    ]


def test_load_and_dump_import_no_single_resource() -> None:
    folder = Path(loading.__file__).parent
    names = set()
    for name in ("dumping", "entries", "files", "loading", "schema", "yaml_files"):
        for node in ast.walk(ast.parse((folder / f"{name}.py").read_text())):
            if isinstance(node, ast.ImportFrom) and "resources" in str(node.module):
                assert "api.resources" == node.module
                names |= {alias.name for alias in node.names}

    assert {"children", "default_service", "services"} == names


MEMOS = """
from dataclasses import dataclass, field
from typing import Annotated

from pytest_conversations_fake.api.fields import Text
from pytest_conversations_fake.api.records import Record
from pytest_conversations_fake.api.resource import Resource


@dataclass(kw_only=True, eq=False)
class Memo(Record):
    prefix = "ZM"

    chat_service_sid: str
    conversation_sid: str
    text: Annotated[str, Text("Text", required=True)]
    scores: dict[str, float] = field(default_factory=dict)
    _internal: float | None = None

    @property
    def parent_sid(self):
        return self.conversation_sid


class Memos(Resource[Memo]):
    record = Memo
    noun = "ConversationMemo"
    path = "Memos"
    key = collection = "memos"


memos = Memos()
"""

CONFTEST = """
from memos import memos

from pytest_conversations_fake.api import resources
from pytest_conversations_fake.api.resources.conversations import conversations

resources.TREE[resources.services][conversations][memos] = {}  # the line
resources.RESOURCES = tuple(resources.walk(resources.TREE))
"""

TESTS = """
import json
import urllib.request
from base64 import b64encode

import pytest

from pytest_conversations_fake import FakeConversations


def ask(fake, method, path, body=None):
    credentials = b64encode(f"{fake.account_sid}:{fake.auth_token}".encode()).decode()
    request = urllib.request.Request(
        f"{fake.url}/v1/{path}",
        body,
        {"authorization": f"Basic {credentials}"},
        method=method,
    )
    with urllib.request.urlopen(request) as response:
        return json.loads(response.read() or "null")


@pytest.fixture
def fake(fake_conversations):
    fake_conversations.conversations.add(unique_name="talk")
    return fake_conversations


def test_memo_is_requested_and_asserted(fake):
    created = ask(fake, "POST", "Conversations/talk/Memos", b"Text=hello")
    listed = ask(fake, "GET", "Conversations/talk/Memos")
    changed = ask(fake, "POST", f"Conversations/talk/Memos/{created['sid']}", b"Text=bye")
    ask(fake, "DELETE", f"Conversations/talk/Memos/{created['sid']}")

    assert [created] == listed["memos"]
    assert ("hello", "bye") == (created["text"], changed["text"])
    assert 0 == len(fake.memos)
    fake.memos.assert_created(text="hello")
    fake.memos.assert_updated(sid=created["sid"], text="bye")
    fake.memos.assert_listed()
    fake.memos.assert_deleted(sid=created["sid"])


def test_memo_is_added_loaded_and_dumped(fake, tmp_path):
    seed, first, second = (tmp_path / f"{name}.json" for name in ("seed", "first", "second"))
    other = FakeConversations()
    added = fake.memos.add(conversation_sid=fake.conversations.one().sid)
    memos = [{"text": "from a file", "scores": {"a": 0.5}, "internal": 1.5}]
    seed.write_text(json.dumps({"conversations": [{"memos": memos}]}))

    fake.load(seed)
    fake.dump(first)
    other.load(first)
    other.dump(second)

    assert ["memo-1", "from a file"] == [each.text for each in other.memos]
    assert [{}, {"a": 0.5}] == [each.scores for each in other.memos]
    assert added.sid == other.memos.one(text="memo-1").sid
    assert memos[0].items() <= json.loads(first.read_text())["conversations"][1]["memos"][0].items()
    assert first.read_bytes() == second.read_bytes()


def test_memo_is_restored_from_a_snapshot(fake):
    memo = fake.memos.add(conversation_sid=fake.conversations.one().sid, text="before")
    before = fake.snapshot()

    with fake.changes() as changes:
        ask(fake, "DELETE", f"Conversations/talk/Memos/{memo.sid}")
    fake.restore(before)

    assert {"memos": -1} == changes
    assert "before" == fake.memos.one().text
"""


def test_nineteenth_resource_needs_one_module_and_one_line(suite: pytest.Pytester) -> None:
    suite.makeconftest(CONFTEST)
    suite.makepyfile(memos=MEMOS, test_memos=TESTS)

    result = suite.runpytest()

    result.assert_outcomes(passed=3)
