"""What may never end, and what interrupts it."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator

import pytest

from pytest_conversations_fake.sweep.limit import ends_within


def test_what_ends_in_time_is_left_alone() -> None:
    assert ends_within(10, lambda: None)
    with pytest.raises(KeyError):
        ends_within(10, lambda: {}["x"])


@pytest.mark.parametrize("thread", ["main", "another"])
def test_a_loop_is_interrupted_in_any_thread(thread: str) -> None:
    ended: list[bool] = []

    def spin() -> None:
        while True:
            threading.Event().wait(0.01)

    def run() -> None:
        ended.append(ends_within(0.1, spin))

    if thread == "main":
        run()
    else:
        worker = threading.Thread(target=run)
        worker.start()
        worker.join(10)

    assert [False] == ended


def test_a_loop_that_gets_over_it_is_interrupted_again() -> None:
    attempts = []

    def stubborn() -> None:
        while len(attempts) < 2:
            try:
                while True:
                    threading.Event().wait(0.01)
            except BaseException:
                attempts.append(time.monotonic())
                if len(attempts) == 2:
                    raise

    assert not ends_within(0.1, stubborn)
    assert 2 == len(attempts)


@pytest.fixture
def control_c() -> Iterator[None]:
    """As in a terminal; what a shell runs in the background ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("control_c")
def test_control_c_remains_what_it_is() -> None:
    with pytest.raises(KeyboardInterrupt):
        ends_within(10, lambda: signal.raise_signal(signal.SIGINT))


def test_a_limit_that_comes_at_the_very_end_interrupts_nothing_else() -> None:
    for number in range(300):
        ends_within(number / 100_000, lambda: sum(range(5_000)))
