"""How much slower the fake is when it holds a lot: `python benchmarks/scale.py`.

Each figure is the median of many calls of the engine, without a socket; the last column is what
fifty thousand records cost as compared with a thousand.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from statistics import median
from time import perf_counter

from pytest_conversations_fake.api.engine import answer
from pytest_conversations_fake.api.journal import Request
from pytest_conversations_fake.api.world import World

SIZES = (1_000, 10_000, 50_000)
ROUNDS = 200


def measure(size: int) -> dict[str, float]:
    """Microseconds of each kind of request in a service of *size* conversations."""
    world = World("benchmark")
    basic = b64encode(f"{world.account.sid}:{world.account.auth_token}".encode()).decode()
    headers = {
        "authorization": f"Basic {basic}",
        "content-type": "application/x-www-form-urlencoded",
    }

    def ask(method: str, path: str, query: str = "", body: str = "") -> dict[str, object]:
        entry = world.journal.open(Request(method, path, query, headers, "http://127.0.0.1"))
        steps = answer(world, entry)
        next(steps)
        try:
            steps.send(body.encode())
        except StopIteration as done:
            world.journal.close(entry, done.value, 0)
        return dict(world.journal[-1].response or {})

    for number in range(size):
        ask("POST", "/v1/Conversations", body=f"UniqueName=n{number}")
    token = f"PT{ask('GET', f'/v1/Conversations/n{size - 60}')['sid']}"
    kinds: dict[str, Callable[[int], object]] = {
        "create": lambda n: ask("POST", "/v1/Conversations", body=f"UniqueName=x{n}"),
        "fetch": lambda n: ask("GET", f"/v1/Conversations/n{n}"),
        "update": lambda n: ask("POST", f"/v1/Conversations/n{n}", body="FriendlyName=x"),
        "last page of 50": lambda n: ask("GET", "/v1/Conversations", f"PageToken={token}"),
        "delete": lambda n: ask("DELETE", f"/v1/Conversations/n{n}"),
    }
    return {
        kind: median(timed(call, number) for number in range(ROUNDS))
        for kind, call in kinds.items()
    }


def timed(call: Callable[[int], object], number: int) -> float:
    start = perf_counter()
    call(number)
    return (perf_counter() - start) * 1e6


def main() -> None:
    found = {size: measure(size) for size in SIZES}
    print("microseconds".ljust(18), *(f"{size:>9,}" for size in SIZES), "    ratio")
    for kind in found[SIZES[0]]:
        figures = [found[size][kind] for size in SIZES]
        row = "".join(f"{figure:10.0f}" for figure in figures)
        print(kind.ljust(18) + row + f"{figures[-1] / figures[0]:10.2f}")


if __name__ == "__main__":
    main()
