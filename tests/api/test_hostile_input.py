"""Hostile input: each answer has a form of Twilio's, and a refusal changes nothing."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import pytest
from conftest import Api

from api.test_contract import CONTRACT, FORMS, level_of, sids, target
from pytest_conversations_fake.api.fields import Field, Many
from pytest_conversations_fake.api.operations import find_route

pytestmark = pytest.mark.newest

__all__ = ["sids"]  # a fixture

ODD = [
    "",
    " ",
    "null",
    "a/b",
    "%2F",
    "😀",
    "\0",
    "a\0b",
    "\u202e",
    "x" * 257,
    "x" * 30_000,
    "-1",
    "0",
    "1.5",
    "1_000",
    "²",
    "١٢٣",
    "9" * 30,
    "9" * 5000,
    '"' + '\\"' * 900,
    '{"identity": ' + "9" * 5000 + "}",
    '{"identity": "\\ud800"}',
    '{"identity": "a", "attributes": "\\"\\ud800\\""}',
    '{"1": ' + "9" * 5000 + "}",
    "1e999",
    "NaN",
    "true",
    "[]",
    "{}",
    '"a"',
    '{"a": 1e999}',
    "[" * 501 + "]" * 501,  # a level more than JSON may have
    '{"a":' * 501 + "1" + "}" * 501,
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z",
    "10000-01-01T00:00:00Z",
    "2020-13-01",
    "P",
    "P1Y",
    "PT0S",
    "-PT1M",
    "PT1.5H",
    "PT99999999999999H",
    "CH" + "A" * 32,
    "ch" + "a" * 32,
    "IS" + "0" * 32,
    "RL" + "0" * 32,
    "US" + "0" * 32,
    "+15550107",
    "whatsapp:+15550107",
    "http://[::1",
    "http://a:99999999/",
]


State = dict[str, dict[str, Any]]


def state(api: Api) -> State:
    """The attributes of every record of the account, by its sid."""
    return {
        record.sid: {**vars(record)}
        for kind in api.world.account.store._by_sid.values()
        for record in kind.values()
    }


def check_strict(api: Api, before: State, sent: object) -> None:
    """A refusal is in Twilio's envelope and has changed nothing; nothing else goes wrong."""
    asked = api.world.journal[-1]
    assert asked.status < 500 or asked.response["code"] == 20501, sent
    if asked.refused:
        assert {"code", "message", "more_info", "status"} == asked.response.keys(), sent
        assert asked.rule, sent
        assert before == state(api), sent


@pytest.mark.rule("no-half-request", "error-envelope", "invalid-parameter")
@pytest.mark.parametrize(
    "facts",
    [facts for facts in CONTRACT["operations"] if facts["form"] or facts["query"]],
    ids=lambda facts: facts["operation"],
)
def test_odd_value_of_a_parameter_is_accepted_or_refused_whole(
    api: Api, sids: dict[str, dict[str, str]], facts: dict[str, Any]
) -> None:
    path = target(facts, sids[level_of(facts)])
    operation = find_route(path)[0].operations[facts["method"]]
    form = FORMS.get(operation.name, {})
    if operation.name == "CreateConversationMessage":
        form = {"ContentSid": "HX" + "0" * 32}
    for field in [*operation.form.values(), *operation.query.values()]:
        name = field.name
        for odd in ODD:
            for sent in repetitions(field, odd):
                before = state(api)
                if name in facts["form"]:
                    api.post(path, {**form, name: sent})
                else:
                    api.get(f"{path}?{'&'.join(f'{name}={quote(each)}' for each in sent)}")
                check_strict(api, before, (name, sent))
                if facts["method"] == "POST" and facts["status"] != 200:
                    undo(api, before)


def repetitions(field: Field, odd: str) -> list[list[str]]:
    """Lists of values to send for a parameter, each with *odd* as its last value.

    A field that reads one value reads the last one, so a single value suffices.
    """
    return [[odd], [odd, odd], ["x", odd]] if isinstance(field, Many) else [[odd]]


def undo(api: Api, before: State) -> None:
    """Remove the created record, so that the world does not reach a maximum number."""
    store = api.world.account.store
    for kind in list(store._by_sid):
        for sid in [sid for sid in store._by_sid[kind] if sid not in before]:
            if record := store.find(kind, sid):
                store.remove(record)


@pytest.mark.rule("not-found", "path-segments")
@pytest.mark.parametrize(
    "facts",
    [facts for facts in CONTRACT["operations"] if "{" in facts["path"]],
    ids=lambda facts: facts["operation"],
)
def test_odd_name_in_a_path_is_not_found(
    api: Api, sids: dict[str, dict[str, str]], facts: dict[str, Any]
) -> None:
    real = target(facts, sids[level_of(facts)])
    before = state(api)
    for place in re.findall("/[A-Z]{2}[0-9a-f]{32}", real):
        for odd in filter(None, ODD):  # a trailing slash is ignored
            api.ask(facts["method"], real.replace(place, f"/{quote(odd, safe='')}"))
            asked = api.world.journal[-1]
            assert 404 == asked.status, odd
            check_strict(api, before, odd)


def test_long_text_without_end_is_refused_at_once(api: Api) -> None:
    """A pattern that backtracks would take hours."""
    for text in ('"' + '\\"' * 50_000, '"' + '\\"' * 50_000 + "\\", '"' * 100_000):
        refused = api.post("/v1/ConversationWithParticipants", {"Participant": text})

        assert 50424 == refused.response["code"]
