"""Endpoints: the rows of the control API's table."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from .values import Schema

PREFIX = "/_fake/v1"
"""The path of the control API."""

EVENT_STREAM = "text/event-stream"


@dataclass(frozen=True)
class Parameter:
    """A parameter by the *name* that clients use, which is also that of the function's keyword."""

    name: str
    schema: Schema
    meaning: str
    required: bool = False


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """A row of the table: an operation of the control API.

    *run* takes the `Control` and the validated parameters as keywords. It returns the answer, or a
    text where *media_type* is not JSON. For an event stream, *run* only names the operation, and
    `streams.py` answers.
    """

    method: str
    path: str
    """The path below `/_fake/v1`, with names of parameters in braces."""
    summary: str
    run: Callable[..., Any]
    in_path: Sequence[Parameter] = ()
    query: Sequence[Parameter] = ()
    body: Sequence[Parameter] = ()
    """The keys of the body, an object."""
    document: Parameter | None = None
    """The body as a whole, where it is one value."""
    answer: Mapping[str, Any] | None = None
    """The schema of the answer; None for no content."""
    status: int = 200
    media_type: str = "application/json"
    max_body: int = 1024 * 1024
    """Maximum number of bytes of the body."""

    @property
    def operation_id(self) -> str:
        """The name of the function in lower camel case, as generated clients use it."""
        first, *words = self.run.__name__.split("_")
        return first + "".join(map(str.title, words))

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Matches the path, still encoded, with a group for each parameter."""
        return re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(self.path)))
