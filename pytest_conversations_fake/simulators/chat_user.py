"""Chat users: people who use an application that is built on Twilio's client SDK."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..api.accounts import Account
from ..api.actions import action
from ..api.checks import check_number, check_text, require
from ..api.did_you_mean import SuggestsNames
from ..api.resources.conversations import Conversation, conversations
from ..api.resources.messages import Message, messages
from ..api.resources.participants import Participant, participants
from ..api.resources.services import Service, default_service
from ..api.sid_kinds import check_kind
from ..api.wording import visible
from ..api.world import World
from ..state import records
from .actor import Actor, ToLiveRecord


class ChatUser(SuggestsNames):
    """A person who chats under an identity.

    `fake_conversations.chat_user("ada")` returns one. Methods take a conversation as its record,
    its sid, or its unique name in the default service.
    """

    def __init__(
        self, world: World, account: Account, to_live_record: ToLiveRecord, identity: str
    ) -> None:
        self.identity = identity
        self._world = world
        self._account = account
        self._store = account.store
        self._actor = Actor(world, account, "SDK", identity)
        self._to_live_record = to_live_record
        self._recorder = world.recorder(f"chat_user({identity!r})")

    @action
    def join(self, conversation: Any) -> records.Participant | None:
        """Join a conversation as a participant.

        Returns the participant, or None if a pre-event webhook refuses it. Raises `LookupError` if
        there is no such conversation, and `ValueError` if Twilio would refuse the participant.
        """
        __tracebackhide__ = True
        self._world.require_running()
        found = self._conversation(conversation)
        participant = self._actor.create(
            participants, self._service(found), found, identity=self.identity
        )
        return self._to_live_record(participants, participant) if participant else None

    @action
    def send(self, body: str, *, to: Any) -> records.Message | None:
        """Send a message with the text *body* to the conversation *to*.

        Returns the message, or None if a pre-event webhook refuses it. Raises `LookupError` if
        there is no such conversation or this user is no participant of it, and `ValueError` if
        Twilio would refuse the message.
        """
        __tracebackhide__ = True
        self._world.require_running()
        check_text("body", body)
        conversation, _ = self._membership(to)
        service = self._service(conversation)
        message = self._actor.create(
            messages, service, conversation, author=self.identity, body=body
        )
        return self._to_live_record(messages, message) if message else None

    @action
    def read(self, conversation: Any, *, up_to: int | None = None) -> None:
        """Mark the messages of a conversation as read.

        *up_to* is the index of the last message that was read. The default is the newest message.
        Raises `LookupError` if there is no such conversation or this user is no participant of it.
        """
        __tracebackhide__ = True
        self._world.require_running()
        if up_to is not None:
            check_number("up_to", up_to)
        found, participant = self._membership(conversation)
        if up_to is None:
            up_to = max((each.index for each in self._store.of(Message, found.sid)), default=None)
        if up_to is not None:
            service = self._service(found)
            self._actor.update(
                participants, participant, service, found, last_read_message_index=up_to
            )

    def unread(self, conversation: Any) -> Sequence[records.Message]:
        """The messages of other authors that this user has not read yet, oldest first.

        Raises `LookupError` if there is no such conversation or this user is no participant of it.
        """
        __tracebackhide__ = True
        found, participant = self._membership(conversation)
        last_read = participant.last_read_message_index
        return [
            self._to_live_record(messages, message)
            for message in self._store.of(Message, found.sid)
            if message.index > (-1 if last_read is None else last_read)
            and message.author != self.identity
        ]

    def _conversation(self, name: Any) -> Conversation:
        __tracebackhide__ = True
        sid = getattr(name, "sid", name)
        require(
            isinstance(sid, str), "a conversation is a record, its sid or its unique name", name
        )
        with self._world.settled():
            found = self._store.find(Conversation, sid) or conversations.find(
                self._account, default_service(self._account).sid, sid
            )
        if not found:
            check_kind("a conversation", Conversation.prefix, sid)
            raise LookupError(f"there is no conversation {sid!r}")
        return found

    def _membership(self, name: Any) -> tuple[Conversation, Participant]:
        """A conversation, and the participant in it that has the identity of this user."""
        __tracebackhide__ = True
        conversation = self._conversation(name)
        participant = self._store.find_by(Participant, conversation.sid, "identity", self.identity)
        if not participant:
            raise LookupError(
                visible(
                    f"{self.identity} is no participant of {conversation.sid}; call join() first"
                )
            )
        return conversation, participant

    def _service(self, conversation: Conversation) -> Service:
        return self._store.get(Service, conversation.chat_service_sid)

    def __repr__(self) -> str:
        return visible(f"<chat user {self.identity}>")
