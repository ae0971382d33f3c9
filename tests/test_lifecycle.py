"""A fake before its start."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pytest_conversations_fake import FakeConversations


def test_assertion_before_the_start_says_that_no_request_can_arrive() -> None:
    fake = FakeConversations()

    with pytest.raises(AssertionError) as failed:
        fake.services.assert_created()

    assert str(failed.value) == (
        "expected CreateService() once, got it 0 times\n\n"
        "no request can reach this fake before it starts; use it in a `with`\n  statement"
    )


@pytest.mark.parametrize(
    "use",
    [
        lambda fake: fake.down().__enter__(),
        lambda fake: fake.subprocess_env(),
        lambda fake: fake.twilio_client(),
        lambda fake: fake.url,
        lambda fake: fake.sweep(lambda: None),
        lambda fake: fake.webhooks.deliver_to("http://127.0.0.1:5000"),
    ],
)
def test_use_of_a_server_before_the_start_is_refused(
    use: Callable[[FakeConversations], object],
) -> None:
    with pytest.raises(RuntimeError, match="use it in a `with` statement"):
        use(FakeConversations())
