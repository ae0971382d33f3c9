"""What a fake finds wrong with a test whose own assertions all passed."""

from __future__ import annotations

# What is found, as a test names it that tolerates it
VIOLATION_KINDS = (
    "unknown-route",
    "not-imitated",
    "unmet-fault",
    "guarded-host",
    "failed-webhook",
    "inner-error",
)


class StrictnessError(AssertionError):
    """Something that no test may pass with, expected to fail or not."""
