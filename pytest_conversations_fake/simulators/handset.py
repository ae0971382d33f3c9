"""Handsets: people who text, by SMS or another channel."""

from __future__ import annotations

import mimetypes
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ..api.accounts import Account
from ..api.addresses import CHANNELS, channel, is_address, is_sender
from ..api.checks import check_number, check_text
from ..api.operations import Operation
from ..api.records import Record
from ..api.refusals import refusals_are_errors
from ..api.resource import Resource
from ..api.resources.addresses import Address
from ..api.resources.conversations import Conversation, conversations
from ..api.resources.media import media as files
from ..api.resources.messages import Message, messages
from ..api.resources.participants import Participant, participants
from ..api.resources.receipts import STATUSES, Receipt, receipts
from ..api.resources.scoped_webhooks import scoped_webhooks
from ..api.resources.services import Service, default_service
from ..api.verbs import CREATE
from ..api.world import World
from ..state import records
from .actor import Actor

# How webhooks call a channel
SOURCES = {"sms": "SMS", "whatsapp": "WhatsApp", "messenger": "Messenger"}

# What a status can still become
LATER = {
    "sent": ("delivered", "read", "failed", "undelivered"),
    "delivered": ("read",),
}

Live = Callable[[Resource[Any], Record], Any]


@dataclass(frozen=True)
class Received:
    """A message as a phone shows it."""

    body: str | None
    sender: str
    """The number that it came from."""
    message: records.Message
    """The message, as `fake_conversations.messages` has it."""

    def __repr__(self) -> str:
        return f"<{self.body!r} from {self.sender}>"


