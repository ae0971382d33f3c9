"""A working imitation of the Twilio Conversations v1 API for tests and offline development.

Unofficial. In a test, use the fixture `fake_conversations`; elsewhere, use `FakeConversations` as a
context manager; in a shell, `conversations-fake serve`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from . import real_time as _real_time  # noqa: F401 - takes the clock before tests patch it

if TYPE_CHECKING:
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
    from .fake import FakeConversations as FakeConversations
    from .redirect.registry import HostRefused as HostRefused
    from .reports.report import Report as Report
    from .simulators.chat_user import ChatUser as ChatUser
    from .simulators.handset import Handset as Handset
    from .state.snapshot import Snapshot as Snapshot
    from .strict.errors import FakeConversationsWarning as FakeConversationsWarning
    from .strict.errors import IgnoredParametersWarning as IgnoredParametersWarning
    from .strict.errors import StrictnessError as StrictnessError
    from .strict.errors import WebhookWarning as WebhookWarning
    from .sweep.results import Run as Run
    from .sweep.results import Sweep as Sweep

# Imported when they are first used: pytest imports this package at every start
_MODULES = {
    "AnswerLost": "api.faults",
    "ChatUser": "simulators.chat_user",
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
    "OperationName": "api.operation_names",
    "RateLimited": "api.faults",
    "RecordedRequest": "api.journal",
    "Report": "reports.report",
    "Reset": "api.faults",
    "Run": "sweep.results",
    "ServerError": "api.faults",
    "Snapshot": "state.snapshot",
    "StrictnessError": "strict.errors",
    "Sweep": "sweep.results",
    "TwilioError": "api.faults",
    "Unavailable": "api.faults",
    "WebhookWarning": "strict.errors",
}

__all__ = [*_MODULES]


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_MODULES[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted(_MODULES)
