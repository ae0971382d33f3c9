"""Generated tests of random sessions: they pass in another fake, and do not differ between runs."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from random import Random
from typing import Any

import pytest
from twilio.base.exceptions import TwilioException

from pytest_conversations_fake import FakeConversations, RateLimited

pytestmark = pytest.mark.newest

NUMBER = "+15550199"
EVENTS = [
    "onConversationAdded",
    "onConversationRemoved",
    "onConversationStateUpdated",
    "onMessageAdded",
    "onParticipantAdded",
]

Call = Callable[[FakeConversations, Any], object]
"""A call of the code under test, which gets a client of twilio-python, or an action."""


def answer(environ: object, start: Callable[..., Any]) -> list[bytes]:
    start("200 OK", [])
    return []


def pick(records: Any, number: int) -> Any:
    """One of the records. Raises `LookupError` if there is none."""
    every = [*records]
    if not every:
        raise LookupError
    return every[number % len(every)]


def random_call(chance: Random) -> Call:
    number, text = chance.randrange(1000), chance.choice(["a", 'b"', "{c}\n", "é"])
    hooks = chance.choice([{}, {"x_twilio_webhook_enabled": "true"}])
    name = f"{text}{number % 5}"
    phone = {
        "messaging_binding_address": f"+1555010{number % 10}",
        "messaging_binding_proxy_address": NUMBER,
    }

    def talk(fake: FakeConversations, client: Any) -> Any:
        return client.conversations(pick(fake.conversations, number).sid)

    def person(fake: FakeConversations, client: Any) -> Any:
        record = pick(fake.participants, number)
        return client.conversations(record.conversation_sid).participants(record.sid)

    calls: list[Call] = [
        lambda fake, client: client.conversations.create(unique_name=name, **hooks),
        lambda fake, client: client.conversations.create(friendly_name=text, **hooks),
        lambda fake, client: client.services.create(friendly_name=text),
        lambda fake, client: client.conversations.list(page_size=2),
        lambda fake, client: client.conversations("missing").fetch(),
        lambda fake, client: talk(fake, client).fetch(),
        lambda fake, client: talk(fake, client).delete(**hooks),
        lambda fake, client: talk(fake, client).update(friendly_name=text, **hooks),
        lambda fake, client: talk(fake, client).update(state="closed", **hooks),
        lambda fake, client: talk(fake, client).participants.create(**phone, **hooks),
        lambda fake, client: talk(fake, client).participants.create(identity=f"u{number % 4}"),
        lambda fake, client: talk(fake, client).messages.create(body=text, author="desk", **hooks),
        lambda fake, client: talk(fake, client).messages.create(
            body=f"see {pick(fake.conversations, number + 1).sid}", author="desk"
        ),
        lambda fake, client: person(fake, client).delete(**hooks),
    ]
    return chance.choice(calls)


def random_action(chance: Random) -> Call:
    number, text = chance.randrange(1000), chance.choice(["hi", '"hey"\n', "\u202e"])

    def phone(fake: FakeConversations) -> Any:
        return fake.handset(f"+1555010{number % 10}")

    def user(fake: FakeConversations) -> Any:
        return fake.chat_user(f"u{number % 4}")

    seed = {
        "unique_name": f"seed-{number}",
        "participants": [{"identity": "u1"}],
        "messages": [{"body": text, "author": "u1"}],
    }
    actions: list[Call] = [
        lambda fake, client: phone(fake).send(text, to=NUMBER),
        lambda fake, client: phone(fake).report_status("delivered"),
        lambda fake, client: user(fake).join(pick(fake.conversations, number)),
        lambda fake, client: user(fake).send(text, to=pick(fake.conversations, number)),
        lambda fake, client: user(fake).read(pick(fake.conversations, number)),
        lambda fake, client: fake.clock.shift(hours=number % 30),
        lambda fake, client: fake.conversations.add(friendly_name=text),
        lambda fake, client: fake.conversations.add(timers_closed="P1D"),
        lambda fake, client: fake.load({"conversations": [seed]}),
        lambda fake, client: fake.inject(RateLimited(), on="CreateConversation", times=1),
    ]
    return chance.choice(actions)


def attempt(call: Call, fake: FakeConversations, client: Any) -> None:
    with suppress(TwilioException, LookupError, ValueError):
        call(fake, client)
    fake.settle()


def record(seed: int, name: str) -> tuple[str, list[list[Call]]]:
    """The generated test of a random session, and the calls of the code under test in it.

    Consecutive calls that send requests are in one list.
    """
    chance = Random(seed)
    calls: list[list[Call]] = [[]]
    with FakeConversations(name=name, tolerate=["unmet-fault"]) as fake:
        client = fake.twilio_client().conversations.v1
        fake.webhooks.deliver_to(answer, public_url="https://desk.example", events=EVENTS)
        fake.address_configurations.add(type="sms", address=NUMBER, auto_creation_enabled=True)
        for _ in range(chance.randrange(3, 25)):
            is_call = chance.random() < 0.6
            call = random_call(chance) if is_call else random_action(chance)
            requests, actions = len(fake.requests), len(fake.report().actions)
            attempt(call, fake, client)
            if len(fake.requests) > requests:
                calls[-1].append(call)
            elif len(fake.report().actions) > actions and calls[-1]:
                calls.append([])
        return fake.report().as_test(), [each for each in calls if each]


@pytest.mark.parametrize("seed", range(15))
def test_random_session_is_repeated(seed: int) -> None:
    test, calls = record(seed, "one")
    assert record(seed, "two")[0] == test
    fake = FakeConversations(name="three", tolerate=["unmet-fault"])
    remaining = iter(calls)

    def call_code() -> None:
        for call in next(remaining):
            attempt(call, fake, fake.twilio_client().conversations.v1)

    filled = re.sub("raise NotImplementedError", "call_code()", test)
    filled = filled.replace("application = NotImplemented", "application = answer")
    namespace: dict[str, Any] = {"call_code": call_code, "answer": answer}
    exec(filled, namespace)
    with fake:
        namespace["test_recorded_session"](fake)

    assert not [*remaining]