class Handset:
    """Somebody's phone, which texts the account's numbers and is texted by them."""

    def __init__(self, world: World, account: Account, live: Live, address: str) -> None:
        self.address = address
        """With the name of the channel before it: `whatsapp:+15550100`; a bare number for SMS."""
        source = SOURCES.get(channel(address), channel(address))
        self._acting = Actor(world, account, source)
        self._world = world
        self._store = account.store
        self._account = account
        self._live = live

    def send(
        self, body: str | None = None, *, to: str, media: str | None = None
    ) -> records.Message | None:
        """Text *body* to a number of the account, and perhaps a file called *media*.

        It arrives where Twilio would let it: in the open conversation in which this phone and that
        number are, else in a new one, as the address configuration of the number says. Returns the
        message, or None if a pre-event refuses it. Raises `LookupError` if it is no matter of
        conversations, and `ValueError` for what is no number and for a text without *body* and
        *media*, unless the test assumes `{"empty-message": "accepted"}`.
        """
        __tracebackhide__ = True
        self._world.require_running()
        for what, text in (("body", body), ("media", media)):
            if text is not None:
                check_text(what, text)
        check_text("to", to)
        proxy = to if is_sender(to) and channel(self.address) == "sms" else ""
        proxy = proxy or with_channel(to, channel(self.address))
        with self._world.settled(), refusals_are_errors():
            self._world.finish()
            messages.check_content(self._acting.context(), {"body": body, "media_sid": media})
            conversation = next(self._open_with(proxy), None)
        if not conversation:
            conversation = self._auto_created(proxy, body, media)
        return self._said(conversation, body, media) if conversation else None

    @property
    def inbox(self) -> Sequence[Received]:
        """What this phone got, oldest first; it keeps what Twilio has forgotten."""
        with self._world.settled():
            return [self._received(each) for each in self._receipts()]

    def report_status(self, status: str, *, error_code: int = 0) -> None:
        """Report a delivery status for every message to this phone, as its carrier does.

        *status* is `sent`, `delivered`, `read`, `failed` or `undelivered`. A message that cannot
        change to *status* keeps its own. *error_code* is a code of Twilio's, such as 30003, for
        `failed` and `undelivered`. Raises `ValueError` for an unknown status.
        """
        __tracebackhide__ = True
        self._world.require_running()
        if status not in STATUSES:
            raise ValueError(f"a status is one of {', '.join(STATUSES)}, not {status!r}")
        check_number("error_code", error_code)
        with self._world.settled():
            for receipt in list(self._receipts()):
                message = self._store.find(Message, receipt.message_sid)
                if message and status in LATER.get(receipt.status, ()):
                    conversation = self._store.get(Conversation, receipt.conversation_sid)
                    service = self._store.get(Service, receipt.chat_service_sid)
                    context = self._acting.context(service, conversation, message)
                    receipts.move(context, receipt, status, error_code)

    # Coming in

    def _open_with(self, proxy: str) -> Iterator[Conversation]:
        """Open conversations of this phone with a number of the account's."""
        for each in self._store.of(Participant, ("number", self.address)):
            conversation = self._store.get(Conversation, each.conversation_sid)
            there = self._store.of(Participant, ("texting", conversation.sid))
            mine = each.messaging_binding_proxy_address
            numbers = [other.messaging_binding_projected_address for other in there]
            if conversation.state != "closed" and proxy in ([mine] if mine else numbers):
                yield conversation

    def _auto_created(self, proxy: str, body: str | None, media: str | None) -> Conversation | None:
        __tracebackhide__ = True
        configured = self._store.find_by(Address, proxy)
        if not configured or not configured.auto_creation_enabled:
            why = [
                f"no matter of conversations: {self.address} and {proxy} are in no open one "
                f"together, and {proxy} has no address configuration that creates one",
                *self._near_misses(proxy),
            ]
            raise LookupError("; ".join(why))
        sid = configured.auto_creation_conversation_service_sid
        service = self._store.find(Service, sid) or default_service(self._account)
        pair: dict[str, Any] = {
            "messaging_binding_proxy_address": proxy,
            "messaging_binding_address": self.address,
        }
        asked = {"message_body": body, "media": media and [{"filename": media}]}
        operation = Operation(conversations, CREATE)
        with refusals_are_errors():
            context = self._acting.asked(operation, (service,), {}, event_params=pair, asked=asked)
            if not context:
                return None
            with self._world.lock:
                # Another text of this phone may have come first
                conversation = next(self._open_with(proxy), None)
                if not conversation:
                    conversation = conversations.create(context)
                    self._attach_webhook(configured, service, conversation)
                    participants.create(self._acting.context(service, conversation, **pair))
        return conversation

    def _near_misses(self, proxy: str) -> Iterator[str]:
        """What would have let a text arrive, but for a channel or a switch."""
        for each in self._store.all(Address):
            if each.address == proxy:
                yield f"the one of {proxy} has auto_creation_enabled=False"
            elif _number(each.address) == _number(proxy):
                yield f"there is one for {each.address}, {_difference(each.address, proxy)}"
        for person in self._store.all(Participant):
            address, by = person.messaging_binding_address, person.messaging_binding_proxy_address
            closed = self._store.get(Conversation, person.conversation_sid).state == "closed"
            if not (address and by) or closed or address == self.address:
                continue
            if (_number(address), _number(by)) == (_number(self.address), _number(proxy)):
                yield f"{address} and {by} are in one, {_difference(by, proxy)}"

    def _attach_webhook(
        self, configured: Address, service: Service, conversation: Conversation
    ) -> None:
        """A scoped webhook, as the address configuration has it."""
        by_type: dict[str, dict[str, Any]] = {
            "webhook": {
                "configuration_url": configured.auto_creation_webhook_url,
                "configuration_method": configured.auto_creation_webhook_method or "post",
                "configuration_filters": configured.auto_creation_webhook_filters,
            },
            "studio": {"configuration_flow_sid": configured.auto_creation_studio_flow_sid},
        }
        target = configured.auto_creation_type
        params = by_type.get(target, {})
        if params and all(params.values()):
            context = self._acting.context(service, conversation, target=target, **params)
            scoped_webhooks.create(context)

    def _said(
        self, conversation: Conversation, body: str | None, media: str | None
    ) -> records.Message | None:
        service = self._store.get(Service, conversation.chat_service_sid)
        params: dict[str, Any] = {"author": self.address}
        if body is not None:
            params["body"] = body
        if media:
            with self._world.lock:
                kind = mimetypes.guess_type(media)[0] or "application/octet-stream"
                file = files.create(
                    self._acting.context(service, filename=media, content_type=kind)
                )
            params["media_sid"] = file.sid
        message = self._acting.create(messages, service, conversation, **params)
        return self._live(messages, message) if message else None

    # Going out

    def _receipts(self) -> Iterator[Receipt]:
        """Of the messages to this phone, oldest first."""
        known = [*self._store.all(Receipt), *self._store.removed(Receipt)]
        for receipt in sorted(known, key=self._store.position):
            person = self._store.find_even_removed(Participant, receipt.participant_sid)
            if person and person.messaging_binding_address == self.address:
                yield receipt

    def _received(self, receipt: Receipt) -> Received:
        message = self._store.get(Message, receipt.message_sid)
        person = self._store.get(Participant, receipt.participant_sid)
        sender = person.messaging_binding_proxy_address or self._number_of(message)
        return Received(message.body, sender, self._live(messages, message))

    def _number_of(self, message: Message) -> str:
        """Where a group text sees the author of a message."""
        author = self._store.find_even_removed(Participant, message.participant_sid)
        if not author:  # a load knows no more of who left before the dump
            return message.author
        projected = author.messaging_binding_projected_address
        return author.messaging_binding_address or projected or message.author

    def __repr__(self) -> str:
        return f"<handset {self.address}>"


def with_channel(number: str, name: str) -> str:
    """*number* with the channel's *name* before it. Raises `ValueError` for what is no number."""
    __tracebackhide__ = True
    address = number if name == "sms" or ":" in number else f"{name}:{number}"
    if not is_address(address):
        raise ValueError(
            "a number is one of E.164, as in +15550100, or has one of these channels before it: "
            f"{', '.join(CHANNELS)}; not {number!r}"
        )
    return address


def _number(address: str) -> str:
    """An address without its channel."""
    return address.rpartition(":")[2]


def _difference(found: str, wanted: str) -> str:
    """How the channel of an address that was *found* differs from that of the *wanted* one."""
    if ":" in found:
        return f"with {found.partition(':')[0]}:"
    return f"without {wanted.partition(':')[0]}:"
