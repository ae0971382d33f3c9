"""Destinations: the applications that stand for configured URLs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from ..api.deliveries import TIMEOUT, request_url
from ..api.secrets import without_passwords
from .applications import TestEventLoop
from .http import HttpTarget, is_loopback
from .targets import DEFAULT_PORTS, Target


@dataclass(frozen=True, eq=False)
class Destination:
    """A target that stands for all URLs below *public_url*."""

    public_url: str
    target: Target
    auth_token: str | None = None
    """The token that signs its requests; None for the token that the application uses."""
    loop: TestEventLoop | None = None
    """The test's event loop, if the application runs there."""
    is_called_by_settle: bool = False
    """Whether `settle()` calls the application, in the thread of its caller."""
    timeout: float | None = TIMEOUT
    """Seconds until a delivery fails without a response; None for no limit."""
    behind_proxy: bool = False
    """Whether requests look as if a proxy had terminated TLS."""

    def matches(self, url: str) -> bool:
        """Whether a URL is the public URL or below it."""
        public_origin, public_path = _origin_and_path(self.public_url)
        origin, path = _origin_and_path(url)
        return origin == public_origin and f"{path}/".startswith(f"{public_path.rstrip('/')}/")


def find_destination(url: str, destinations: Sequence[Destination]) -> Destination | None:
    """The destination with the longest matching public URL; of equal ones the last.

    A URL of this machine that none matches is a destination itself. Returns None for other URLs.
    """
    matching = [destination for destination in destinations if destination.matches(url)]
    if matching:
        return max(
            reversed(matching),
            key=lambda destination: len(_origin_and_path(destination.public_url)[1]),
        )
    return Destination(url, HttpTarget()) if is_loopback(url) else None


@lru_cache(maxsize=128)  # it reads each URL again for each delivery
def _origin_and_path(url: str) -> tuple[tuple[str, str | None, int | None], str]:
    """The scheme, host and port of a URL, normalized, and its path."""
    parts = urlsplit(request_url(url))
    port = parts.port or DEFAULT_PORTS.get(parts.scheme)
    return (parts.scheme, parts.hostname, port), parts.path or "/"


def validate_public_url(value: object, *, name: str = "public_url") -> str:
    """Return *value* if it is an HTTP URL. Raises `TypeError` or `ValueError` if it is not.

    *name* names the value in the error.
    """
    shown = without_passwords(repr(value))
    if not isinstance(value, str) or not re.match("(?i)https?://[^/]", value):
        raise TypeError(f"{name} is a URL, as in https://desk.example, not {shown}")
    try:
        _ = urlsplit(request_url(value)).port
    except ValueError as error:
        raise ValueError(f"{name} cannot be {shown}: {error}") from None
    return value
