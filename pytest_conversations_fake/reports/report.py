"""The report on a fake: its requests, webhooks, conversations and errors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from traceback import format_exception

from ..api.actions import Action
from ..api.assumptions import Assumptions
from ..api.deliveries import Delivery
from ..api.journal import RecordedRequest
from ..api.world import World
from .conversations import Transcript, transcript
from .page import page
from .text import text


@dataclass(frozen=True)
class Report:
    """The state of a fake at one moment, for people: `str(report)` is a text, `html()` a page."""

    name: str
    """The test's node id, or the name of the fake."""
    assumptions: Assumptions
    requests: Sequence[RecordedRequest]
    dropped: str
    """A sentence on the requests that `max_requests` has dropped; empty without any."""
    deliveries: Sequence[Delivery]
    actions: Sequence[Action]
    """The calls that changed the fake without a request: of phones, chat users, clock, `add`.

    `order` is the place of a request, delivery or action among all of them."""
    transcript: Transcript
    errors: Sequence[str]
    """Tracebacks of errors inside the fake."""
    unrecorded: Sequence[str]
    """A sentence for each refused request that is not among *requests*: for another Twilio host,
    or with credentials of an earlier test."""

    def __str__(self) -> str:
        return text(self)

    def html(self, *, outcome: str = "", failure: str = "") -> str:
        """Return the report with all details as one HTML file that loads nothing else.

            Path("report.html").write_text(fake.report().html(), encoding="utf-8")

        *outcome* is the result of the test, such as `"failed"`, and *failure* the text of its
        error. The page shows both at its top.
        """
        return page(self, outcome, failure)


def report(world: World, unrecorded: Sequence[str]) -> Report:
    with world.lock:
        return Report(
            name=world.name,
            assumptions=world.assumptions,
            requests=[*world.journal],
            dropped=world.journal.dropped(),
            deliveries=[*world.deliveries],
            actions=[*world.actions],
            transcript=transcript(world),
            errors=[_traceback(error) for error in world.errors],
            unrecorded=unrecorded,
        )


def _traceback(error: Exception) -> str:
    return "".join(format_exception(type(error), error, error.__traceback__)).rstrip()
