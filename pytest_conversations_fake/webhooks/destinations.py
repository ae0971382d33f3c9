"""Routes: which application stands for a URL."""

from __future__ import annotations

import re
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from ..api.deliveries import TIMEOUT, SignedRequest, request_url
from ..api.secrets import without_passwords
from .applications import LoopOfTest
from .http import HttpTarget, is_loopback

Answer = tuple[int, str, "Future[None] | None"]
"""Status, text, and what the application goes on with behind its answer."""


class Target(Protocol):
    """Where deliveries go."""

    async def open(self) -> None: ...
    async def close(self) -> None: ...
    async def send(self, signed_request: SignedRequest) -> Answer: ...


@dataclass(frozen=True, eq=False)
class Destination:
    """That what is configured below *public_url* goes to *target*."""

    public_url: str
    target: Target
    auth_token: str | None = None
    loop: LoopOfTest | None = None
    """The test's event loop, if that is where the application runs."""
    by_settle: bool = False
    """Whether whoever settles calls the application, in the thread of the caller."""
    timeout: float | None = TIMEOUT
    """Seconds for an answer; None for no limit."""
    behind_proxy: bool = False
    """Whether the application is called as a proxy that ends TLS calls it."""

    def leads(self, url: str) -> bool:
        """Whether *url* is the public one, or below it."""
        root, path = _place(self.public_url)
        asked, below = _place(url)
        return asked == root and (below + "/").startswith(path.rstrip("/") + "/")


def destination_for(url: str, destinations: Sequence[Destination]) -> Destination | None:
    """The one whose public URL says most of *url*; of those that say the same, the last.

    What is on this machine needs none.
    """
    leading = [destination for destination in destinations if destination.leads(url)]
    if leading:
        return max(
            reversed(leading), key=lambda destination: len(_place(destination.public_url)[1])
        )
    return Destination(url, HttpTarget()) if is_loopback(url) else None


def _place(url: str) -> tuple[tuple[str, str | None, int | None], str]:
    """Where a URL leads, however it is spelled, and its path."""
    parts = urlsplit(request_url(url))
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    return (parts.scheme, parts.hostname, port), parts.path or "/"


def checked_public_url(given: object) -> str:
    """The public URL of an application. Raises `TypeError` or `ValueError` for another value."""
    shown = without_passwords(repr(given))
    if not isinstance(given, str) or not re.match("(?i)https?://[^/]", given):
        raise TypeError(f"public_url is a URL, https://desk.example, not {shown}")
    try:
        _ = urlsplit(request_url(given)).port
    except ValueError as error:
        raise ValueError(f"public_url cannot be {shown}: {error}") from None
    return given
