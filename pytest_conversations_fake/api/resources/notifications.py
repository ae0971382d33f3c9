"""Notifications: the push notifications that a service sends to the devices of its users."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from ..fields import Flag, Text
from ..records import Record, shown
from ..resource import Resource
from ..verbs import FETCH, UPDATE


@dataclass(kw_only=True, eq=False)
class Notification(Record):
    """The settings of the push notifications of a service."""

    prefix = ""
    hidden = ("sid", "date_created", "date_updated")

    chat_service_sid: str
    log_enabled: Annotated[bool, Flag("LogEnabled")] = False
    new_message_enabled: Annotated[bool, Flag("NewMessage.Enabled")] = False
    new_message_template: Annotated[str | None, Text("NewMessage.Template")] = None
    new_message_sound: Annotated[str | None, Text("NewMessage.Sound")] = None
    new_message_badge_count_enabled: Annotated[
        bool | None, Flag("NewMessage.BadgeCountEnabled")
    ] = None
    new_message_with_media_enabled: Annotated[bool | None, Flag("NewMessage.WithMedia.Enabled")] = (
        None
    )
    new_message_with_media_template: Annotated[
        str | None, Text("NewMessage.WithMedia.Template")
    ] = None
    added_to_conversation_enabled: Annotated[bool, Flag("AddedToConversation.Enabled")] = False
    added_to_conversation_template: Annotated[str | None, Text("AddedToConversation.Template")] = (
        None
    )
    added_to_conversation_sound: Annotated[str | None, Text("AddedToConversation.Sound")] = None
    removed_from_conversation_enabled: Annotated[bool, Flag("RemovedFromConversation.Enabled")] = (
        False
    )
    removed_from_conversation_template: Annotated[
        str | None, Text("RemovedFromConversation.Template")
    ] = None
    removed_from_conversation_sound: Annotated[
        str | None, Text("RemovedFromConversation.Sound")
    ] = None

    @property
    def parent_sid(self) -> str:
        return self.chat_service_sid

    @shown
    def new_message(self) -> dict[str, Any]:
        with_media = _without_none(
            enabled=self.new_message_with_media_enabled,
            template=self.new_message_with_media_template,
        )
        if with_media:
            with_media = {"enabled": False, **with_media}
        return _without_none(
            enabled=self.new_message_enabled,
            template=self.new_message_template,
            sound=self.new_message_sound,
            badge_count_enabled=self.new_message_badge_count_enabled,
            with_media=with_media or None,
        )

    @shown
    def added_to_conversation(self) -> dict[str, Any]:
        return _without_none(
            enabled=self.added_to_conversation_enabled,
            template=self.added_to_conversation_template,
            sound=self.added_to_conversation_sound,
        )

    @shown
    def removed_from_conversation(self) -> dict[str, Any]:
        return _without_none(
            enabled=self.removed_from_conversation_enabled,
            template=self.removed_from_conversation_template,
            sound=self.removed_from_conversation_sound,
        )


def _without_none(**parts: Any) -> dict[str, Any]:
    """The parts that are set; a new service shows no others (captured)."""
    return {name: value for name, value in parts.items() if value is not None}


class Notifications(Resource[Notification]):
    record = Notification
    noun = "ServiceNotification"
    path = "Configuration/Notifications"
    key = collection = "notifications"
    single = True
    short = False
    verbs = (FETCH, UPDATE)


notifications = Notifications()
