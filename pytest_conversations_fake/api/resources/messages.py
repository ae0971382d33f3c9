"""Messages of a conversation."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, ClassVar

from .. import refusals
from ..event_payloads import EventPayload
from ..fields import Choice, Json, Sid, Text
from ..json_text import read_json
from ..paging import Listing
from ..parameters import DateCreated, DateUpdated, json_attributes
from ..records import Record
from ..request_context import RequestContext
from .conversation_lifecycle import reactivate
from .conversations import Conversation, InConversation
from .media import Media
from .participant_rules import Identifiers
from .participants import Participant, participants
from .receipts import receipts


@dataclass(kw_only=True, eq=False)
class Message(Record):
    """A message. Indexes count the messages of a conversation from 0."""

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
            invalid=refusals.InvalidContentVariables,
        ),
    ] = None
    subject: Annotated[str | None, Text("Subject", max=256)] = None
    participant_sid: str | None = None
    media: list[dict[str, Any]] | None = None
    delivery: dict[str, Any] | None = field(default=None, init=False)  # computed from receipts

    @property
    def parent_sid(self) -> str:
        return self.conversation_sid

    def lists(self) -> Iterator[Hashable]:
        yield self.parent_sid
        if self.media_sid:
            yield "media", self.media_sid


CONTENT = ("body", "media_sid", "content_sid")
"""The parameters of which a new message needs at least one."""


class Messages(InConversation[Message]):
    record = Message
    noun = "ConversationMessage"
    path = "Messages"
    key = collection = "messages"
    sid_keyword = "message_sid"
    page_size = (50, 100)
    takes_webhook_header = True
    long_only = ("chat_service_sid",)
    filters = {"order": Choice("Order", of=("asc", "desc"))}
    bad_token = refusals.InvalidMessageToken
    payload: ClassVar[EventPayload] = EventPayload(
        "Message",
        "message_sid",
        (
            "conversation_sid",
            "chat_service_sid",
            "index",
            "date_created",
            "date_updated",
            "body",
            "author",
            "participant_sid",
            "attributes",
            "media",
        ),
        attribute_actions={"date_updated": ("Update", "Updated", "Remove", "Removed")},
    )
    links = {"delivery_receipts": "Receipts", "channel_metadata": "ChannelMetadata"}

    def create(self, context: RequestContext) -> Message:
        """Create a message, reactivate the conversation, and create receipts for texts."""
        message = super().create(context)
        conversation = context.store.get(Conversation, context.parent_sid)
        reactivate(context, conversation)
        if context.assumes("texted-receipts", "sent"):
            for each in participants.texting_participants(context, conversation.sid):
                if each.messaging_binding_address and each.sid != message.participant_sid:
                    # Carriers report each text, even if the request switches webhooks off
                    below = replace(context, webhooks_enabled=context.source is not None)
                    receipts.create(below.at(*context.parents, message, participant_sid=each.sid))
        return message

    def register(self, context: RequestContext, record: Message) -> None:
        """Advance the next index of the conversation."""
        conversation = context.store.get(Conversation, context.parent_sid)
        context.store.change(conversation, _next_message_index=record.index + 1)

    def render_created(self, context: RequestContext, record: Message) -> dict[str, Any]:
        """Without the summary of receipts, which carriers send later."""
        return {**self.render(context, record), "delivery": None}

    def check(
        self, context: RequestContext, values: Mapping[str, Any], record: Message | None
    ) -> None:
        super().check(context, values, record)
        if record and record.media_sid and "body" in values:
            raise refusals.MediaBodyFixed
        if values.get("media_sid") and context.store.of(Message, ("media", values["media_sid"])):
            raise refusals.MediaSentBefore
        if "content_variables" in values:
            if "content_sid" not in values:
                raise refusals.ContentMissing
            check_variables(values["content_variables"])
        if not record:
            self.check_content(context, values)
        if not record or "author" in values:
            self.check_author(context, values.get("author", "system"))
        self.check_owned(context, values)

    def check_content(self, context: RequestContext, values: Mapping[str, Any]) -> None:
        """Refuse a new message without content."""
        if not any(values.get(name) for name in CONTENT) and context.assumes(
            "empty-message", "refused"
        ):
            raise refusals.EmptyMessage

    def check_author(self, context: RequestContext, author: str) -> None:
        """Refuse an author who is not in the group text."""
        members = [
            Identifiers.of(each)
            for each in participants.texting_participants(context, context.parent_sid)
        ]
        names = {name for each in members for name in (each.identity, each.number)}
        if any(each.in_group for each in members) and author not in names:
            raise refusals.AuthorNotInGroup

    def check_owned(self, context: RequestContext, values: Mapping[str, Any]) -> None:
        if not context.may_use(values.get("content_sid")):
            raise refusals.UnknownContent
        media = values.get("media_sid")
        if not context.store.find(Media, media) and not context.may_use(media):
            raise refusals.MediaNotFound

    def build_unchecked(self, context: RequestContext, values: Mapping[str, Any]) -> Message:
        """Raises `ValueError` for an index in a seed file that is too low."""
        message = super().build_unchecked(context, values)
        conversation = context.store.get(Conversation, context.parent_sid)
        if message.index < conversation._next_message_index:
            raise ValueError(
                f"the index of this message is at least {conversation._next_message_index}, "
                f"not {message.index}"
            )
        return message

    def defaults(self, context: RequestContext) -> dict[str, Any]:
        conversation = context.store.get(Conversation, context.parent_sid)
        return {**super().defaults(context), "index": conversation._next_message_index}

    def attributes_from(self, context: RequestContext) -> dict[str, Any]:
        values = super().attributes_from(context)
        if "content_sid" in values:  # the template replaces body and media
            values.pop("body", None)
            values.pop("media_sid", None)
        if "media_sid" in values:
            found = context.store.find(Media, values["media_sid"])
            unknown = {
                "sid": values["media_sid"],
                "size": 0,
                "content_type": None,
                "filename": None,
            }
            is_of_service = found and found.chat_service_sid == context.parents[0].sid
            values["media"] = [found.description() if found and is_of_service else unknown]
        if "author" in values:
            values["participant_sid"] = self.author_sid(context, values["author"])
        return values

    def required(self, values: Mapping[str, Any]) -> list[str]:
        """A seed without content needs a body."""
        return [] if any(name in values for name in CONTENT) else ["body"]

    def author_sid(self, context: RequestContext, author: str) -> str | None:
        """The sid of the participant with this identity or address, if there is one."""
        for keyword in ("identity", "address"):
            if found := context.store.find_by(Participant, context.parent_sid, keyword, author):
                return found.sid
        return None

    def listing(self, context: RequestContext) -> Listing[Message]:
        records = context.store.of(Message, context.parent_sid)
        if context.params.get("order") == "desc":
            return Listing(records[::-1], lambda record: -record.index)
        return Listing(records, lambda record: record.index)


# Limits of content variables: their number, and the characters of a name, a value and the JSON
MAX_VARIABLES, MAX_NAME_LENGTH, MAX_VALUE_LENGTH, MAX_VARIABLES_LENGTH = 100, 16, 256, 27_801


def check_variables(text: str) -> None:
    """Refuse variables of a template that are not texts by name, or exceed a limit."""
    variables = read_json(text)
    if not isinstance(variables, dict) or not all(isinstance(v, str) for v in variables.values()):
        raise refusals.InvalidContentVariables
    if len(variables) > MAX_VARIABLES or len(text) > MAX_VARIABLES_LENGTH:
        raise refusals.ContentVariablesTooLong
    if any(len(name) > MAX_NAME_LENGTH for name in variables):
        raise refusals.ContentVariableKeyTooLong
    if any(len(value) > MAX_VALUE_LENGTH for value in variables.values()):
        raise refusals.ContentVariableValueTooLong


messages = Messages()
