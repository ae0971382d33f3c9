"""The report on a fake: its requests, webhooks, conversations and errors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
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
    _world: World = field(repr=False)

    def __str__(self) -> str:
        return text(self)

    def html(self, *, outcome: str = "", failure: str = "") -> str:
        """Return the report with all details as one HTML file that loads nothing else.

            Path("report.html").write_text(fake.report().html(), encoding="utf-8")

        *outcome* is the result of the test, such as `"failed"`, and *failure* the text of its
        error. The page shows both at its top.
        """
        return page(self, outcome, failure)

    def as_test(self) -> str:
        """Return a pytest module that repeats the session so far and asserts its effects.

            Path("test_recorded.py").write_text(fake.report().as_test(), encoding="utf-8")

        The test loads the seed and repeats the actions of phones, chat users, the clock and the
        test. It raises `NotImplementedError` at the place of each call of the code under test, and
        has a variable for each application that receives webhooks. It asserts the requests, the
        deliveries and the messages that phones and chat users received. It leaves out values that
        differ in each run, and finds a record with a generated sid by its name. Secrets are not in
        the text.
        """
        from .as_test import as_test

        return as_test(self._world)


def report(world: World, unrecorded: Sequence[str]) -> Report:
    with world.lock:
        return Report(
            name=world.name,
            assumptions=world.assumptions,
            requests=[*world.journal],
            dropped=world.journal.dropped.note(),
            deliveries=[*world.deliveries],
            actions=[*world.actions],
            transcript=transcript(world),
            errors=[_traceback(error) for error in world.errors],
            unrecorded=unrecorded,
            _world=world,
        )


def _traceback(error: Exception) -> str:
    return "".join(format_exception(type(error), error, error.__traceback__)).rstrip()
