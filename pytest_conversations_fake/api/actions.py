"""Actions: calls of a test, or of a person at the page, that change the fake without a request."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from types import MappingProxyType
from typing import Any, TypeVar, cast

from .redaction import redacted
from .secrets import REDACTED, without_passwords
from .wording import visible

Method = TypeVar("Method", bound=Callable[..., Any])

RESTORES = ("restore", "reset")
"""The names of the actions after which the time line has only its entries at a snapshot."""

NOTHING: Mapping[str, object] = MappingProxyType({})

SECRETS = ("auth_token",)
"""Secret arguments that are no parameters of an operation."""

_is_recorded: ContextVar[bool] = ContextVar("_is_recorded", default=False)
"""Whether the running code belongs to an action. Calls inside an action are not recorded."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Action:
    """A call that changed the fake without a request: a phone that texts, a clock that moves."""

    order: int
    """Its place among requests and deliveries: when it began."""
    subject: str
    """The object of the call, as Python writes it below the fake: `handset('+15550100')`, `clock`.
    Empty for the fake itself."""
    name: str
    """The method: `send`."""
    arguments: tuple[object, ...] = ()
    """The positional arguments. A record is its sid, a path is a str, and a secret is `***`."""
    keywords: Mapping[str, object]
    """The keyword arguments, in the same form."""
    sid: str = ""
    """The sid of the record that the call returned; empty if it returned none."""
    error: str | None = None
    """The error of the call, as in `LookupError: there is no…`; None if it succeeded."""

    @property
    def text(self) -> str:
        """The Python call on one line: `handset('+15550100').send('Hi', to='+15550199')`."""
        arguments = map(repr, self.arguments)
        keywords = (f"{name}={value!r}" for name, value in self.keywords.items())
        path = f"{self.subject}." if self.subject else ""
        return visible(f"{path}{self.name}({', '.join([*arguments, *keywords])})")

    def __str__(self) -> str:
        return f"{self.text} raised {self.error.partition(':')[0]}" if self.error else self.text

    def __repr__(self) -> str:
        return f"<Action {self}>"


@dataclass(frozen=True)
class Recorder:
    """Records the actions on one *subject*."""

    subject: str
    next_order: Callable[[], int]
    add: Callable[[Action], None]
    """Adds an action to the time line."""

    def record(
        self,
        name: str,
        arguments: Sequence[object] = (),
        keywords: Mapping[str, object] = NOTHING,
        *,
        order: int | None = None,
        sid: str = "",
        error: str | None = None,
    ) -> None:
        """Record a call that began at *order* (default: now) and that has ended now."""
        self.add(
            Action(
                order=self.next_order() if order is None else order,
                subject=self.subject,
                name=name,
                arguments=tuple(_plain("", each) for each in arguments),
                keywords={key: _plain(key, each) for key, each in keywords.items()},
                sid=sid,
                error=error,
            )
        )


def action(method: Method) -> Method:
    """Record the calls of a public method, except for calls inside another action.

    The object of the method has an attribute `_recorder`.
    """
    defaults = method.__kwdefaults__ or {}

    @wraps(method)
    def recorded(self: Any, /, *arguments: object, **keywords: object) -> object:
        __tracebackhide__ = True
        if _is_recorded.get():
            return method(self, *arguments, **keywords)
        recorder: Recorder = self._recorder
        order = recorder.next_order()
        chosen = {
            name: value
            for name, value in keywords.items()
            if name not in defaults or value is not defaults[name]
        }
        token = _is_recorded.set(True)
        try:
            result = method(self, *arguments, **keywords)
        except Exception as error:
            text = without_passwords(
                f"{type(error).__name__}: {error}"
            )  # the error would keep frames
            recorder.record(method.__name__, arguments, chosen, order=order, error=text)
            raise
        finally:
            _is_recorded.reset(token)
        sid = getattr(result, "sid", "")
        recorder.record(method.__name__, arguments, chosen, order=order, sid=sid)
        return result

    return cast(Method, recorded)


def _plain(keyword: str, value: object) -> object:
    """A copy of the argument *value* that later changes do not reach, without secrets."""
    if isinstance(value, Mapping):
        return {key: _plain(str(key), each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(keyword, each) for each in value]
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if keyword in SECRETS and value is not None:
        return REDACTED
    return redacted(keyword, getattr(value, "sid", value))
