"""Requests over raw sockets, and the engine alone, compared with the floor."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from threading import Barrier, Thread
from time import perf_counter

from pytest_conversations_fake import FakeConversations
from pytest_conversations_fake.api.world import World

from .engine import request
from .floor import floor_server
from .measuring import FLOOR, Budget, Row, interleaved, microseconds_of, rows
from .peers import servers
from .raw import CONVERSATIONS, SERVICES, RawClient

CONNECTIONS = 8
Calls = dict[str, Callable[[], object]]

SOCKET = "latency, kept raw socket"
ENGINE = "engine alone"
BUDGETS = {
    SOCKET: {
        "create a service": Budget(2),
        "create a conversation": Budget(1.6),
        "fetch": Budget(1.5),
    },
    ENGINE: {
        "create a conversation": Budget(0.4),
        "create a message": Budget(0.4),
        "fetch": Budget(0.25),
        "page of 50 messages": Budget(3),
    },
}


def latency(requests: int, rounds: int) -> Iterator[Row]:
    """One request at a time over a kept socket, and the part of the engine in it."""
    with ExitStack() as running:
        fake = running.enter_context(FakeConversations(redirect=False))
        fake.conversations.add(unique_name="help")
        own = RawClient(fake.url)
        floor = RawClient(running.enter_context(floor_server()))
        peers = {
            name: RawClient(running.enter_context(start())) for name, start in servers().items()
        }
        create = ("POST", CONVERSATIONS, "Attributes={}")
        calls: dict[str, Calls] = {
            SOCKET: {
                FLOOR: partial(floor.request, *create),
                "create a service": partial(own.request, "POST", SERVICES, "FriendlyName=a"),
                "create a conversation": partial(own.request, *create),
                "fetch": partial(own.request, "GET", f"{CONVERSATIONS}/help"),
                **{name: partial(peer.request, *create) for name, peer in peers.items()},
            },
            ENGINE: _engine(),
        }
        subjects = {
            (measure, name): microseconds_of(call, requests)
            for measure, group in calls.items()
            for name, call in group.items()
        }
        samples = interleaved(subjects, rounds)
        for client in (floor, own, *peers.values()):
            client.close()
    for measure, group in calls.items():
        figures = {name: samples[measure, name] for name in group}
        base = samples[SOCKET, FLOOR]
        yield from rows(measure, figures, "µs", base=base, budgets=BUDGETS[measure])


def _engine() -> Calls:
    send = partial(request, World("benchmark"))
    send("POST", CONVERSATIONS, form="UniqueName=help")
    messages = f"{CONVERSATIONS}/help/Messages"
    for _ in range(50):
        send("POST", messages, form="Body=hi")
    return {
        "create a service": lambda: send("POST", SERVICES, form="FriendlyName=a"),
        "create a conversation": lambda: send("POST", CONVERSATIONS, form="Attributes={}"),
        "create a message": lambda: send("POST", messages, form="Body=hi"),
        "fetch": lambda: send("GET", f"{CONVERSATIONS}/help"),
        "page of 50 messages": lambda: send("GET", messages, query="PageSize=50"),
    }


def throughput(requests: int, rounds: int) -> Iterator[Row]:
    """Requests per second over eight connections, each in a thread of this process."""
    name = "create a conversation"
    with ExitStack() as running:
        urls = {
            FLOOR: running.enter_context(floor_server()),
            name: running.enter_context(FakeConversations()).url,
            **{peer: running.enter_context(start()) for peer, start in servers().items()},
        }
        samples = interleaved({each: _rate_of(url, requests) for each, url in urls.items()}, rounds)
    measure = "throughput, 8 connections"
    base = samples[FLOOR]
    yield from rows(measure, samples, "1/s", base=base, budgets={name: Budget(0.35, at_least=True)})
    best = [max(figures) for figures in zip(*(samples[peer] for peer in servers()))]
    ahead = {f"{name}, to the best peer": samples[name]}
    budgets = dict.fromkeys(ahead, Budget(1, at_least=True))
    yield from rows("throughput, beside peers", ahead, "1/s", base=best, budgets=budgets)


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
