"""Targets: how a signed request reaches an application, whichever interface it has."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass
from typing import Protocol

from ..api.deliveries import SignedRequest

DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Answer:
    """The response of an application to a webhook."""

    status: int
    text: str
    background: Future[None] | None = None
    """Work that the application continues after its response."""


class Target(Protocol):
    """Something that webhooks are sent to."""

    async def open(self) -> None:
        """Start the application. Raises the error that prevents its startup."""

    async def close(self) -> None:
        """Shut the application down."""

    async def send(self, signed_request: SignedRequest) -> Answer:
        """Send a request and return the response.

        Raises `ConnectionError` if the application is not reachable, and `ApplicationError` if it
        raises an exception.
        """
