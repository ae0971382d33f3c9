"""The error and the warnings about problems that a test may not have noticed."""

from __future__ import annotations

VIOLATION_KINDS = (
    "unknown-route",
    "not-imitated",
    "unmet-fault",
    "guarded-host",
    "failed-webhook",
    "inner-error",
)
"""The kinds of violations, as `tolerate` names them."""


class StrictnessError(AssertionError):
    """Fails a test that passed, because of violations that it does not tolerate."""


class FakeConversationsWarning(UserWarning):
    """The base class of all warnings of the fake; also a request that came after its test."""


class IgnoredParametersWarning(FakeConversationsWarning):
    """Requests had parameters that their operation does not have; Twilio ignores them silently."""


class WebhookWarning(FakeConversationsWarning):
    """An application that receives webhooks did not end with the fake."""
