"""Fixtures: a fake, and a client of its control API."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pytest_conversations_fake import FakeConversations
from pytest_conversations_fake.inspector.control import Control
from pytest_conversations_fake.inspector.inspector import Inspector
from pytest_conversations_fake.server.server import Server

from .client import Client


@pytest.fixture
def fake() -> FakeConversations:
    """A fake that no server serves."""
    return FakeConversations(redirect=False, name="a desk")


@pytest.fixture
def client(fake: FakeConversations) -> Client:
    return Client(Control(fake))


@pytest.fixture
def served(fake: FakeConversations) -> Iterator[FakeConversations]:
    """A fake with its page and its control API at `served.url`."""
    server = Server(site=Inspector(fake, allow_hosts=["desk.example"]).site)
    with fake._lifecycle.serve_on(server):
        yield fake
    server.stop()
