"""Starts and ends: of the server, of the shell program, and of pytest itself."""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from importlib.metadata import entry_points
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from pytest_conversations_fake import Delay, FakeConversations

from .measuring import FLOOR, Budget, Row, differences, interleaved, rows
from .processes import environment
from .raw import CONVERSATIONS, SERVICES, RawClient

FLOOR_PROGRAM = """
from aiohttp import web
from benchmarks.floor import answer

app = web.Application()
app.router.add_route("*", "/{path:.*}", answer)
web.run_app(app, port=0, host="127.0.0.1", print=lambda text: print(text, flush=True))
"""

PLUGIN = "conversations_fake"

TEARDOWN = {
    "keep-alive connections open": Budget(2, "ms"),
    "slow handler abandoned": Budget(5, "ms"),
}


def teardown(rounds: int) -> Iterator[Row]:
    """Milliseconds of the end of a fake with its own server."""

    def end(prepare: Callable[[FakeConversations], object]) -> Callable[[], float]:
        def milliseconds() -> float:
            with ExitStack() as running:
                fake = running.enter_context(FakeConversations(redirect=False))
                clients = prepare(fake)
                began = perf_counter()
            took = (perf_counter() - began) * 1000
            del clients  # so that its connections stay open until here
            return took

        return milliseconds

    def keep_open(fake: FakeConversations) -> list[RawClient]:
        clients = [RawClient(fake.url) for _ in range(3)]
        for client in clients:
            client.request("POST", CONVERSATIONS, "Attributes={}")
        return clients

    def abandon(fake: FakeConversations) -> None:
        fake.inject(Delay(3))
        client = RawClient(fake.url)
        client.send("POST", CONVERSATIONS, "Attributes={}")
        with fake._world.lock:
            fake._world.lock.wait_for(lambda: bool(fake._world.injections[0].met), 10)
        client.close()

    samples = interleaved(dict(zip(TEARDOWN, (end(keep_open), end(abandon)))), rounds)
    yield from rows("last teardown", samples, "ms", budgets=TEARDOWN)


def serve(rounds: int) -> Iterator[Row]:
    """Milliseconds from the start of a program to its first answer."""
    programs = {
        FLOOR: [sys.executable, "-c", FLOOR_PROGRAM],
        "serve": [sys.executable, "-m", "pytest_conversations_fake", "serve", "--port", "0"],
    }
    samples = interleaved({name: _first_answer(each) for name, each in programs.items()}, rounds)
    yield from rows(
        "program to first answer",
        samples,
        "ms",
        base=samples[FLOOR],
        budgets={"serve": Budget(1.15)},
    )


def _first_answer(command: list[str]) -> Callable[[], float]:
    def milliseconds() -> float:
        began = perf_counter()
        with subprocess.Popen(
            command, env=environment(), stdout=subprocess.PIPE, text=True
        ) as program:
            assert program.stdout
            line = next(line for line in program.stdout if "http://" in line)
            port = "".join(filter(str.isdigit, line.rpartition(":")[2]))
            client = RawClient(f"http://127.0.0.1:{port}")
            client.request("POST", SERVICES, "FriendlyName=a")
            took = perf_counter() - began
            client.close()
            program.terminate()
            program.wait()  # before its stdout closes
        return took * 1000

    return milliseconds


def installed(rounds: int) -> Iterator[Row]:
    """CPU milliseconds that the plugin adds to a suite that does not use it.

    Neither run loads another plugin.
    """
    bare, added = "bare pytest", "added by the plugin"
    plugins = {each.name for each in entry_points(group="pytest11")}
    with TemporaryDirectory() as name:
        suite = Path(name) / "test_empty.py"
        suite.write_text("def test(): pass\n")
        subjects = {
            bare: _cpu_of(suite, without=plugins),
            added: _cpu_of(suite, without=plugins - {PLUGIN}),
        }
        samples = interleaved(subjects, rounds)
    samples[added] = differences(samples[added], samples[bare])
    yield from rows(
        "installed, fixture unused, CPU", samples, "ms", budgets={added: Budget(5, "ms")}
    )


def _cpu_of(suite: Path, *, without: set[str]) -> Callable[[], float]:
    command = [sys.executable, "-m", "pytest", "-q", "-c", "/dev/null", "-p", "no:cacheprovider"]
    command += [*(f"-pno:{name}" for name in sorted(without)), str(suite)]

    def milliseconds() -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(
            command, cwd=suite.parent, capture_output=True, check=True, env=environment()
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return used * 1000

    return milliseconds
