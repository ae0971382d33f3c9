"""Conversations with participants: both created by one request."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any

from .. import refusals
from ..fields import Json, Many
from ..json_text import read_json
from ..request_context import RequestContext
from ..resource import Resource
from ..verbs import CREATE, Verb
from .conversations import Conversation, conversations
from .participant_rules import Identifiers
from .participants import Participant, participants

PARTICIPANT = Json("Participant", invalid=refusals.ParticipantJsonInvalid)


@dataclass(kw_only=True, eq=False)
class ConversationWithParticipants(Conversation):
    """The parameters of such a request. The store keeps a conversation."""

    participant: Annotated[list[str], Many("Participant", each=PARTICIPANT)]


class ConversationsWithParticipants(Resource[Conversation]):
    record = ConversationWithParticipants
    noun = "ConversationWithParticipants"
    path = "ConversationWithParticipants"
    key = "conversations"
    collection = "conversation_with_participants"
    verbs = (CREATE,)
    takes_webhook_header = True
    stored = Conversation
    extras = ("url", "links")

    def create(self, context: RequestContext) -> Conversation:
        """Create all records or none: an invalid participant refuses the whole request.

        The complete group text may equal an existing one. Its conversation is then closed.
        """
        param_sets = [_read_participant(text) for text in context.params.get("participant", [])]
        if len(param_sets) > 10:
            raise refusals.TooManyParticipantsInRequest
        conversation = conversations.build(context)
        state = conversation.state
        participant_context = context.at(*context.parents, conversation)
        records = self._store_all(participant_context, conversation, param_sets)
        context.store.change(conversation, state=state)
        conversations.announce(context, conversation)
        for participant in records:
            participants.announce(participant_context, participant)
        try:
            participants.check_duplicate_group(participant_context, map(Identifiers.of, records))
        except refusals.GroupExists as conflict:
            context.conflicts.append(conflict)
            context.store.change(conversation, state="closed")
        if param_sets and context.assumes("with-participants", "initializing"):
            context.account.pending_states[conversation.sid] = conversation.state
            context.store.change(conversation, state="initializing")
        return conversation

    def _store_all(
        self,
        participant_context: RequestContext,
        conversation: Conversation,
        param_sets: Sequence[Mapping[str, Any]],
    ) -> Sequence[Participant]:
        """Store the conversation and its participants. A refused participant removes them all."""
        records = []
        participant_context.store.add(conversation)
        participant_context.store.change(conversation, state="initializing")
        try:
            for params in param_sets:
                participant = participants.build(replace(participant_context, params=params))
                participant_context.store.add(participant)
                records.append(participant)
        except refusals.Refused:
            participant_context.store.remove(conversation, forget=True)
            raise
        return records

    def status(self, context: RequestContext, verb: Verb) -> int:
        return 202 if context.params.get("participant") else verb.status

    def render(self, context: RequestContext, record: Conversation) -> dict[str, Any]:
        shown = conversations.render(context, record)
        return {**shown, "links": {k: v for k, v in shown["links"].items() if k != "export"}}


def _read_participant(text: str) -> dict[str, Any]:
    """Read the JSON of one `Participant` as parameters of `CreateConversationParticipant`."""
    data = read_json(text)
    try:
        json.dumps(data, ensure_ascii=False).encode()
    except UnicodeEncodeError:  # an escape for an unpaired surrogate
        raise refusals.ParticipantJsonInvalid from None
    if not isinstance(data, Mapping):
        raise refusals.ParticipantJsonInvalid
    binding = {} if data.get("messaging_binding") is None else data["messaging_binding"]
    if not isinstance(binding, Mapping) or any("_binding_" in name for name in data):
        raise refusals.ParticipantJsonInvalid
    binding_params = {f"messaging_binding_{name}": binding[name] for name in binding}
    flat = {name: value for name, value in {**data, **binding_params}.items() if value is not None}
    flat.pop("messaging_binding", None)
    fields = participants.parameters_of("Create")
    try:
        return {name: fields[name].read_all(fields[name].write(flat[name])) for name in flat}
    except (KeyError, TypeError):
        raise refusals.ParticipantJsonInvalid from None


conversations_with_participants = ConversationsWithParticipants()
