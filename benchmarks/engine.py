"""Requests to the engine, without a server."""

from __future__ import annotations

from pytest_conversations_fake.api.engine import answer
from pytest_conversations_fake.api.journal import Request
from pytest_conversations_fake.api.world import World

from .raw import CREDENTIALS

HEADERS = {
    "authorization": f"Basic {CREDENTIALS}",
    "content-type": "application/x-www-form-urlencoded",
}


def request(world: World, method: str, path: str, query: str = "", form: str = "") -> str:
    """Let the engine answer a request; returns the sid in the answer."""
    pending = world.journal.open(Request(method, path, query, HEADERS, "http://127.0.0.1"))
    try:
        next(answer(world, pending, form.encode()))
    except StopIteration as end:
        world.journal.close(pending, end.value, 0)
    return str((world.journal[-1].response or {}).get("sid"))
