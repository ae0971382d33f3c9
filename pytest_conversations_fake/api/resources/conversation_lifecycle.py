"""States: what time, messages and requests make of a conversation, and who is told."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from ..events import Event
from ..request_context import RequestContext

if TYPE_CHECKING:
    from ..accounts import Account
    from .conversations import Conversation


def set_timers(account: Account, conversation: Conversation) -> None:
    """See to it that a conversation is looked at when one of its timers runs out."""
    for _, instant in conversation.instants():
        account.timers.put(instant, conversation.sid)


def run_out(account: Account, conversation: Conversation, instant: datetime) -> None:
    """Let happen what a timer says that runs out at *instant*, if there still is one."""
    for state, due in list(conversation.instants()):
        if due != instant or conversation.state == "closed":
            continue
        account.store.change(conversation, _ran_out=(*conversation._ran_out, state))
        if conversation.state != state:
            before = conversation.state
            account.store.change(conversation, state=state, date_updated=instant)
            publish_state(account, conversation, before, "TIMER", instant)


def wake(context: RequestContext, conversation: Conversation) -> None:
    """What a new message does: an inactive conversation is active, and its timers start again."""
    if conversation.state == "inactive":
        context.store.change(conversation, state="active")
        publish_state(context.account, conversation, "inactive", "EVENT", context.now)
    if context.assumes("timers-by-message", "restarted"):
        context.store.change(conversation, _timers_since=context.now, _ran_out=())
        set_timers(context.account, conversation)


# What webhooks are told of another state
STATE_UPDATED = (
    "conversation_sid",
    "chat_service_sid",
    "state_from",
    "state_to",
    "state_updated",
    "reason",
)


def publish_state(
    account: Account, conversation: Conversation, before: str, reason: str, instant: datetime
) -> None:
    """Tell webhooks of another state, and whether a request, a message or a timer made it so."""
    if conversation.state != before:
        sids = conversation.sid, conversation.chat_service_sid
        params = dict(zip(STATE_UPDATED, (*sids, before, conversation.state, instant, reason)))
        account.publish(Event(name="onConversationStateUpdated", params=params, source="API"))
