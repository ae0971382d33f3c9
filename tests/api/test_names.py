"""The names of operations and events that type checkers know."""

from __future__ import annotations

from typing import get_args

from pytest_conversations_fake.api.events import ACCOUNT_EVENTS
from pytest_conversations_fake.api.names import EventName, OperationName
from pytest_conversations_fake.api.operations import OPERATIONS


def test_operation_name_lists_every_operation_of_the_api() -> None:
    assert [*OPERATIONS] == [*get_args(OperationName)]


def test_event_name_lists_every_event_of_the_api() -> None:
    assert [*ACCOUNT_EVENTS] == [*get_args(EventName)]
