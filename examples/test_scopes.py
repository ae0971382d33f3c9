"""A fake for all tests of a module, which go on from each other's state or start anew."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from helpdesk import open_desk

from pytest_conversations_fake import FakeConversations


@pytest.fixture(scope="module")
def module_fake() -> Iterator[FakeConversations]:
    """A fake with a desk, for all tests of this module."""
    with FakeConversations(name="module") as fake:
        open_desk("Support")
        yield fake


@pytest.fixture
def fake(module_fake: FakeConversations) -> Iterator[FakeConversations]:
    """The fake of the module, restored after each test."""
    before = module_fake.snapshot()
    yield module_fake
    module_fake.restore(before)


@pytest.mark.parametrize("name", ["Sales", "Returns"])
def test_second_desk_is_opened(fake: FakeConversations, name: str) -> None:
    open_desk(name)

    assert [desk.friendly_name for desk in fake.services] == ["Support", name]
