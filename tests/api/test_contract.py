"""The fake against the facts of Twilio's contract, as they were on 2026-11-23.

`contract.json` is the public OpenAPI document of Conversations v1, reduced to names and limits.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from copy import copy
from pathlib import Path
from typing import Any

import pytest
from conftest import Api

from pytest_conversations_fake.api.fields import Choice, Flag, Int, Many, Moment
from pytest_conversations_fake.api.operations import (
    OPERATIONS,
    SERVICE_OPERATIONS,
    Operation,
    find_route,
)
from pytest_conversations_fake.api.resource import Resource
from pytest_conversations_fake.api.resources import RESOURCES
from pytest_conversations_fake.api.world import World
from pytest_conversations_fake.state.account import AccountView

pytestmark = pytest.mark.newest

CONTRACT = json.loads(Path(__file__).with_name("contract.json").read_text())

# Parameters that a create needs, and an update of a role
FORMS: dict[str, dict[str, Any]] = {
    "CreateService": {"FriendlyName": "x"},
    "CreateConfigurationAddress": {"Type": "sms", "Address": "+15550123"},
    "CreateConversationMessage": {"Body": "hi"},
    "CreateConversationParticipant": {"Identity": "bob"},
    "CreateConversationScopedWebhook": {
        "Target": "studio",
        "Configuration.FlowSid": "FW" + "0" * 32,
    },
    "CreateRole": {"FriendlyName": "x", "Type": "service", "Permission": ["joinConversation"]},
    "UpdateRole": {"Permission": ["addParticipant"]},
    "CreateUser": {"Identity": "carol"},
    "CreateCredential": {"Type": "fcm"},
}


@pytest.fixture
def sids(world: World) -> dict[str, dict[str, str]]:
    """Create a record of each kind in two services; return the sids by prefix."""
    account = AccountView(world, world.account)
    account_wide = {
        "IG": account.address_configurations.add(address="+15550100").sid,
        "CR": account.credentials.add().sid,
    }
    another = account.services.add().sid
    return {
        "account": {
            "another IS": another,
            **account_wide,
            **_filled(account, account.default_service.sid),
        },
        "service": _filled(account, another),
    }


def _filled(account: AccountView, service: str) -> dict[str, str]:
    conversation = account.conversations.add(chat_service_sid=service).sid
    participant = account.participants.add(conversation_sid=conversation, identity="ada")
    message = account.messages.add(conversation_sid=conversation, body="hi", author="ada").sid
    return {
        "IS": service,
        "CH": conversation,
        "MB": participant.sid,
        "IM": message,
        "DY": account.receipts.add(message_sid=message).sid,
        "WH": account.scoped_webhooks.add(conversation_sid=conversation).sid,
        "RL": account.roles.add(chat_service_sid=service).sid,
        "US": account.users.one(chat_service_sid=service).sid,
        "BS": account.bindings.add(chat_service_sid=service).sid,
    }


def target(facts: dict[str, Any], sids: dict[str, str]) -> str:
    """The path of an operation with the names of records in it."""
    kinds = {
        "ChatServiceSid": "IS",
        "ConversationSid": "CH",
        "MessageSid": "IM",
        "UserSid": "US",
    }
    own = {
        "Services": "IS",
        "Conversations": "CH",
        "Messages": "IM",
        "Receipts": "DY",
        "Participants": "MB",
        "Webhooks": "WH",
        "Roles": "RL",
        "Users": "US",
        "Bindings": "BS",
        "Addresses": "IG",
        "Credentials": "CR",
    }
    if facts["path"] == "/v1/Services/{Sid}":  # the default one cannot be deleted
        return f"/v1/Services/{sids['another IS']}"
    kinds["Sid"] = own.get(facts["path"].removesuffix("/{Sid}").rpartition("/")[2], "")
    return re.sub("{(.*?)}", lambda name: sids[kinds[name[1]]], facts["path"])


def keyword_of(name: str) -> str:
    """twilio-python's keyword for a parameter: `Timers.Inactive` is `timers_inactive`."""
    return re.sub("(?<=[a-z])(?=[A-Z])|[.-]", "_", name).lower()


def level_of(facts: dict[str, Any]) -> str:
    return "service" if facts["path"].startswith("/v1/Services/{ChatServiceSid}") else "account"


def ask(api: Api, sids: dict[str, dict[str, str]], facts: dict[str, Any]) -> Any:
    path = target(facts, sids[level_of(facts)])
    operation = find_route(path)[0].operations[facts["method"]]
    if facts["method"] == "POST":
        return api.post(path, FORMS.get(operation.name, {}))
    return api.ask(facts["method"], path)


@pytest.mark.parametrize("facts", CONTRACT["operations"], ids=lambda facts: facts["operation"])
def test_operation_answers_as_in_the_contract(
    api: Api, sids: dict[str, dict[str, str]], facts: dict[str, Any]
) -> None:
    asked = ask(api, sids, facts)

    assert facts["status"] == asked.status, asked.response
    assert {*facts["response_headers"]} <= api.response.headers.keys()
    if "returns" in facts:
        fits(asked.response, CONTRACT["schemas"][facts["returns"]])
    if "returns_list" in facts:
        assert facts["returns_list"]["key"] == asked.response["meta"]["key"]
        if facts["operation"].endswith("ParticipantConversation"):
            asked = api.get(f"{asked.path}?Identity=ada")
        listed = asked.response[facts["returns_list"]["key"]]
        assert listed
        for each in listed:
            fits(each, CONTRACT["schemas"][facts["returns_list"]["of"]])


TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "boolean": bool,
    "array": list,
    "object": dict,
    "any": (dict, list),
}

# Null in the examples of the specification, although it says that they cannot be null
NULL_ALL_THE_SAME = {("service.service_configuration.service_webhook_configuration", "method")}


def fits(body: Any, schema: dict[str, Any]) -> None:
    assert schema.keys() == body.keys()
    for name, fact in schema.items():
        value = body[name]
        if value is None:
            [kind] = [kind for kind, one in CONTRACT["schemas"].items() if one is schema]
            assert fact.get("nullable") or (kind, name) in NULL_ALL_THE_SAME, name
            continue
        assert isinstance(value, TYPES[fact.get("type", "any")]), name
        assert re.fullmatch(fact.get("pattern", "(?s).*"), str(value)), name
        assert value in fact.get("enum", [value]), name
        if fact.get("format") == "date-time":
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", value), name


# The values of parameters that the contract describes as any text
WORDS = {"Method": {"GET", "POST"}, "BindingType": {"apn", "gcm", "fcm"}}


def words(fact: dict[str, Any], parameter: str, is_form: bool) -> set[str]:
    """The values that a parameter accepts. No request can make a conversation initializing."""
    unsendable = {"initializing"} if is_form and parameter == "State" else set()
    return {*fact.get("enum", WORDS.get(parameter, ()))} - unsendable


def differences(facts: dict[str, Any], operation: Operation) -> Iterator[str]:
    """Parameters that an operation lacks, has in excess, or has with another type."""
    name = facts["operation"]
    for described, declared in [
        (facts["form"], operation.form),
        (facts["query"], operation.query),
        (facts["headers"], operation.headers),
    ]:
        fields = {field.name: field for field in declared.values()}
        yield from (f"{name} lacks {missing}" for missing in described.keys() - fields.keys())
        yield from (f"{name} knows no {extra}" for extra in fields.keys() - described.keys())
        for keyword, field in declared.items():
            if keyword != keyword_of(field.name):
                yield f"{name} has {field.name} as {keyword}"
        for parameter in described.keys() & fields.keys():
            fact, field = described[parameter], fields[parameter]
            kinds = [
                (fact.get("type") == "array", Many),
                (fact.get("type") == "integer", Int),
                (fact.get("type") == "boolean", Flag),
                (fact.get("format") == "date-time", Moment),
            ]
            if any(expected != isinstance(field, kind) for expected, kind in kinds):
                yield f"{name} has {parameter} of another type"
            each = field.each if isinstance(field, Many) else field
            if isinstance(each, Choice) and {*each.of} != words(
                fact, parameter, declared is operation.form
            ):
                yield f"{name} has other words for {parameter}"
            needed = operation.verb.name == "Create" and fact.get("required", False)
            if operation.verb.name == "Create" and needed != field.required:
                yield f"{name} is wrong about needing {parameter}"
    size = facts["query"].get("PageSize", {}).get("maximum")
    if size not in (None, operation.resource.page_size[1]):
        yield f"{name} has another maximum for PageSize"


@pytest.mark.parametrize("facts", CONTRACT["operations"], ids=lambda facts: facts["operation"])
def test_operation_takes_the_parameters_of_the_contract(
    sids: dict[str, dict[str, str]], facts: dict[str, Any]
) -> None:
    route, _ = find_route(target(facts, sids[level_of(facts)]))

    assert [] == [*differences(facts, route.operations[facts["method"]])]


@pytest.mark.parametrize(
    ("resource", "keyword"),
    [(each, keyword) for each in RESOURCES for keyword in each.parameters_of("Create", "Update")],
    ids=lambda part: part if isinstance(part, str) else part.collection,
)
def test_missing_field_is_a_difference(resource: Resource[Any], keyword: str) -> None:
    field = resource.parameters[keyword]
    thinner = copy(resource)
    vars(thinner)["parameters"] = {
        name: field for name, field in resource.parameters.items() if name != keyword
    }
    facts = {each["operation"]: each for each in CONTRACT["operations"]}

    missed = [
        difference
        for verb in thinner.verbs
        for operation in [Operation(thinner, verb)]
        for difference in differences(facts[operation.name], operation)
    ]

    assert missed
    assert all(difference.endswith(f"lacks {field.name}") for difference in missed)


def test_operations_are_those_of_the_contract() -> None:
    only_below_a_service = "Service(Configuration|Notification|WebhookConfiguration|Binding)$"
    names = {
        facts["operation"]
        for facts in CONTRACT["operations"]
        if level_of(facts) == "account" or re.search(only_below_a_service, facts["operation"])
    }

    assert 103 == len(CONTRACT["operations"])
    assert names == OPERATIONS.keys()
    every_name = {facts["operation"] for facts in CONTRACT["operations"]}
    assert every_name - names == SERVICE_OPERATIONS.keys()


def test_resource_at_both_levels_is_declared_once() -> None:
    both = [operation for operation in OPERATIONS.values() if operation.resource.has_short_path]

    assert 38 == len(both)
    assert len(RESOURCES) == len({type(resource) for resource in RESOURCES})
