"""Requests over raw sockets, and the engine alone, compared with the floor."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from logging import WARNING, getLogger
from statistics import median
from threading import Barrier, Thread
from time import perf_counter

from pytest_httpserver import HTTPServer

from pytest_conversations_fake import FakeConversations
from pytest_conversations_fake.api.world import World

from .engine import request
from .measuring import FLOOR, Row, interleaved, rows
from .subjects import ANSWER, CONVERSATIONS, RawClient, floor_server

CONNECTIONS = 8

getLogger("werkzeug").setLevel(WARNING)  # it logs each request of pytest-httpserver


def latency(requests: int, rounds: int) -> Iterator[Row]:
    """One request at a time over a kept socket, and what the engine takes of it."""
    with ExitStack() as running:
        floor = RawClient(running.enter_context(floor_server()))
        fake = running.enter_context(FakeConversations(redirect=False))
        fake.conversations.add(unique_name="help")
        client = RawClient(fake.url)
        peer = running.enter_context(HTTPServer("127.0.0.1", 0))
        peer.expect_request(CONVERSATIONS).respond_with_json(ANSWER, status=201)
        httpserver = RawClient(peer.url_for("").rstrip("/"))
        calls: dict[str, Callable[[], object]] = {
            FLOOR: lambda: floor.request("POST", CONVERSATIONS, "a=b"),
            "create a service": lambda: client.request("POST", "/v1/Services", "FriendlyName=a"),
            "create a conversation": lambda: client.request("POST", CONVERSATIONS, "Attributes={}"),
            "fetch": lambda: client.request("GET", f"{CONVERSATIONS}/help"),
            "pytest-httpserver": lambda: httpserver.request("POST", CONVERSATIONS, "a=b"),
        }
        figures = _medians(calls, requests, rounds)
        budgets = {"create a service": 2.0, "create a conversation": 1.6, "fetch": 1.5}
        yield from rows("latency, kept raw socket", figures, "µs", budgets=budgets)
        yield from _engine(figures[FLOOR], requests, rounds)
        for each in (floor, client, httpserver):
            each.close()


def _engine(floor: float, requests: int, rounds: int) -> Iterator[Row]:
    world = World("benchmark")

    send = partial(request, world)
    send("POST", CONVERSATIONS, form="UniqueName=help")
    messages = f"{CONVERSATIONS}/help/Messages"
    for _ in range(50):
        send("POST", messages, form="Body=hi")
    calls: dict[str, Callable[[], object]] = {
        "create a service": lambda: send("POST", "/v1/Services", form="FriendlyName=a"),
        "create a conversation": lambda: send("POST", CONVERSATIONS, form="Attributes={}"),
        "create a message": lambda: send("POST", messages, form="Body=hi"),
        "fetch": lambda: send("GET", f"{CONVERSATIONS}/help"),
        "page of 50": lambda: send("GET", messages, query="PageSize=50"),
    }
    budgets = {
        "create a conversation": 0.4,
        "create a message": 0.4,
        "fetch": 0.25,
        "page of 50": 3.0,
    }
    figures = _medians(calls, requests, rounds)
    yield from rows("engine alone", figures, "µs", floor=floor, budgets=budgets)


def throughput(requests: int, rounds: int) -> Iterator[Row]:
    """Requests per second over eight connections, each in a thread of this process."""
    with ExitStack() as running:
        fake = running.enter_context(FakeConversations())
        peer = running.enter_context(HTTPServer("127.0.0.1", 0))
        peer.expect_request(CONVERSATIONS).respond_with_json(ANSWER, status=201)
        urls = {
            FLOOR: running.enter_context(floor_server()),
            "create a conversation": fake.url,
            "pytest-httpserver": peer.url_for("").rstrip("/"),
        }
        figures = interleaved({name: _rate_of(url, requests) for name, url in urls.items()}, rounds)
    budgets = {"create a conversation": 0.35}
    yield from rows("throughput, 8 connections", figures, "1/s", budgets=budgets, is_rate=True)


def _rate_of(url: str, requests: int) -> Callable[[], float]:
    def rate() -> float:
        start = Barrier(CONNECTIONS + 1)

        def send() -> None:
            client = RawClient(url)
            start.wait()
            for _ in range(requests):
                client.request("POST", CONVERSATIONS, "Attributes={}")
            client.close()

        threads = [Thread(target=send) for _ in range(CONNECTIONS)]
        for thread in threads:
            thread.start()
        start.wait()
        began = perf_counter()
        for thread in threads:
            thread.join()
        return CONNECTIONS * requests / (perf_counter() - began)

    return rate


def _medians(
    calls: dict[str, Callable[[], object]], requests: int, rounds: int
) -> dict[str, float]:
    """Microseconds of each call."""

    def microseconds_of(call: Callable[[], object]) -> Callable[[], float]:
        def microseconds() -> float:
            took = []
            for _ in range(requests):
                began = perf_counter()
                call()
                took.append(perf_counter() - began)
            return median(took) * 1e6

        return microseconds

    return interleaved({name: microseconds_of(call) for name, call in calls.items()}, rounds)
