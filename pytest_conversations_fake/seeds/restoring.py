"""Records of a file on their way into the store: by the rules, or as they were."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from ..api.records import Record
from ..api.request_context import RequestContext
from ..api.resource import Resource
from ..api.resources.conversations import Conversation, conversations, set_timers
from ..api.resources.messages import Message
from ..api.resources.participants import Participant, participants
from ..api.resources.receipts import Receipt, receipts
from ..api.resources.services import services
from ..api.world import World
from .shape import shape


@contextmanager
def put(resource: Resource[Any], context: RequestContext, *, as_it_was: bool) -> Iterator[Record]:
    """A new record, which is finished when all below it is there."""
    _check_is_new(resource, context)
    if resource is conversations:
        with _filled(context, as_it_was=as_it_was) as conversation:
            yield conversation
    elif as_it_was and resource is not services:  # which come with all that a service has
        yield _as_it_was(resource, context)
    else:
        yield resource.create(context)


def _check_is_new(resource: Resource[Any], context: RequestContext) -> None:
    sid, index = context.facts.get("sid"), context.facts.get("index")
    if sid and context.store.find(resource.record, sid):
        raise ValueError(f"there is {shape(resource).name} {sid} already")
    if index is not None:
        following = context.store.get(Conversation, context.parent_sid)._next_index
        if index < following:
            raise ValueError(f"the index of this message is at least {following}, not {index}")


# What a conversation gets last, as messages in it would change it
LAST = ("state", "date_updated", "_next_index", "_timers_since", "_ran_out")


@contextmanager
def _filled(context: RequestContext, *, as_it_was: bool) -> Iterator[Conversation]:
    """A conversation that is active while it is filled; below a closed one Twilio takes nothing."""
    params, facts = dict(context.params), dict(context.facts)
    last = {name: facts.pop(name) for name in LAST if name in facts}
    state = params.pop("state", "active")
    context = replace(context, params=params, facts=facts)
    made = _as_it_was(conversations, context) if as_it_was else conversations.create(context)
    since = made._timers_since
    yield made
    if as_it_was:
        last = {"_timers_since": since, "state": state, **last}
    elif state != "active":
        dated = {name: params[name] for name in ("date_updated",) if name in params}
        conversations.update(context.at(*context.parents, state=state, **dated), made)
    last["_next_index"] = max(made._next_index, last.get("_next_index", 0))
    context.store.change(made, **last)
    set_timers(context.account, made)


def _as_it_was(resource: Resource[Any], context: RequestContext) -> Any:
    """A record that was there before, and what it can not be without."""
    context = replace(context, facts={**context.params, **context.facts})
    record = resource.build_unchecked(context, resource.attributes_from(context))
    for key in record.keys():  # noqa: SIM118 - not a mapping
        if context.store.find_by(type(record), *key):
            raise ValueError(f"there is {shape(resource).name} {key[-1]!r} already")
    context.store.add(record)
    match record:
        case Participant():
            participants.known(context, record)
        case Message():
            conversation = context.store.get(Conversation, record.conversation_sid)
            context.store.change(conversation, _next_index=record.index + 1)
        case Receipt():
            context.store.change(context.parents[-1], delivery=receipts.summary(context))
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
