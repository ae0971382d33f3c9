"""Chat users: people with an application that is built on Twilio's client SDK."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..api.accounts import Account
from ..api.checks import check, check_number, check_text
from ..api.resources.conversations import Conversation, conversations
from ..api.resources.messages import Message, messages
from ..api.resources.participants import Participant, participants
from ..api.resources.services import Service, default_service
from ..api.sid_kinds import check_kind
from ..api.wording import visible
from ..api.world import World
from ..state import records
from .actor import Actor
from .handset import Live


class ChatUser:
    """Somebody who chats, known to the default service by an *identity*."""

    def __init__(self, world: World, account: Account, live: Live, identity: str) -> None:
        self.identity = identity
        self._acting = Actor(world, account, "SDK", identity)
        self._world = world
        self._store = account.store
        self._account = account
        self._live = live

    def join(self, conversation: Any) -> records.Participant | None:
        """Take part in a *conversation*, a record, its sid or its unique name.

        Returns the participant, or None if a pre-event refuses it. Raises `LookupError` for a
        conversation that there is not, and `ValueError` for what Twilio would refuse.
        """
        __tracebackhide__ = True
        self._world.require_running()
        found = self._conversation(conversation)
        joined = self._acting.create(
            participants, self._service(found), found, identity=self.identity
        )
        return self._live(participants, joined) if joined else None

    def send(self, body: str, *, to: Any) -> records.Message | None:
        """Send a message with the text *body* to a conversation.

        *to* is the conversation: its record, its sid or its unique name. Returns the message, or
        None if a pre-event webhook refuses it. Raises `LookupError` if there is no such
        conversation or this user does not take part in it, and `ValueError` if Twilio would refuse
        the message.
        """
        __tracebackhide__ = True
        self._world.require_running()
        check_text("body", body)
        found = self._participant(to)
        talk = self._store.get(Conversation, found.conversation_sid)
        said = self._acting.create(
            messages, self._service(talk), talk, author=self.identity, body=body
        )
        return self._live(messages, said) if said else None

    def read(self, conversation: Any, *, up_to: int | None = None) -> None:
        """Read all messages of a *conversation*, or those *up_to* an index."""
        __tracebackhide__ = True
        self._world.require_running()
        if up_to is not None:
            check_number("up_to", up_to)
        found = self._participant(conversation)
        talk = self._store.get(Conversation, found.conversation_sid)
        if up_to is None:
            up_to = max((each.index for each in self._store.of(Message, talk.sid)), default=None)
        if up_to is not None:
            service = self._service(talk)
            self._acting.update(participants, found, service, talk, last_read_message_index=up_to)

    def unread(self, conversation: Any) -> Sequence[records.Message]:
        """The messages of others that this user has not read yet, oldest first."""
        __tracebackhide__ = True
        found = self._participant(conversation)
        last = found.last_read_message_index
        return [
            self._live(messages, each)
            for each in self._store.of(Message, found.conversation_sid)
            if each.index > (-1 if last is None else last) and each.author != self.identity
        ]

    def _conversation(self, name: Any) -> Conversation:
        __tracebackhide__ = True
        sid = getattr(name, "sid", name)
        check(isinstance(sid, str), "a conversation is a record, its sid or its unique name", name)
        with self._world.settled():
            anywhere = self._store.find(Conversation, sid)
            here = default_service(self._account).sid
            found = anywhere or conversations.find(self._account, here, sid)
        if not found:
            check_kind("a conversation", Conversation.prefix, sid)
            raise LookupError(f"there is no conversation {sid!r}")
        return found

    def _participant(self, conversation: Any) -> Participant:
        __tracebackhide__ = True
        talk = self._conversation(conversation)
        found = self._store.find_by(Participant, talk.sid, "identity", self.identity)
        if not found:
            raise LookupError(
                visible(f"{self.identity} takes no part in {talk.sid}; join() it first")
            )
        return found

    def _service(self, conversation: Conversation) -> Service:
        return self._store.get(Service, conversation.chat_service_sid)

    def __repr__(self) -> str:
        return visible(f"<chat user {self.identity}>")
