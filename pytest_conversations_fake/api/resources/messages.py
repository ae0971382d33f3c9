"""Messages: what is said in a conversation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from .. import refusals
from ..call import Call
from ..fields import Choice, Json, Sid, Text
from ..paging import Listing
from ..parameters import DateCreated, DateUpdated, json_attributes
from ..records import Record
from .conversations import Conversation, InConversation, wake
from .media import Media
from .participants import Participant
from .receipts import receipts


@dataclass(kw_only=True, eq=False)
class Message(Record):
    """A message of a conversation, in which it has the next index."""

    prefix = "IM"
    hidden = ("media_sid", "content_variables", "subject")

    chat_service_sid: str
    conversation_sid: str
    index: int
    author: Annotated[str, Text("Author", max=256, too_long=refusals.AuthorTooLong)] = "system"
    body: Annotated[str | None, Text("Body", max=1600, too_long=refusals.BodyTooLong)] = None
    attributes: Annotated[str, json_attributes(kibibytes=4)] = "{}"
    date_created: DateCreated
    date_updated: DateUpdated
    media_sid: Annotated[
        str | None,
        Sid("MediaSid", prefix="ME", only="Create", invalid=refusals.InvalidMediaSid),
    ] = None
    content_sid: Annotated[
        str | None,
        Sid("ContentSid", prefix="HX", only="Create", invalid=refusals.InvalidContentSid),
    ] = None
    content_variables: Annotated[
        str | None,
        Json(
            "ContentVariables",
            only="Create",
            max=27_801,
            too_long=refusals.ContentVariablesTooLong,
            invalid=refusals.InvalidContentVariables,
        ),
    ] = None
    subject: Annotated[str | None, Text("Subject", max=256)] = None
    participant_sid: str | None = None
    media: list[dict[str, Any]] | None = None
    delivery: dict[str, Any] | None = None

    @property
    def parent_sid(self) -> str:
        return self.conversation_sid


class Messages(InConversation[Message]):
    record = Message
    noun = "ConversationMessage"
    path = "Messages"
    key = collection = "messages"
    sid_keyword = "message_sid"
    page_size = (50, 100)
    hooked = True
    long_only = ("chat_service_sid",)
    filters = {"order": Choice("Order", of=("asc", "desc"))}
    bad_token = refusals.InvalidMessageToken
    links = {"delivery_receipts": "Receipts", "channel_metadata": "ChannelMetadata"}

    def create(self, call: Call) -> Message:
        """In an inactive conversation, which is active again by it, and out to those who text."""
        message = super().create(call)
        conversation = call.store.get(Conversation, call.parent_sid)
        call.store.change(conversation, _next_index=message.index + 1)
        wake(call, conversation)
        for person in call.store.of(Participant, conversation.sid):
            if person.messaging_binding_address and person.sid != message.participant_sid:
                sent = call.at(*call.parents, message, participant_sid=person.sid)
                receipts.create(sent)
        return message

    def render_created(self, call: Call, record: Message) -> dict[str, Any]:
        """Without what carriers have to say, which comes later."""
        return {**self.render(call, record), "delivery": None}

    def given(self, call: Call) -> dict[str, Any]:
        conversation = call.store.get(Conversation, call.parent_sid)
        return {**super().given(call), "index": conversation._next_index}

    def sent(self, call: Call) -> dict[str, Any]:
        sent = super().sent(call)
        if "content_sid" in sent:  # a template's text takes the place of what else there is
            sent.pop("body", None)
            sent.pop("media_sid", None)
        if "media_sid" in sent:
            found = call.store.find(Media, sent["media_sid"])
            unknown = {"sid": sent["media_sid"], "size": 0, "content_type": None, "filename": None}
            mine = found and found.chat_service_sid == call.parents[0].sid
            sent["media"] = [found.description() if found and mine else unknown]
        if "author" in sent:
            sent["participant_sid"] = self.author_sid(call, sent["author"])
        return sent

    def author_sid(self, call: Call, author: str) -> str | None:
        """The participant with this identity or address, if it is one."""
        for how in ("identity", "address"):
            if found := call.store.find_by(Participant, call.parent_sid, how, author):
                return found.sid
        return None

    def listing(self, call: Call) -> Listing[Message]:
        records = call.store.of(Message, call.parent_sid)
        if call.params.get("order") == "desc":
            return Listing(records[::-1], lambda record: -record.index)
        return Listing(records, lambda record: record.index)


messages = Messages()
