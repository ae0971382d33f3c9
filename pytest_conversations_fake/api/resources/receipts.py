"""Delivery receipts: the status of a message for one texting participant.

A new message has a receipt for every texting participant except its author. Handsets and seeds set
the later statuses, which carriers report.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from ..event_payloads import EventPayload
from ..fields import Choice, Int, Sid, Text
from ..records import Record
from ..request_context import RequestContext
from ..resource import Resource
from ..seeding import Seeding
from ..verbs import FETCH, LIST

STATUSES = ("sent", "delivered", "read", "failed", "undelivered")

# The stages of a delivery that a receipt has reached, by its status
STAGES = {
    "sent": {"sent"},
    "delivered": {"sent", "delivered"},
    "read": {"sent", "delivered", "read"},
    "failed": {"failed"},
    "undelivered": {"sent", "undelivered"},
}


@dataclass(kw_only=True, eq=False)
class Receipt(Record):
    """The delivery of a message to one texting participant."""

    prefix = "DY"

    chat_service_sid: str
    conversation_sid: str
    message_sid: str
    participant_sid: Annotated[str | None, Sid("ParticipantSid", prefix="MB", only="Seed")] = None
    channel_message_sid: Annotated[str, Text("ChannelMessageSid", only="Seed")]
    status: Annotated[str, Choice("Status", of=STATUSES, only="Seed")] = "sent"
    error_code: Annotated[int, Int("ErrorCode", only="Seed")] = 0

    @property
    def parent_sid(self) -> str:
        return self.message_sid


class Receipts(Resource[Receipt]):
    record = Receipt
    noun = "ConversationMessageReceipt"
    path = "Receipts"
    key = "delivery_receipts"
    collection = "receipts"
    seeding = Seeding(preexisting_by=("participant_sid",))
    verbs = (FETCH, LIST)
    long_only = ("chat_service_sid",)
    payload = EventPayload(
        "Delivery",
        "delivery_receipt_sid",
        (
            "conversation_sid",
            "chat_service_sid",
            "message_sid",
            "channel_message_sid",
            "participant_sid",
            "status",
            "error_code",
            "date_created",
            "date_updated",
        ),
    )

    def register(self, context: RequestContext, record: Receipt) -> None:
        """Update the summary of receipts in the message."""
        context.store.change(context.parents[-1], delivery=self.summary(context))

    def set_status(
        self, context: RequestContext, receipt: Receipt, status: str, error_code: int = 0
    ) -> None:
        """Set the status that a carrier reports, and publish it."""
        changes = {"status": status, "error_code": error_code, "date_updated": context.now}
        context.store.change(receipt, **changes)
        self.register(context, receipt)
        self.publish(context, "Updated", receipt)

    def publish(
        self, context: RequestContext, action: str, record: Receipt, **params: object
    ) -> None:
        """Publish `onDeliveryUpdated` for every action; Twilio has no other event."""
        super().publish(context, "Updated", record, **params)

    def defaults(self, context: RequestContext) -> dict[str, Any]:
        return {**super().defaults(context), "channel_message_sid": context.sids.draw("SM")}

    def summary(self, context: RequestContext) -> dict[str, Any]:
        """For each stage, whether all, some or none of a message's receipts reached it."""
        reached = [
            STAGES[receipt.status] for receipt in context.store.of(Receipt, context.parent_sid)
        ]
        summary: dict[str, Any] = {"total": len(reached)}
        for stage in STATUSES:
            count = sum(stage in stages for stages in reached)
            summary[stage] = "all" if count == len(reached) else "some" if count else "none"
        return summary


receipts = Receipts()
