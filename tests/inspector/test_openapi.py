"""Tests of the OpenAPI document. Other tests validate each answer by it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from openapi_spec_validator import validate as validate_document

from pytest_conversations_fake.inspector.endpoints import ENDPOINTS
from pytest_conversations_fake.inspector.schemas import SCHEMAS

from .client import Client
from .validation import DOCUMENT


def test_document_is_valid_and_served(client: Client) -> None:
    document = client.get("/openapi.json")

    validate_document(document)
    assert DOCUMENT["paths"] == document["paths"]


def test_document_has_every_endpoint_once() -> None:
    documented = [
        (method.upper(), path) for path, its in DOCUMENT["paths"].items() for method in its
    ]
    ids = [its["operationId"] for path in DOCUMENT["paths"].values() for its in path.values()]

    assert sorted((each.method, each.path) for each in ENDPOINTS) == sorted(documented)
    assert len(ids) == len({*ids})
    assert {"sendText", "getState", "resendDelivery", "readEvents"} < {*ids}


def test_every_schema_is_used() -> None:
    text = json.dumps(DOCUMENT)

    assert [] == [name for name in SCHEMAS if f'"#/components/schemas/{name}"' not in text]


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda each: f"{each.method} {each.path}")
def test_path_of_an_endpoint_has_its_parameters(endpoint: Any) -> None:
    names = [part[1:-1] for part in endpoint.path.split("/") if part.startswith("{")]

    assert names == [each.name for each in endpoint.in_path]
