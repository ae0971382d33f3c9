"""Handsets: the phones of people who text, by SMS or another channel."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..api.accounts import Account
from ..api.actions import action
from ..api.addresses import CHANNELS, channel, is_address, is_sender
from ..api.checks import check_number, check_text
from ..api.did_you_mean import SuggestsNames, unknown
from ..api.resources.conversations import Conversation
from ..api.resources.messages import Message, messages
from ..api.resources.participants import Participant
from ..api.resources.receipts import STATUSES, Receipt, receipts
from ..api.resources.services import Service
from ..api.world import World
from ..state import records
from .actor import Actor, ToLiveRecord
from .inbound import InboundText

# The parameter `Source` of webhooks, by channel
SOURCES = {"sms": "SMS", "whatsapp": "WhatsApp", "messenger": "Messenger"}

# The statuses that can follow a status; the others are final
NEXT_STATUSES = {
    "sent": ("delivered", "read", "failed", "undelivered"),
    "delivered": ("read",),
}


@dataclass(frozen=True)
class ReceivedMessage:
    """A message on the screen of a phone."""

    body: str | None
    sender: str
    """The number from which it came."""
    message: records.Message
    """The record of the message, as in `fake_conversations.messages`."""

    def __repr__(self) -> str:
        return f"<{self.body!r} from {self.sender}>"


class Handset(SuggestsNames):
    """The phone of a person, which exchanges texts with numbers of the account.

    `fake_conversations.handset("+15550100")` returns one.
    """

    def __init__(
        self, world: World, account: Account, to_live_record: ToLiveRecord, address: str
    ) -> None:
        self.address = address
        """The number for SMS, else the channel and the address: `whatsapp:+15550100`."""
        self._world = world
        self._store = account.store
        self._actor = Actor(world, account, SOURCES.get(channel(address), channel(address)))
        self._to_live_record = to_live_record
        self._recorder = world.recorder(f"handset({address!r})")

    @action
    def send(
        self, body: str | None = None, *, to: str, media: str | None = None
    ) -> records.Message | None:
        """Send a text to a number of the account.

        *body* is the text, *to* the number, with or without the channel of this phone, and *media*
        the name of a file that comes with the text. The text arrives in the open conversation that
        has both numbers. If there is none, the address configuration of the number may create one.

        Returns the message, or None if a pre-event webhook refuses it. Raises `LookupError` if the
        text belongs to no conversation, and `ValueError` if *to* is no number or Twilio would
        refuse the message. A text without *body* and *media* is refused unless the test assumes
        `{"empty-message": "accepted"}`.
        """
        __tracebackhide__ = True
        self._world.require_running()
        for name, text in (("body", body), ("media", media)):
            if text is not None:
                check_text(name, text)
        check_text("to", to)
        own_channel = channel(self.address)
        is_complete = own_channel == "sms" and is_sender(to)  # a short code is no address
        proxy_address = to if is_complete else with_channel(to, own_channel)
        message = InboundText(
            actor=self._actor,
            address=self.address,
            proxy_address=proxy_address,
            body=body,
            filename=media,
        ).arrive()
        return self._to_live_record(messages, message) if message else None

    @property
    def inbox(self) -> Sequence[ReceivedMessage]:
        """The messages that this phone received, oldest first.

        A message stays in the inbox when it is removed from its conversation.
        """
        with self._world.settled():
            return [self._received(receipt) for receipt in self._receipts()]

    @action
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
                if message and status in NEXT_STATUSES.get(receipt.status, ()):
                    conversation = self._store.get(Conversation, receipt.conversation_sid)
                    service = self._store.get(Service, receipt.chat_service_sid)
                    context = self._actor.context(service, conversation, message)
                    receipts.set_status(context, receipt, status, error_code)

    def _receipts(self) -> Iterator[Receipt]:
        """The receipts of messages to this phone, oldest first. Removed receipts are included."""
        every = [*self._store.all(Receipt), *self._store.removed(Receipt)]
        for receipt in sorted(every, key=self._store.position):
            participant = self._store.find_even_removed(Participant, receipt.participant_sid)
            if participant and participant.messaging_binding_address == self.address:
                yield receipt

    def _received(self, receipt: Receipt) -> ReceivedMessage:
        message = self._store.get(Message, receipt.message_sid)
        participant = self._store.get(Participant, receipt.participant_sid)
        sender = participant.messaging_binding_proxy_address or self._author_address(message)
        return ReceivedMessage(message.body, sender, self._to_live_record(messages, message))

    def _author_address(self, message: Message) -> str:
        """The address that a group text shows as the sender of a message."""
        author = self._store.find_even_removed(Participant, message.participant_sid)
        if not author:  # a dump does not contain participants that had left
            return message.author
        projected = author.messaging_binding_projected_address
        return author.messaging_binding_address or projected or message.author

    def __repr__(self) -> str:
        return f"<handset {self.address}>"


def with_channel(number: str, name: str) -> str:
    """A number with the name of a channel in front, unless it has one or the channel is SMS.

    Raises `ValueError` if the result is no address.
    """
    __tracebackhide__ = True
    if name not in ("sms", *CHANNELS):
        raise ValueError(unknown("there is no channel", name, ["sms", *CHANNELS]))
    address = number if name == "sms" or ":" in number else f"{name}:{number}"
    if not is_address(address):
        raise ValueError(
            "a number is in E.164 format, as in +15550100, or has one of these channels in front: "
            f"{', '.join(CHANNELS)}; not {number!r}"
        )
    return address
