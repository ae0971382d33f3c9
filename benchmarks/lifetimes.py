"""Starts and ends: of a fake, of the last server, of the shell program, and of pytest itself."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from threading import Thread
from time import perf_counter

from pytest_conversations_fake import Delay, FakeConversations

from .measuring import FLOOR, Row, interleaved, rows
from .subjects import CONVERSATIONS, RawClient

FLOOR_PROGRAM = """
from aiohttp import web
from benchmarks.subjects import _answer

app = web.Application()
app.router.add_route("*", "/{path:.*}", _answer)
web.run_app(app, port=0, host="127.0.0.1", print=lambda text: print(text, flush=True))
"""


def teardown(rounds: int) -> Iterator[Row]:
    """Milliseconds of the end of a fake with its own server; the budgets are 5 and 60."""

    def end(prepare: Callable[[FakeConversations], object]) -> Callable[[], float]:
        def milliseconds() -> float:
            fake = FakeConversations(redirect=False)
            with ExitStack() as running:
                running.enter_context(fake)
                prepare(fake)
                ending = running.pop_all()
            began = perf_counter()
            ending.close()
            return (perf_counter() - began) * 1000

        return milliseconds

    def keep_open(fake: FakeConversations) -> None:
        for _ in range(3):
            RawClient(fake.url).request("POST", CONVERSATIONS, "Attributes={}")

    def abandon(fake: FakeConversations) -> None:
        fake.inject(Delay(3))
        client = RawClient(fake.url)

        def send() -> None:
            with suppress(OSError):
                client.request("POST", CONVERSATIONS, "Attributes={}")

        Thread(target=send, daemon=True).start()
        with fake._world.lock:
            fake._world.lock.wait_for(lambda: bool(fake._world.injections[0].met), 1)

    limits = {"keep-alive connections open": 5.0, "slow handler abandoned": 60.0}
    figures = interleaved(
        {
            "keep-alive connections open": end(keep_open),
            "slow handler abandoned": end(abandon),
        },
        rounds,
    )
    for name, value in figures.items():
        yield Row("last teardown", name, value, "ms", value / limits[name], 1.0)


def serve(rounds: int) -> Iterator[Row]:
    """Milliseconds from the start of a program to its first answer."""
    programs = {
        FLOOR: [sys.executable, "-c", FLOOR_PROGRAM],
        "serve": [sys.executable, "-m", "pytest_conversations_fake", "serve", "--port", "0"],
    }
    figures = interleaved({name: _first_answer(each) for name, each in programs.items()}, rounds)
    yield from rows("program to first answer", figures, "ms", budgets={"serve": 1.15})


def _first_answer(command: list[str]) -> Callable[[], float]:
    def milliseconds() -> float:
        began = perf_counter()
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
            assert program.stdout
            line = next(line for line in program.stdout if "http://" in line)
            port = "".join(filter(str.isdigit, line.rpartition(":")[2]))
            RawClient(f"http://127.0.0.1:{port}").request("POST", "/v1/Services", "FriendlyName=a")
            took = perf_counter() - began
            program.terminate()
            program.wait()  # before its stdout closes
        return took * 1000

    return milliseconds


def installed(rounds: int) -> Iterator[Row]:
    """CPU milliseconds that the unused plugin adds to a run of pytest; the budget is 8."""
    bare = [sys.executable, "-m", "pytest", "--version", "-p", "no:conversations_fake"]
    with_plugin = [sys.executable, "-m", "pytest", "--version"]
    command = {"bare pytest": bare, "with the plugin": with_plugin}
    figures = interleaved({name: _cpu_of(each) for name, each in command.items()}, rounds)
    added = figures["with the plugin"] - figures["bare pytest"]
    yield Row("installed, fixture unused", "added CPU", added, "ms", added / 8, 1.0)


def _cpu_of(command: list[str]) -> Callable[[], float]:
    import resource

    def milliseconds() -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, capture_output=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return used * 1000

    return milliseconds
