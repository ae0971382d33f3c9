"""The fake against the facts of Twilio's contract, as of the API's version on 2026-11-23.

`contract.json` is the public OpenAPI document of Conversations v1, reduced to names and limits.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from conftest import Api

from pytest_conversations_fake.api.operations import OPERATIONS

CONTRACT = json.loads(Path(__file__).with_name("contract.json").read_text())
PATHS = r"/v1(/Services/{ChatServiceSid})?/(Services|Conversations)(/{Sid})?"
SERVED = [facts for facts in CONTRACT["operations"] if re.fullmatch(PATHS, facts["path"])]


def keyword(name: str) -> str:
    """twilio-python's keyword for a parameter: `Timers.Inactive` is `timers_inactive`."""
    return re.sub("(?<=[a-z])(?=[A-Z])|[.-]", "_", name).lower()


@pytest.mark.parametrize("facts", SERVED, ids=lambda facts: facts["operation"])
def test_an_operation_is_as_in_the_contract(api: Api, facts: dict[str, Any]) -> None:
    form = {"FriendlyName": "x"}
    service = api.post("/v1/Services", form).response["sid"]
    path = facts["path"].replace("{ChatServiceSid}", service)
    sid = api.post(path.removesuffix("/{Sid}"), form).response["sid"]

    body = b"FriendlyName=x" if facts["method"] == "POST" else b""
    asked = api.ask(facts["method"], path.replace("{Sid}", sid), body)

    operation = OPERATIONS[asked.operation or ""]
    assert facts["status"] == asked.status
    for described, declared in [
        (facts["form"], operation.form),
        (facts["query"], operation.query),
        (facts["headers"], operation.headers),
    ]:
        assert {keyword(name): name for name in described} == {
            keyword: field.name for keyword, field in declared.items()
        }
        assert {name for name, fact in described.items() if fact.get("required")} == {
            field.name for field in declared.values() if field.required
        }
    assert {*facts["response_headers"]} <= api.response.headers.keys()
    if "returns" in facts:
        fits(asked.response, CONTRACT["schemas"][facts["returns"]])
    if "returns_list" in facts:
        listed = asked.response[facts["returns_list"]["key"]]
        assert listed
        for each in listed:
            fits(each, CONTRACT["schemas"][facts["returns_list"]["of"]])


def fits(body: Any, schema: dict[str, Any]) -> None:
    assert schema.keys() == body.keys()
    for name, fact in schema.items():
        value = body[name]
        if value is None:
            assert fact.get("nullable"), name
        elif fact.get("type") == "string":
            assert isinstance(value, str), name
            assert re.fullmatch(fact.get("pattern", ".*"), value), name
            assert value in fact.get("enum", [value]), name
        elif fact.get("type") == "object":
            assert isinstance(value, dict), name


def test_all_operations_of_both_resources_are_held_against_it() -> None:
    assert 14 == len(SERVED)
