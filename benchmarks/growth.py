"""Costs that may grow: with the number of records and of requests."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable, Iterator
from itertools import count
from time import perf_counter

from pytest_conversations_fake import FakeConversations
from pytest_conversations_fake.api.world import World

from .engine import request
from .measuring import Budget, Row, interleaved, microseconds_of, rows
from .raw import CONVERSATIONS


def scale(small: int, large: int, calls: int, rounds: int) -> Iterator[Row]:
    """The slowdown of the engine with many records."""
    sizes = {size: _calls_at(size) for size in (small, large)}
    subjects = {
        (name, size): microseconds_of(call, calls)
        for name in sizes[small]
        for size, kinds in sizes.items()
        for call in [kinds[name]]
    }
    samples = interleaved(subjects, rounds)
    for name in sizes[small]:
        yield from rows(
            f"{small:,} to {large:,} records",
            {name: samples[name, large]},
            "µs",
            base=samples[name, small],
            budgets={name: Budget(1.5)},
        )


def _calls_at(size: int) -> dict[str, Callable[[], object]]:
    world = World("benchmark")
    sids = [
        request(world, "POST", CONVERSATIONS, form=f"UniqueName=n{number}")
        for number in range(size)
    ]
    last = sids[-60:][0]
    numbers = count(size)
    return {
        "create": lambda: request(
            world, "POST", CONVERSATIONS, form=f"UniqueName=n{next(numbers)}"
        ),
        "fetch": lambda: request(world, "GET", f"{CONVERSATIONS}/n{size // 2}"),
        "last page of 50": lambda: request(
            world, "GET", CONVERSATIONS, query=f"PageToken=PT{last}"
        ),
        "message": lambda: request(world, "POST", f"{CONVERSATIONS}/n0/Messages", form="Body=a"),
    }


def memory(messages: int) -> Iterator[Row]:
    """Kilobytes of a message with its recorded request."""
    world = World("benchmark")
    request(world, "POST", CONVERSATIONS, form="UniqueName=help")
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for number in range(messages):
        request(world, "POST", f"{CONVERSATIONS}/help/Messages", form=f"Body=hello+{number}")
    gc.collect()
    kilobytes = (tracemalloc.get_traced_memory()[0] - before) / messages / 1024
    tracemalloc.stop()
    yield Row("memory", "message and its request", kilobytes, "KB", budget=Budget(3, "KB"))


def explanation(requests: int, rounds: int) -> Iterator[Row]:
    """Seconds to explain a failed assertion among many requests."""
    fake = FakeConversations()
    world = fake._world
    with world.lock:
        request(world, "POST", CONVERSATIONS, form="UniqueName=help")
        for number in range(requests):
            text = f"hello+{number}" * 5
            request(world, "POST", f"{CONVERSATIONS}/help/Messages", form=f"Body={text}")

    def seconds() -> float:
        began = perf_counter()
        try:
            fake.messages.assert_created(body="hallo")
        except AssertionError:
            return perf_counter() - began
        raise RuntimeError("the assertion of the benchmark passed")

    name = f"among {requests:,} requests"
    samples = interleaved({name: seconds}, rounds)
    yield from rows("explain a failure", samples, "s", budgets={name: Budget(0.1, "s")})
