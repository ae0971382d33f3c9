"""Assertions that wait for what happens in the background."""

from __future__ import annotations

import threading

import pytest
from twilio.rest import Client

from pytest_conversations_fake import FakeConversations


def test_request_in_time_is_found(fake: FakeConversations) -> None:
    may_go_on = threading.Event()

    def work() -> None:
        may_go_on.wait(10)
        for name in ("one", "two"):
            Client().conversations.v1.services.create(friendly_name=name)

    worker = threading.Thread(target=work)
    worker.start()
    with pytest.raises(AssertionError, match="got it 0 times"):
        fake.services.assert_created(friendly_name="one")
    may_go_on.set()

    first = fake.services.assert_created(friendly_name="one", within=10)
    both = fake.services.assert_created(count=2, within=10)

    assert [first.number, first.number + 1] == [each.number for each in both]
    worker.join()


def test_missing_request_fails_after_the_time(fake: FakeConversations) -> None:
    with pytest.raises(AssertionError, match="no request reached the fake"):
        fake.services.assert_created(within=0.05)


@pytest.mark.parametrize(
    ("within", "error"),
    [(-1, ValueError), ("soon", TypeError), (None, TypeError), (True, TypeError)],
)
def test_invalid_time_is_refused(
    fake: FakeConversations, within: object, error: type[Exception]
) -> None:
    with pytest.raises(error, match="within must be a number of seconds, 0 or more, not"):
        fake.services.assert_created(within=within)
