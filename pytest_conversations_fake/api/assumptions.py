"""Assumptions that a test may replace: questions to Twilio, and the answers there can be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .addresses import is_sender
from .fields import is_sid

# By question: the answers, of which the first holds unless a test assumes another
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
    """Which answers hold, and what the account owns.

    Of each kind in *owned* (proxy addresses, messaging services `MG…`, media `ME…`, templates
    `HX…`, Studio flows `FW…`) there are no others; of a kind that is not in it there is everything.
    """

    answers: Mapping[str, str]
    owned: Sequence[str] = ()

    def holds(self, question: str, answer: str) -> bool:
        """Whether *answer* is the one that holds."""
        return self.answers.get(question, QUESTIONS[question][0]) == answer

    def otherwise(self, question: str | None) -> str:
        """What to assume instead of what holds; nothing for what is no question."""
        if question not in QUESTIONS:
            return ""
        others = [answer for answer in QUESTIONS[question] if not self.holds(question, answer)]
        return " or ".join(f"assume={ {question: answer} }" for answer in others)

    def may_use(self, name: str | None) -> bool:
        """Whether the account may use the address or sid *name*; None is nothing to own."""
        if name is None or name in self.owned:
            return True
        return _kind(name) not in map(_kind, self.owned)


def read_answers(texts: Iterable[str]) -> dict[str, str]:
    """Answers by question, of texts like `empty-message=refused`."""
    return {question: answer for question, _, answer in (text.partition("=") for text in texts)}


OWNABLE = ("MG", "ME", "HX", "FW")


def is_ownable(name: str) -> bool:
    """Whether *name* is something that an account may be said to own."""
    return is_sender(name) or any(is_sid(name, prefix) for prefix in OWNABLE)


def _kind(name: str) -> str:
    """Addresses are of one kind, sids of that of their prefix."""
    return "address" if is_sender(name) else name[:2]
