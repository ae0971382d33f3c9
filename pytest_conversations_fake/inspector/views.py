"""Calls of the control API that show the state and the conversations of the fake."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version

from ..api.assumptions import QUESTIONS
from ..api.did_you_mean import unknown
from ..api.resources.conversations import Conversation
from ..api.secrets import without_passwords
from ..reports.conversations import conversation_data, transcript
from ..state.counts import counts
from .control import Control
from .schemas import Json
from .whole_state import get_clock


@cache
def package_version() -> str:
    return version("pytest-conversations-fake")


def get_state(control: Control) -> Json:
    world = control.world
    with world.settled():
        journal, assumptions = world.journal, world.assumptions.answers
        return {
            "name": world.name,
            "version": package_version(),
            "url": world.address,
            "account_sid": world.account.sid,
            "clock": get_clock(control),
            "generation": world.generation,
            "requests": journal.answered,
            "dropped": journal.answered - len(journal),
            "deliveries": len(world.deliveries),
            "errors": len(world.errors),
            "counts": counts(world, world.account),
            "assumptions": {name: QUESTIONS[name][0] for name in QUESTIONS} | {**assumptions},
            "webhook_targets": [
                without_passwords(url) for url in control.fake._dispatcher.public_urls()
            ],
        }


def list_conversations(control: Control, *, limit: int = 50, messages: int = 200) -> Json:
    with control.world.settled():
        shown = transcript(control.world, limit, messages)
    return {"conversations": shown.conversations, "omitted": shown.omitted}


def get_conversation(control: Control, *, sid: str, messages: int = 1000) -> Json:
    with control.world.settled():
        for account in control.world.authenticator.accounts:
            if conversation := account.store.find(Conversation, sid):
                return conversation_data(account, conversation, messages)
        sids = [each.sid for each in control.world.account.store.all(Conversation)]
    raise LookupError(unknown("there is no conversation", sid, sids[-5:]))
