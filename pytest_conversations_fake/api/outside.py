"""The outside: the callables through which a world reaches beyond the core."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Protocol

from .actions import Action
from .deliveries import Delivery
from .journal import RecordedRequest

Entry = RecordedRequest | Delivery | Action
"""An entry of a time line."""

NOT_ACTIVE = "this fake is not active; use it in a `with` statement"
"""The error of an action that needs the server or the worker of a fake."""


class Lock(Protocol):
    """A condition variable, such as `threading.Condition`."""

    def __enter__(self) -> object: ...
    def __exit__(self, *error: Any) -> object: ...
    def notify_all(self) -> None: ...
    def wait_for(self, predicate: Callable[[], bool], timeout: float) -> bool: ...


class NoLock:
    """The lock of a world that one thread uses alone. It never waits."""

    def __enter__(self) -> None: ...
    def __exit__(self, *error: object) -> None: ...
    def notify_all(self) -> None: ...

    def wait_for(self, predicate: Callable[[], bool], timeout: float) -> bool:
        return predicate()


@dataclass(frozen=True)
class Outside:
    """The callables that a world needs. The defaults serve a world without a server."""

    lock: Lock = field(default_factory=NoLock)
    """Guards the state of the world. Readers and writers hold it."""
    post: Callable[[Delivery], bool] = lambda delivery: False
    """Sends a delivery. Returns False if nobody sends it; then the world only records it."""
    ask: Callable[[Delivery], Future[Delivery] | None] = lambda delivery: None
    """Sends a delivery and returns its future answer, or None if nobody sends it."""
    address: Callable[[], str] = lambda: ""
    """The URL at which the fake listens, as in `http://127.0.0.1:8010`; empty before its start."""
    redirects: bool = False
    """Whether `conversations.twilio.com` leads to the fake."""
    hints: Callable[[bool], Sequence[str]] = lambda waited: ()
    """Sentences on requests that did not reach the fake. Its argument: whether a test waited."""
    ended_fakes: Callable[[], Mapping[str, str]] = dict
    """The names of earlier fakes at the same address, by account sid and by auth token."""
    listeners: list[Callable[[Entry], None]] = field(default_factory=list)
    """Called with each entry of the time line when it is complete, in the thread that completes it.

    That thread holds the lock, so a listener neither waits nor raises. An entry may have a smaller
    `order` than earlier ones, since a delivery that takes long began before them. After a restore,
    the entry is the action `restore` or `reset`."""
    cuts_texts: Callable[[], bool] = lambda: False
    """Whether failure texts leave out what does not fit on a terminal."""
