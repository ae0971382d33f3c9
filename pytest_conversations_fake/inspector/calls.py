"""The path of a call of the control API, without a socket: route, validate, run, answer."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from logging import getLogger
from typing import Any
from urllib.parse import parse_qsl, unquote_to_bytes

from ..api.did_you_mean import unknown
from ..api.wording import visible
from .control import Control
from .endpoint import PREFIX, Endpoint, Parameter
from .endpoints import ENDPOINTS
from .values import from_text, read, shown

LOG = getLogger("pytest_conversations_fake.inspector")

MAX_QUERY_FIELDS = 50

UNEXPECTED = (KeyError, IndexError, RecursionError, NotImplementedError)
"""Errors that a mistake of a client never causes, although they derive from those below."""

# The status by the kind of error that a call raises; the first match counts
STATUSES: Sequence[tuple[type[Exception], int]] = (
    (LookupError, 404),
    (ValueError, 400),
    (TypeError, 400),
    (OverflowError, 400),
    (TimeoutError, 409),
    (RuntimeError, 409),
    (AssertionError, 409),  # webhooks cause each other without end
)


@dataclass(frozen=True)
class Reply:
    """An HTTP answer."""

    status: int
    body: bytes = b""
    media_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


class CallError(Exception):
    """A call that is refused, with a *status* and a *sentence*."""

    def __init__(self, status: int, sentence: str, **headers: str) -> None:
        super().__init__(sentence)
        self.reply = error_reply(status, sentence, **headers)


def error_reply(status: int, sentence: str, **headers: str) -> Reply:
    return Reply(status, json.dumps({"error": visible(sentence)}).encode(), headers=headers)


def find(method: str, path: str) -> tuple[Endpoint, Mapping[str, str]]:
    """The endpoint for a *method* and a *path*, and the parameters in the path. Raises `CallError`.

    The path is that of the request, still encoded.
    """
    below = path.removeprefix(PREFIX)
    matches = [(each, found) for each in ENDPOINTS if (found := each.pattern.fullmatch(below))]
    for endpoint, found in matches:
        if endpoint.method == method or (endpoint.method, method) == ("GET", "HEAD"):
            return endpoint, {name: _decoded(part) for name, part in found.groupdict().items()}
    if matches:
        methods = [endpoint.method for endpoint, _ in matches]
        sentence = f"{path} accepts {' and '.join(methods)}, not {method[:20]}"
        raise CallError(405, sentence, Allow=", ".join(methods))
    paths = [PREFIX + each for each in dict.fromkeys(each.path for each in ENDPOINTS)]
    raise CallError(404, unknown("there is no", path[:200], paths))


def run(
    control: Control, endpoint: Endpoint, in_path: Mapping[str, str], query: str, body: bytes
) -> Reply:
    """Validate the parameters of a call and run it."""
    try:
        values = {
            **_texts(endpoint.in_path, in_path),
            **_texts(endpoint.query, _fields(query)),
            **_body(endpoint, body),
        }
        answer = endpoint.run(control, **values)
    except CallError as error:
        return error.reply
    except Exception as error:
        return _failure(control, error)
    if endpoint.answer is None:
        return Reply(204)
    text = answer if isinstance(answer, str) else json.dumps(answer, allow_nan=False)
    return Reply(endpoint.status, text.encode(errors="replace"), endpoint.media_type)


def _failure(control: Control, error: Exception) -> Reply:
    """The answer to a call that raised an *error*."""
    for kind, status in STATUSES:
        if isinstance(error, kind) and not isinstance(error, UNEXPECTED):
            return error_reply(status, str(error.args[0] if error.args else error))
    control.world.errors.append(error)
    LOG.error("an error inside the fake", exc_info=error)
    return error_reply(500, f"an error inside the fake: {error!r}")


def _fields(query: str) -> Mapping[str, str]:
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=MAX_QUERY_FIELDS)
    except ValueError as error:
        raise CallError(400, f"the query cannot be read: {error}") from None
    values = dict(pairs)
    for name in values:
        if [name for name, _ in pairs].count(name) > 1:
            raise CallError(400, f"the query has {name!r} more than once")
    return values


def _texts(parameters: Sequence[Parameter], texts: Mapping[str, str]) -> dict[str, Any]:
    _check_names("the query", parameters, texts)
    schemas = {each.name: each.schema for each in parameters}
    return {name: from_text(schemas[name], name, value) for name, value in texts.items()}


def _body(endpoint: Endpoint, body: bytes) -> dict[str, Any]:
    value = read_json(body) if body else {}
    if endpoint.document:
        name = endpoint.document.name
        return {name: read(endpoint.document.schema, name, value)}
    if not isinstance(value, Mapping):
        raise ValueError(f"the body is an object, not {shown(value)}")
    _check_names("the body", endpoint.body, value)
    schemas = {each.name: each.schema for each in endpoint.body}
    return {name: read(schemas[name], name, each) for name, each in value.items()}


def _check_names(where: str, parameters: Sequence[Parameter], values: Mapping[str, Any]) -> None:
    names = [each.name for each in parameters]
    for name in values:
        if name not in names:
            problem = unknown(f"{where} has no", name[:60], names) if names else ""
            raise ValueError(problem or f"{where} must be empty, without {name[:60]!r}")
    for each in parameters:
        if each.required and each.name not in values:
            raise ValueError(f"{where} needs {each.name!r}")


def read_json(body: bytes) -> Any:
    """The value of a JSON text in UTF-8. Raises `ValueError`."""
    try:
        return json.loads(
            body.decode(), object_pairs_hook=_without_duplicates, parse_constant=_refuse_constant
        )
    except json.JSONDecodeError as error:
        raise ValueError(f"the body is no JSON: line {error.lineno}: {error.msg}") from None
    except UnicodeDecodeError:
        raise ValueError("the body is not in UTF-8") from None
    except RecursionError:
        raise ValueError("the body is nested too deep") from None


def _without_duplicates(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        names = [name for name, _ in pairs]
        name = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the body has the key {name[:60]!r} twice")
    return values


def _refuse_constant(name: str) -> None:
    raise ValueError(f"the body has {name}, which JSON does not have")


def _decoded(part: str) -> str:
    try:
        return unquote_to_bytes(part).decode()
    except UnicodeDecodeError:
        raise CallError(400, f"the path is not in UTF-8: {part[:60]}") from None
