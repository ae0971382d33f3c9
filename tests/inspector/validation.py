"""Validation of answers by the OpenAPI document."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator

from pytest_conversations_fake.inspector.endpoint import PREFIX
from pytest_conversations_fake.inspector.endpoints import ENDPOINTS
from pytest_conversations_fake.inspector.openapi import openapi

DOCUMENT = openapi(ENDPOINTS, "1.0")


def validate(method: str, path: str, status: int, media_type: str, body: bytes) -> None:
    """Compare an answer with the document. An unknown path has the answer of an error."""
    below = path.removeprefix(PREFIX)
    templates = [each.path for each in ENDPOINTS if each.pattern.fullmatch(below)]
    operation = DOCUMENT["paths"][templates[0]].get(method.lower()) if templates else None
    if status >= 400:
        _validate("application/json", media_type, '{"$ref": "#/components/schemas/Error"}', body)
        return
    assert operation, f"the document has no {method} {path}"
    answer = operation["responses"][str(status)]
    assert ("content" in answer) == bool(body)
    for documented, content in answer.get("content", {}).items():
        _validate(documented, media_type, json.dumps(content["schema"]), body)


def _validate(documented: str, media_type: str, schema: str, body: bytes) -> None:
    assert documented == media_type
    if documented == "application/json":
        errors = [*_validator(schema).iter_errors(json.loads(body))]
        assert not errors, "\n".join(map(str, errors))


@cache
def _validator(schema: str) -> Any:
    components = {"components": DOCUMENT["components"]}
    return Draft202012Validator(json.loads(schema) | components)
