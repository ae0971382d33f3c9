"""Records of a file on their way into the store: by the rules, or as they were."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from ..api.records import Record
from ..api.request_context import Call
from ..api.resource import Resource
from ..api.resources.conversation_lifecycle import set_timers
from ..api.resources.conversations import Conversation, conversations
from ..api.resources.messages import Message
from ..api.resources.participants import Participant, participants
from ..api.resources.receipts import Receipt, receipts
from ..api.resources.services import services
from ..api.world import World
from .shape import shape


@contextmanager
def put(resource: Resource[Any], call: Call, *, as_it_was: bool) -> Iterator[Record]:
    """A new record, which is finished when all below it is there."""
    _check_is_new(resource, call)
    if resource is conversations:
        with _filled(call, as_it_was=as_it_was) as conversation:
            yield conversation
    elif as_it_was and resource is not services:  # which come with all that a service has
        yield _as_it_was(resource, call)
    else:
        yield resource.create(call)


def _check_is_new(resource: Resource[Any], call: Call) -> None:
    sid, index = call.facts.get("sid"), call.facts.get("index")
    if sid and call.store.find(resource.record, sid):
        raise ValueError(f"there is {shape(resource).name} {sid} already")
    if index is not None:
        following = call.store.get(Conversation, call.parent_sid)._next_index
        if index < following:
            raise ValueError(f"the index of this message is at least {following}, not {index}")


# What a conversation gets last, as messages in it would change it
LAST = ("state", "date_updated", "_next_index", "_timers_since", "_ran_out")


@contextmanager
def _filled(call: Call, *, as_it_was: bool) -> Iterator[Conversation]:
    """A conversation that is active while it is filled; below a closed one Twilio takes nothing."""
    params, facts = dict(call.params), dict(call.facts)
    last = {name: facts.pop(name) for name in LAST if name in facts}
    state = params.pop("state", "active")
    call = replace(call, params=params, facts=facts)
    made = _as_it_was(conversations, call) if as_it_was else conversations.create(call)
    since = made._timers_since
    yield made
    if as_it_was:
        last = {"_timers_since": since, "state": state, **last}
    elif state != "active":
        dated = {name: params[name] for name in ("date_updated",) if name in params}
        conversations.update(call.at(*call.parents, state=state, **dated), made)
    last["_next_index"] = max(made._next_index, last.get("_next_index", 0))
    call.store.change(made, **last)
    set_timers(call.account, made)


def _as_it_was(resource: Resource[Any], call: Call) -> Any:
    """A record that was there before, and what it can not be without."""
    call = replace(call, facts={**call.params, **call.facts})
    record = resource.made(call, resource.sent(call))
    for key in record.keys():  # noqa: SIM118 - not a mapping
        if call.store.find_by(type(record), *key):
            raise ValueError(f"there is {shape(resource).name} {key[-1]!r} already")
    call.store.add(record)
    match record:
        case Participant():
            participants.known(call, record)
        case Message():
            conversation = call.store.get(Conversation, record.conversation_sid)
            call.store.change(conversation, _next_index=record.index + 1)
        case Receipt():
            call.store.change(call.parents[-1], delivery=receipts.summary(call))
    return record


@contextmanager
def unless_it_fails(world: World) -> Iterator[None]:
    """Let there be all that is made in the `with` statement or, if it raises, nothing of it."""
    put_back = world.save()
    try:
        yield
    except BaseException:
        put_back()
        raise
