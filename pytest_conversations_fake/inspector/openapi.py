"""The OpenAPI document of the control API, from its table of endpoints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .endpoint import PREFIX, Endpoint, Parameter
from .schemas import SCHEMAS, Json, named

DESCRIPTION = (
    "Watches and controls a running fake of the Twilio Conversations API. Calls that change "
    "something need the header `Content-Type: application/json`, except for DELETE. Errors have a "
    "status of 400 or more and one sentence."
)


def openapi(endpoints: Sequence[Endpoint], version: str) -> Json:
    """The document for some *endpoints* of a *version* of the package."""
    paths: dict[str, Json] = {}
    for endpoint in endpoints:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Control API of pytest-conversations-fake",
            "version": version,
            "description": DESCRIPTION,
        },
        "servers": [{"url": PREFIX}],
        "paths": paths,
        "components": {"schemas": SCHEMAS},
    }


def _operation(endpoint: Endpoint) -> Json:
    operation: Json = {
        "operationId": endpoint.operation_id,
        "summary": endpoint.summary,
        "parameters": [
            *(_parameter("path", each) for each in endpoint.in_path),
            *(_parameter("query", each) for each in endpoint.query),
        ],
        "responses": {
            str(endpoint.status if endpoint.answer else 204): _answer(endpoint),
            "4XX": {
                "description": "The call was refused; the reason is a sentence.",
                "content": _content("application/json", named("Error")),
            },
        },
    }
    if endpoint.method == "POST":
        is_required = bool(endpoint.document) or any(each.required for each in endpoint.body)
        schema = endpoint.document.schema if endpoint.document else _object(endpoint.body)
        content = _content("application/json", schema)
        operation["requestBody"] = {"required": is_required, "content": content}
    return operation


def _parameter(place: str, parameter: Parameter) -> Json:
    return {
        "name": parameter.name,
        "in": place,
        "description": parameter.meaning,
        "required": parameter.required,
        "schema": parameter.schema,
    }


def _object(parameters: Sequence[Parameter]) -> Json:
    properties = {each.name: {**each.schema, "description": each.meaning} for each in parameters}
    required = [each.name for each in parameters if each.required]
    schema: Json = {"type": "object", "properties": properties, "additionalProperties": False}
    return schema | ({"required": required} if required else {})


def _answer(endpoint: Endpoint) -> Json:
    if endpoint.answer is None:
        return {"description": "Done."}
    return {"description": "The answer.", "content": _content(endpoint.media_type, endpoint.answer)}


def _content(media_type: str, schema: Any) -> Json:
    return {media_type: {"schema": schema}}
