"""Runs of downstream suites beside a real Twilio, and the texts of their refusals."""

from __future__ import annotations

import pytest

REMEDY = (
    "To allow it, name it in allow_hosts= (FakeConversations or the marker fake_conversations) or "
    "in the ini option fake_conversations_allow_hosts"
)


def ran(suite: pytest.Pytester, *options: str, guard: str = "fixture") -> pytest.RunResult:
    # pytest-socket restores the functions below the patches of this conftest
    return suite.runpytest("-p", "no:socket", "-o", f"fake_conversations_guard={guard}", *options)


def refused(host: str, where: str) -> str:
    return (
        f"fake_conversations refused {host} in {where}, as it belongs to the real Twilio. {REMEDY}"
        ". To mock it beside the fake, see 'Other mocks in the same test' "
        "(docs/how-to/other-mocks.md of pytest-conversations-fake)"
    )


def guarded(where: str, host: str = "conversations.twilio.com") -> str:
    return (
        f"fake_conversations refused {host} in {where}, where no fake is active: use the fixture "
        f"fake_conversations. {REMEDY}"
    )


def as_pattern(text: str) -> str:
    """A pattern of `fnmatch_lines` for a text with brackets."""
    return text.replace("[", "[[]")
