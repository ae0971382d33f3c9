"""Messages with and without a signed delivery to an ASGI application in the process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from time import perf_counter
from typing import Any

from pytest_conversations_fake import FakeConversations

from .measuring import Budget, Row, interleaved, rows

URL = "https://desk.example/twilio"


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Answer every webhook with 204. An application without a lifespan raises, by ASGI's rules."""
    if scope["type"] != "http":
        raise ValueError(f"no support for {scope['type']}")
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body"})


def webhooks(messages: int, rounds: int) -> Iterator[Row]:
    """Messages per second until all is delivered; the ratio is to the rate without webhooks."""

    def rate(*, delivers: bool) -> Callable[[], float]:
        def messages_per_second() -> float:
            with FakeConversations(redirect=False) as fake:
                if delivers:
                    fake.webhooks.deliver_to(application, public_url=URL, events=["onMessageAdded"])
                talk = fake.conversations.add()
                user = fake.chat_user("ada")
                user.join(talk)
                began = perf_counter()
                for _ in range(messages):
                    user.send("hi", to=talk)
                fake.settle(within=60)
                return messages / (perf_counter() - began)

        return messages_per_second

    samples = interleaved(
        {"without": rate(delivers=False), "a delivery each": rate(delivers=True)}, rounds
    )
    yield from rows(
        "messages with webhooks",
        samples,
        "1/s",
        base=samples["without"],
        budgets={"a delivery each": Budget(0.5, at_least=True)},
    )
