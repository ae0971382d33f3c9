"""A working imitation of the Twilio Conversations v1 API for tests and offline development.

Unofficial. In a test, use the fixture `fake_conversations`; elsewhere, use `FakeConversations` as a
context manager; in a shell, `conversations-fake serve`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from . import real_time as _real_time  # noqa: F401 - takes the clock before tests patch it

if TYPE_CHECKING:
    from .api.actions import Action as Action
    from .api.deliveries import Delivery as Delivery
    from .api.events import EventName as EventName
    from .api.faults import AnswerLost as AnswerLost
    from .api.faults import Delay as Delay
    from .api.faults import Fault as Fault
    from .api.faults import HalfAnswer as HalfAnswer
    from .api.faults import Injection as Injection
    from .api.faults import MalformedJson as MalformedJson
    from .api.faults import RateLimited as RateLimited
    from .api.faults import Reset as Reset
    from .api.faults import ServerError as ServerError
    from .api.faults import TwilioError as TwilioError
    from .api.faults import Unavailable as Unavailable
    from .api.journal import RecordedRequest as RecordedRequest
    from .api.operation_names import OperationName as OperationName
    from .api.operation_names import ServiceOperationName as ServiceOperationName
    from .fake import FakeConversations as FakeConversations
    from .redirect.registry import HostRefused as HostRefused
    from .reports.report import Report as Report
    from .simulators.chat_user import ChatUser as ChatUser
    from .simulators.handset import Handset as Handset
    from .simulators.handset import ReceivedMessage as ReceivedMessage
    from .state.records import AddressConfiguration as AddressConfiguration
    from .state.records import Binding as Binding
    from .state.records import Configuration as Configuration
    from .state.records import Conversation as Conversation
    from .state.records import Credential as Credential
    from .state.records import Media as Media
    from .state.records import Message as Message
    from .state.records import Notification as Notification
    from .state.records import Participant as Participant
    from .state.records import ParticipantConversation as ParticipantConversation
    from .state.records import Receipt as Receipt
    from .state.records import Role as Role
    from .state.records import ScopedWebhook as ScopedWebhook
    from .state.records import Service as Service
    from .state.records import ServiceConfiguration as ServiceConfiguration
    from .state.records import ServiceWebhookConfiguration as ServiceWebhookConfiguration
    from .state.records import User as User
    from .state.records import UserConversation as UserConversation
    from .state.records import WebhookConfiguration as WebhookConfiguration
    from .state.snapshot import Snapshot as Snapshot
    from .strict.errors import FakeConversationsWarning as FakeConversationsWarning
    from .strict.errors import IgnoredParametersWarning as IgnoredParametersWarning
    from .strict.errors import StrictnessError as StrictnessError
    from .strict.errors import WebhookWarning as WebhookWarning
    from .sweep.results import Sweep as Sweep
    from .sweep.results import SweepRun as SweepRun

# Imported when they are first used: pytest imports this package at every start
_MODULES = {
    "Action": "api.actions",
    "AddressConfiguration": "state.records",
    "AnswerLost": "api.faults",
    "Binding": "state.records",
    "ChatUser": "simulators.chat_user",
    "Configuration": "state.records",
    "Conversation": "state.records",
    "Credential": "state.records",
    "Delay": "api.faults",
    "Delivery": "api.deliveries",
    "EventName": "api.events",
    "FakeConversations": "fake",
    "FakeConversationsWarning": "strict.errors",
    "Fault": "api.faults",
    "HalfAnswer": "api.faults",
    "Handset": "simulators.handset",
    "HostRefused": "redirect.registry",
    "IgnoredParametersWarning": "strict.errors",
    "Injection": "api.faults",
    "MalformedJson": "api.faults",
    "Media": "state.records",
    "Message": "state.records",
    "Notification": "state.records",
    "OperationName": "api.operation_names",
    "Participant": "state.records",
    "ParticipantConversation": "state.records",
    "RateLimited": "api.faults",
    "Receipt": "state.records",
    "ReceivedMessage": "simulators.handset",
    "RecordedRequest": "api.journal",
    "Report": "reports.report",
    "Reset": "api.faults",
    "Role": "state.records",
    "ScopedWebhook": "state.records",
    "ServerError": "api.faults",
    "Service": "state.records",
    "ServiceConfiguration": "state.records",
    "ServiceOperationName": "api.operation_names",
    "ServiceWebhookConfiguration": "state.records",
    "Snapshot": "state.snapshot",
    "StrictnessError": "strict.errors",
    "Sweep": "sweep.results",
    "SweepRun": "sweep.results",
    "TwilioError": "api.faults",
    "Unavailable": "api.faults",
    "User": "state.records",
    "UserConversation": "state.records",
    "WebhookConfiguration": "state.records",
    "WebhookWarning": "strict.errors",
}

__all__ = [*_MODULES]


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_MODULES[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted(_MODULES)
