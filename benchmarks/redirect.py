"""What redirection costs: a test that has it, and a new client that is redirected.

Rounds are interleaved, so that whatever else the machine does meets both sides alike. Ratios say
more than milliseconds.
"""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from time import perf_counter

from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from pytest_conversations_fake import FakeConversations
from pytest_conversations_fake.redirect import server_context
from pytest_conversations_fake.server.server import Server

ROUNDS = 200


def measured(*actions: Callable[[], object]) -> list[float]:
    """The median of each action in milliseconds."""
    took: list[list[float]] = [[] for _ in actions]
    for _ in range(ROUNDS):
        for action, times in zip(actions, took):
            began = perf_counter()
            action()
            times.append((perf_counter() - began) * 1000)
    return [median(times) for times in took]


def compare(what: str, redirected: Callable[[], object], explicit: Callable[[], object]) -> None:
    redirected(), explicit()  # certificates are made once, modules imported once
    one, other = measured(redirected, explicit)
    print(f"{what}: {one:.3f} ms, without redirection {other:.3f} ms, x {one / other:.2f}")


def main() -> None:
    server = Server(tls=server_context())

    def test(redirect: bool) -> Callable[[], None]:
        fakes = [FakeConversations(redirect=redirect) for _ in range(ROUNDS + 1)]

        def on_and_off() -> None:
            with fakes.pop()._lifecycle.serve_on(server):
                pass

        return on_and_off

    compare("on and off, one test", test(redirect=True), test(redirect=False))
    with FakeConversations() as fake:

        def call(client: Client) -> None:
            client.conversations.v1.conversations.list()

        def with_address(fake: FakeConversations) -> Client:
            client = Client(http_client=TwilioHttpClient())
            client.conversations.base_url = fake.url
            return client

        kept, kept_with_address = Client(), with_address(fake)
        compare("new client and one call", lambda: call(Client()), lambda: call(with_address(fake)))
        compare(
            "one call of a client that is kept",
            lambda: call(kept),
            lambda: call(kept_with_address),
        )
    server.stop()


if __name__ == "__main__":
    main()
