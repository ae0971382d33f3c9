"""Assumptions: questions about Twilio that have no known answer, and the possible answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .addresses import is_sender
from .fields import is_sid

# The answers by question. The first one is the default
QUESTIONS: dict[str, tuple[str, ...]] = {
    "below-closed": ("refused", "accepted"),
    "empty-message": ("refused", "accepted"),
    "event-names": ("any", "known"),
    "group-texting": ("on", "off"),
    "large-page-size": ("clamped", "refused"),
    "pre-events": ("people", "everybody"),
    "permission-names": ("known", "any"),
    "read-index-ahead": ("stored", "clamped"),
    "texted-receipts": ("sent", "none"),
    "timers-alone": ("accepted", "refused"),
    "timers-by-message": ("restarted", "kept"),
    "with-participants": ("active", "initializing"),
}


@dataclass(frozen=True)
class Assumptions:
    """The *answers* that a test assumes, and what the account owns.

    If *owned* names anything of a kind (proxy addresses, messaging services `MG…`, media `ME…`,
    templates `HX…`, Studio flows `FW…`), the account owns nothing else of that kind. It owns
    everything of the other kinds.
    """

    answers: Mapping[str, str]
    owned: Sequence[str] = ()

    def holds(self, question: str, answer: str) -> bool:
        """Whether *answer* is the answer to *question*."""
        return self.answers.get(question, QUESTIONS[question][0]) == answer

    def otherwise(self, question: str | None) -> str:
        """The arguments for the other answers to *question*; empty for an unknown question."""
        if question not in QUESTIONS:
            return ""
        others = [answer for answer in QUESTIONS[question] if not self.holds(question, answer)]
        return " or ".join(f"assume={ {question: answer} }" for answer in others)

    def may_use(self, name: str | None) -> bool:
        """Whether the account may use the address or sid *name*. None is always allowed."""
        if name is None or name in self.owned:
            return True
        return _kind(name) not in map(_kind, self.owned)


def read_answers(texts: Iterable[str]) -> dict[str, str]:
    """Read texts like `empty-message=refused` as answers by question."""
    return {question: answer for question, _, answer in (text.partition("=") for text in texts)}


OWNABLE = ("MG", "ME", "HX", "FW")


def is_ownable(name: str) -> bool:
    """Whether *name* has the form of something that an account can own."""
    return is_sender(name) or any(is_sid(name, prefix) for prefix in OWNABLE)


def _kind(name: str) -> str:
    """The kind of *name*: all addresses are one kind, and each prefix of sids is one."""
    return "address" if is_sender(name) else name[:2]
