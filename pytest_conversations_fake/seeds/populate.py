"""Believable worlds: a help desk, and what people talked about with it in the last days."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from ..api.accounts import Account
from ..api.checks import check_number
from ..api.refusals import refusals_are_errors
from ..api.resources.users import User
from ..api.world import World
from .desk import Desk
from .people import People
from .restoring import unless_it_fails

DAYS = timedelta(days=14)

# How customers reach the desk, one after the other, and what became of it, the oldest first
CHANNELS = ("chat", "sms", "chat", "whatsapp")
STATES = ("closed",) * 4 + ("inactive",) * 2 + ("active",) * 4


def populate(
    world: World, account: Account, conversations: int, messages: int, locale: str
) -> None:
    __tracebackhide__ = True
    check_number("conversations", conversations)
    check_number("messages", messages)
    if messages and not conversations:
        raise ValueError(f"{messages} messages need at least one conversation to be in")
    with world.settled():
        people = People(locale, start=str(len(account.store.all(User))))
        with unless_it_fails(world), refusals_are_errors():
            _populate(Desk(world, account, people, DAYS), people, conversations, messages)


def _populate(desk: Desk, people: People, conversations: int, messages: int) -> None:
    agents = [desk.user(desk.opened, "agent") for _ in range(2 + min(conversations // 8, 6))]
    for number, begins, pauses in _plan(desk, people.chance, conversations, messages):
        desk.talk(
            begins,
            pauses,
            agent=people.chance.choice(agents),
            by=CHANNELS[number % len(CHANNELS)],
            state=STATES[number * len(STATES) // conversations],
        )
    desk.let_one_fail()


def _plan(
    desk: Desk, chance: Any, conversations: int, messages: int
) -> list[tuple[int, datetime, list[timedelta]]]:
    """Which conversation begins when, and how long people take to write; nothing ends too late."""
    lengths = [0] * conversations
    for _ in range(messages):
        lengths[chance.randrange(conversations)] += 1
    plan = []
    for number, length in enumerate(lengths):
        pauses = [timedelta(seconds=chance.randint(20, 900)) for _ in range(length)]
        begins = desk.opened + DAYS * (number + 1) / (conversations + 1)
        latest = desk.now - sum(pauses, timedelta(hours=1))
        plan.append((min(begins, latest).replace(microsecond=0), pauses))
    return [(number, *each) for number, each in enumerate(sorted(plan, key=lambda each: each[0]))]
