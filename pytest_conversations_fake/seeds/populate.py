"""Populating: an invented help desk and its conversations of the last two weeks."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from ..api.accounts import Account
from ..api.checks import check_number
from ..api.refusals import refusals_are_errors
from ..api.resources.users import User
from ..api.world import World
from .help_desk import HelpDesk
from .personas import Personas

PERIOD = timedelta(days=14)

# The channels of conversations in turn, and their states from the oldest to the newest
CHANNELS = ("chat", "sms", "chat", "whatsapp")
STATES = ("closed",) * 4 + ("inactive",) * 2 + ("active",) * 4


def populate(
    world: World, account: Account, conversations: int, messages: int, locale: str
) -> None:
    """Add *conversations* with so many *messages* in total to an *account*, or nothing.

    Raises `TypeError`, `ValueError` and `ModuleNotFoundError`.
    """
    __tracebackhide__ = True
    check_number("conversations", conversations)
    check_number("messages", messages)
    if messages and not conversations:
        raise ValueError(f"{messages} messages need at least one conversation")
    with world.transaction(), refusals_are_errors():
        personas = Personas(locale, start=str(len(account.store.all(User))))
        desk = HelpDesk(world, account, personas, PERIOD)
        _populate(desk, personas, conversations, messages)


def _populate(desk: HelpDesk, personas: Personas, conversations: int, messages: int) -> None:
    agents = [desk.add_user(desk.opened, "agent") for _ in range(2 + min(conversations // 8, 6))]
    for number, begins, pauses in _plan(desk, personas.chance, conversations, messages):
        desk.add_conversation(
            begins,
            pauses,
            agent=personas.chance.choice(agents),
            channel=CHANNELS[number % len(CHANNELS)],
            state=STATES[number * len(STATES) // conversations],
        )
    desk.fail_one_receipt()


def _plan(
    desk: HelpDesk, chance: Any, conversations: int, messages: int
) -> list[tuple[int, datetime, list[timedelta]]]:
    """The number and start of each conversation, and the pauses between its messages.

    All of them end before now.
    """
    lengths = [0] * conversations
    for _ in range(messages):
        lengths[chance.randrange(conversations)] += 1
    plan = []
    for number, length in enumerate(lengths):
        pauses = [timedelta(seconds=chance.randint(20, 900)) for _ in range(length)]
        begins = desk.opened + PERIOD * (number + 1) / (conversations + 1)
        latest = desk.now - sum(pauses, timedelta(hours=1))
        plan.append((min(begins, latest).replace(microsecond=0), pauses))
    return [(number, *each) for number, each in enumerate(sorted(plan, key=lambda each: each[0]))]
