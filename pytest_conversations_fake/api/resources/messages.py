"""Messages: what is said in a conversation."""

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
from .conversation_lifecycle import wake
from .conversations import Conversation, InConversation
from .media import Media
from .participant_rules import Identifiers
from .participants import Participant, participants
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
            invalid=refusals.InvalidContentVariables,
        ),
    ] = None
    subject: Annotated[str | None, Text("Subject", max=256)] = None
    participant_sid: str | None = None
    media: list[dict[str, Any]] | None = None
    delivery: dict[str, Any] | None = field(default=None, init=False)  # follows from receipts

    @property
    def parent_sid(self) -> str:
        return self.conversation_sid

    def lists(self) -> Iterator[Hashable]:
        yield self.parent_sid
        if self.media_sid:
            yield "media", self.media_sid


CONTENT = ("body", "media_sid", "content_sid")
"""Of which a new message needs one."""


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
        """In an inactive conversation, which is active again by it, and out to those who text."""
        message = super().create(context)
        conversation = context.store.get(Conversation, context.parent_sid)
        wake(context, conversation)
        if context.assumes("texted-receipts", "sent"):
            for person in participants.texting(context, conversation.sid):
                if person.messaging_binding_address and person.sid != message.participant_sid:
                    sent = context.at(*context.parents, message, participant_sid=person.sid)
                    heard = context.source is not None  # carriers tell of theirs in any case
                    receipts.create(replace(sent, webhooks_enabled=heard))
        return message

    def register(self, context: RequestContext, record: Message) -> None:
        """Count the message."""
        conversation = context.store.get(Conversation, context.parent_sid)
        context.store.change(conversation, _next_message_index=record.index + 1)

    def render_created(self, context: RequestContext, record: Message) -> dict[str, Any]:
        """Without what carriers have to say, which comes later."""
        return {**self.render(context, record), "delivery": None}

    def check(
        self, context: RequestContext, sent: Mapping[str, Any], record: Message | None
    ) -> None:
        super().check(context, sent, record)
        if record and record.media_sid and "body" in sent:
            raise refusals.MediaBodyFixed
        if sent.get("media_sid") and context.store.of(Message, ("media", sent["media_sid"])):
            raise refusals.MediaSentBefore
        if "content_variables" in sent:
            if "content_sid" not in sent:
                raise refusals.ContentMissing
            check_variables(sent["content_variables"])
        if not record:
            self.check_content(context, sent)
        if not record or "author" in sent:
            self.check_author(context, sent.get("author", "system"))
        self.check_owned(context, sent)

    def check_content(self, context: RequestContext, sent: Mapping[str, Any]) -> None:
        """A new message has something in it."""
        if not any(sent.get(name) for name in CONTENT) and context.assumes(
            "empty-message", "refused"
        ):
            raise refusals.EmptyMessage

    def check_author(self, context: RequestContext, author: str) -> None:
        """Who writes in a group text is in it."""
        people = [
            Identifiers.of(each) for each in participants.texting(context, context.parent_sid)
        ]
        names = {name for each in people for name in (each.identity, each.number)}
        if any(each.in_group for each in people) and author not in names:
            raise refusals.AuthorNotInGroup

    def check_owned(self, context: RequestContext, sent: Mapping[str, Any]) -> None:
        if not context.may_use(sent.get("content_sid")):
            raise refusals.UnknownContent
        media = sent.get("media_sid")
        if not context.store.find(Media, media) and not context.may_use(media):
            raise refusals.MediaNotFound

    def build_unchecked(self, context: RequestContext, sent: Mapping[str, Any]) -> Message:
        """Raises `ValueError` for an index of a seed file that is not above those before it."""
        message = super().build_unchecked(context, sent)
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
        sent = super().attributes_from(context)
        if "content_sid" in sent:  # a template's text takes the place of what else there is
            sent.pop("body", None)
            sent.pop("media_sid", None)
        if "media_sid" in sent:
            found = context.store.find(Media, sent["media_sid"])
            unknown = {"sid": sent["media_sid"], "size": 0, "content_type": None, "filename": None}
            mine = found and found.chat_service_sid == context.parents[0].sid
            sent["media"] = [found.description() if found and mine else unknown]
        if "author" in sent:
            sent["participant_sid"] = self.author_sid(context, sent["author"])
        return sent

    def required(self, sent: Mapping[str, Any]) -> list[str]:
        """A seed that says nothing gets a body."""
        return [] if any(name in sent for name in CONTENT) else ["body"]

    def author_sid(self, context: RequestContext, author: str) -> str | None:
        """The participant with this identity or address, if it is one."""
        for how in ("identity", "address"):
            if found := context.store.find_by(Participant, context.parent_sid, how, author):
                return found.sid
        return None

    def listing(self, context: RequestContext) -> Listing[Message]:
        records = context.store.of(Message, context.parent_sid)
        if context.params.get("order") == "desc":
            return Listing(records[::-1], lambda record: -record.index)
        return Listing(records, lambda record: record.index)


# The most that a template is given: variables, characters of a name, of a value and of them all
MOST_VARIABLES, LONGEST_NAME, LONGEST_VALUE, LONGEST = 100, 16, 256, 27_801


def check_variables(text: str) -> None:
    """What a template is filled with: texts by names."""
    variables = read_json(text)
    if not isinstance(variables, dict) or not all(isinstance(v, str) for v in variables.values()):
        raise refusals.InvalidContentVariables
    if len(variables) > MOST_VARIABLES or len(text) > LONGEST:
        raise refusals.ContentVariablesTooLong
    if any(len(name) > LONGEST_NAME for name in variables):
        raise refusals.ContentVariableKeyTooLong
    if any(len(value) > LONGEST_VALUE for value in variables.values()):
        raise refusals.ContentVariableValueTooLong


messages = Messages()
