"""The lifecycle of conversations: how time and messages change their states."""

from __future__ import annotations

from datetime import datetime

from ..accounts import Account
from ..request_context import RequestContext
from .conversations import Conversation, publish_state, set_timers


def settle(account: Account, now: datetime) -> None:
    """Apply the timers of an account that are due at *now*, each at its own instant."""
    for instant, sid in account.timers.due(now):
        if conversation := account.store.find(Conversation, sid):
            apply_timers(account, conversation, instant)


def finish_initializing(account: Account) -> None:
    """End the state `initializing` of the conversations of an account."""
    for sid, state in account.pending_states.items():
        conversation = account.store.find(Conversation, sid)
        if conversation and conversation.state == "initializing":
            account.store.change(conversation, state=state)
    account.pending_states.clear()


def apply_timers(account: Account, conversation: Conversation, instant: datetime) -> None:
    """Apply the timers of a conversation that run out at *instant*. Changed timers do not."""
    for state, due in list(conversation.instants()):
        if due != instant or conversation.state == "closed":
            continue
        account.store.change(conversation, _timers_run_out=(*conversation._timers_run_out, state))
        if conversation.state != state:
            before = conversation.state
            account.store.change(conversation, state=state, date_updated=instant)
            publish_state(account, conversation, before, "TIMER", instant)


def reactivate(context: RequestContext, conversation: Conversation) -> None:
    """Make an inactive conversation active because of a new message, and restart its timers."""
    if conversation.state == "inactive":
        context.store.change(conversation, state="active")
        publish_state(context.account, conversation, "inactive", "EVENT", context.now)
    timed = conversation.timers_inactive or conversation.timers_closed
    if timed and context.assumes("timers-by-message", "restarted"):
        context.store.change(conversation, _timers_started=context.now, _timers_run_out=())
        set_timers(context.account, conversation)
