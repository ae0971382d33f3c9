"""A client of the control API without a socket, which validates each answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pytest_conversations_fake.inspector.calls import CallError, Reply, find, run
from pytest_conversations_fake.inspector.control import Control
from pytest_conversations_fake.inspector.endpoint import PREFIX

from .validation import validate


class Client:
    """Calls the control API of one fake."""

    def __init__(self, control: Control) -> None:
        self.control = control

    def ask(self, method: str, target: str, body: object = None) -> tuple[int, Any]:
        """The status and the answer to a call; *body* is JSON, or bytes to send as they are."""
        path, _, query = f"{PREFIX}{target}".partition("?")
        if not isinstance(body, bytes):
            body = b"" if body is None else json.dumps(body).encode()
        reply = self.reply(method, path, query, body)
        validate(method, path, reply.status, reply.media_type, reply.body)
        is_json = reply.body and reply.media_type == "application/json"
        return reply.status, json.loads(reply.body) if is_json else reply.body.decode()

    def reply(self, method: str, path: str, query: str, body: bytes) -> Reply:
        try:
            endpoint, in_path = find(method, path)
        except CallError as error:
            return error.reply
        return run(self.control, endpoint, in_path, query, body)

    def get(self, target: str) -> Any:
        return self._succeed("GET", target)

    def post(self, target: str, body: Mapping[str, object] | None = None) -> Any:
        return self._succeed("POST", target, body)

    def delete(self, target: str) -> Any:
        return self._succeed("DELETE", target)

    def _succeed(self, method: str, target: str, body: object = None) -> Any:
        status, answer = self.ask(method, target, body)
        assert status < 400, answer
        return answer

    def refusal(self, method: str, target: str, body: object = None) -> tuple[int, str]:
        """The status and the sentence of a call that is refused."""
        status, answer = self.ask(method, target, body)
        assert status >= 400, answer
        return status, answer["error"]
