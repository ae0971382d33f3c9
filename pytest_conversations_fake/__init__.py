"""A working imitation of the Twilio Conversations v1 API for tests and offline development.

Unofficial. In a test, ask for the fixture `fake_conversations`; elsewhere use `FakeConversations`
as a context manager; in a shell, `conversations-fake serve`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import real_time as _real_time  # noqa: F401 - takes the clock before tests patch it

if TYPE_CHECKING:
    from .api.faults import (
        AnswerLost,
        Delay,
        HalfAnswer,
        MalformedJson,
        RateLimited,
        Reset,
        ServerError,
        TwilioError,
        Unavailable,
    )
    from .api.journal import RecordedRequest
    from .fake import FakeConversations

__all__ = [
    "AnswerLost",
    "Delay",
    "FakeConversations",
    "HalfAnswer",
    "MalformedJson",
    "RateLimited",
    "RecordedRequest",
    "Reset",
    "ServerError",
    "TwilioError",
    "Unavailable",
]


def __getattr__(name: str) -> object:
    # Lazily: pytest imports this package at every start, whether a test uses it or not
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name == "FakeConversations":
        from .fake import FakeConversations

        return FakeConversations
    if name == "RecordedRequest":
        from .api.journal import RecordedRequest

        return RecordedRequest
    from .api import faults

    return getattr(faults, name)
