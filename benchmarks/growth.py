"""Costs that may grow: with the number of records, of requests, and of tests."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable, Iterator
from statistics import median
from time import perf_counter

from pytest_conversations_fake import FakeConversations
from pytest_conversations_fake.api.world import World

from .engine import request
from .measuring import Row
from .subjects import CONVERSATIONS


def scale(small: int, large: int, calls: int) -> Iterator[Row]:
    """The slowdown of the engine with many records."""
    figures = {size: _at_size(size, calls) for size in (small, large)}
    for name, value in figures[large].items():
        ratio = value / figures[small][name]
        yield Row(f"{small:,} to {large:,} records", name, value, "µs", ratio, 1.5)


def _at_size(size: int, calls: int) -> dict[str, float]:
    world = World("benchmark")
    sids = [
        request(world, "POST", CONVERSATIONS, form=f"UniqueName=n{number}")
        for number in range(size)
    ]
    kinds: dict[str, Callable[[int], object]] = {
        "create": lambda n: request(world, "POST", CONVERSATIONS, form=f"UniqueName=x{n}"),
        "fetch": lambda n: request(world, "GET", f"{CONVERSATIONS}/n{n}"),
        "last page of 50": lambda n: request(
            world, "GET", CONVERSATIONS, query=f"PageToken=PT{sids[-60:][0]}"
        ),
        "message": lambda n: request(world, "POST", f"{CONVERSATIONS}/n0/Messages", form="Body=a"),
    }
    return {name: median(_timed(call, n) for n in range(calls)) for name, call in kinds.items()}


def _timed(call: Callable[[int], object], number: int) -> float:
    began = perf_counter()
    call(number)
    return (perf_counter() - began) * 1e6


def memory(messages: int) -> Iterator[Row]:
    """Bytes of a message with its recorded request."""
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
    yield Row("memory", "a message and its request", kilobytes, "KB", kilobytes / 3, 1.0)


def explanation(requests: int) -> Iterator[Row]:
    """Seconds to explain a failed assertion among many requests."""
    fake = FakeConversations()
    world = fake._world
    with world.lock:
        request(world, "POST", CONVERSATIONS, form="UniqueName=help")
        for number in range(requests):
            text = f"hello+{number}" * 5
            request(world, "POST", f"{CONVERSATIONS}/help/Messages", form=f"Body={text}")
    began = perf_counter()
    try:
        fake.messages.assert_created(body="hallo")
    except AssertionError:
        took = perf_counter() - began
    yield Row("explain a failure", f"among {requests:,} requests", took, "s", took / 0.3, 1.0)
