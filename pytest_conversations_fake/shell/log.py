"""The log of a session: a line for each request, webhook and action, with notes below it.

Texts come from outside, so control characters are escaped. A thread of its own prints, so that a
slow reader of the output does not slow down the fake. If the output is closed, the log ends and the
fake goes on.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from functools import partial
from queue import Full, Queue
from threading import Thread
from typing import TextIO

from ..api.assumptions import Assumptions
from ..api.deliveries import Delivery
from ..api.ignored_parameters import ignored_sentence
from ..api.journal import RecordedRequest
from ..api.outside import Entry
from ..api.secrets import without_passwords
from ..api.wording import cut, shortened, visible
from ..reports.data import entry_data
from .output import OutputError, print_problem, write

MAX_WAITING = 10_000
"""Maximum number of lines that wait for a slow reader. Others are left out."""

END_TIMEOUT = 2.0
"""Seconds for the last lines at the end."""

MAX_ANSWER = 200
"""Maximum number of characters of the answer to a webhook."""

INDENT = " " * 9

GREEN, YELLOW, RED, DIM = 32, 33, 31, 2


Render = Callable[[datetime, Entry], str]
"""Returns the text of an entry that was complete at an instant on the fake's clock."""


class Log:
    """Prints entries of a time line to *stream* as *render* shows them. *now* is the clock."""

    def __init__(self, stream: TextIO | None, render: Render, now: Callable[[], datetime]) -> None:
        self._stream = stream
        self._render = render
        self._now = now
        self._queue: Queue[tuple[datetime, Entry] | None] = Queue(MAX_WAITING)
        self._left_out = 0
        self._thread = Thread(target=self._print_all, name="fake_conversations_log", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def add(self, entry: Entry) -> None:
        """Print an entry soon. Never waits."""
        try:
            self._queue.put_nowait((self._now(), entry))
        except Full:
            self._left_out += 1

    def stop(self) -> None:
        """Print the remaining lines, if the reader is fast enough."""
        if self._thread.is_alive():
            with suppress(Full):
                self._queue.put(None, timeout=END_TIMEOUT)
            self._thread.join(END_TIMEOUT)

    def _print_all(self) -> None:
        with suppress(OutputError):
            while item := self._queue.get():
                write(self._stream, self._render(*item))
                if self._left_out and self._queue.empty():
                    left_out, self._left_out = self._left_out, 0
                    print_problem(f"{left_out} lines of the log left out: its reader is too slow")


def json_renderer(assumptions: Assumptions) -> Render:
    """The renderer of entries as JSON, with the names that the control API uses."""
    return partial(_as_json, assumptions=assumptions)


def text_renderer(stream: TextIO | None, *, prefix: str = "", width: int = 0) -> Render:
    """The renderer of entries for a *stream*. A terminal gets colours and lines of its width.

    *width* is the width of another stream; 0 for no limit.
    """
    is_terminal = bool(stream and stream.isatty())
    width = shutil.get_terminal_size().columns if is_terminal else width
    is_coloured = is_terminal and not os.environ.get("NO_COLOR")
    return partial(_as_text, prefix=prefix, width=width, is_coloured=is_coloured)


def _as_text(now: datetime, entry: Entry, *, prefix: str, width: int, is_coloured: bool) -> str:
    def show(text: str, colour: int) -> str:
        return f"\x1b[{colour}m{text}\x1b[0m" if is_coloured and colour else text

    columns, notes = _described(entry)
    *first, (last, colour) = columns
    if width:
        used = len(prefix) + len(INDENT) + sum(len(text) + 1 for text, _ in first)
        last = cut(shortened(last), width - used)
    columns = [(f"{now:%H:%M:%S}", DIM), *first, (last, colour)]
    line = " ".join(show(*column) for column in columns)
    return "\n".join([f"{prefix}{line}", *(f"{prefix}{INDENT}{show(*each)}" for each in notes)])


Coloured = tuple[str, int]


def _described(entry: Entry) -> tuple[list[Coloured], list[Coloured]]:
    """The columns of the line of an entry, and the notes below it."""
    if isinstance(entry, RecordedRequest):
        milliseconds = f"{entry.duration * 1000:.0f} ms"
        name = entry.operation or "(unknown)"
        columns = _columns(entry.status, milliseconds, entry.method, name, entry.path)
        return columns, [(note, YELLOW) for note in _notes(entry)]
    if isinstance(entry, Delivery):
        url = without_passwords(entry.url)
        columns = _columns(entry.status, "webhook", entry.method, entry.event, url)
        return columns, [*_delivery_notes(entry)]
    return [("   ", 0), (" action", 0), (visible(str(entry)), 0)], []


def _columns(status: int | None, kind: str, method: str, name: str, address: str) -> list[Coloured]:
    return [
        (str(status or "---"), _colour(status)),
        (kind.rjust(7), 0),
        (visible(method)[:6].ljust(6), 0),
        (name.ljust(29), 0),
        (visible(address), 0),
    ]


def _colour(status: int | None) -> int:
    if not status or status >= 500:
        return RED
    return GREEN if status < 400 else YELLOW


def _notes(request: RecordedRequest) -> Iterator[str]:
    if request.reason:
        rule = f" (rule {request.rule})" if request.rule else ""
        yield f"{'refused' if request.refused else 'conflict'}: {request.reason}{rule}"
    for fault in request.faults:
        yield f"fault: {visible(str(fault))}"
    if sentence := ignored_sentence(request):
        yield f"ignored: {sentence}"


def _delivery_notes(delivery: Delivery) -> Iterator[Coloured]:
    if delivery.error:
        yield f"failed: {without_passwords(delivery.outcome)}", RED
    if answer := delivery.answer.strip():
        yield f"answer: {visible(cut(answer, MAX_ANSWER))}", 0
    if delivery.hint:
        yield visible(delivery.hint), YELLOW


BODIES = ("params", "path_params", "headers", "response", "form")
"""Parts of an entry of the control API that its line in the log leaves out."""


def _as_json(now: datetime, entry: Entry, *, assumptions: Assumptions) -> str:
    data = {
        name: value for name, value in entry_data(entry, assumptions).items() if name not in BODIES
    }
    if "answer" in data:
        data["answer"] = cut(data["answer"], MAX_ANSWER)
    return json.dumps({"time": now.isoformat(timespec="milliseconds"), **data})
