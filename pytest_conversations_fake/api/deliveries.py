"""Deliveries: an event on its way to one hook, and what came of it."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urldefrag, urlencode, urlsplit

from .events import Event, spelled
from .hooks import Hook
from .secrets import without_passwords
from .signature import signature
from .wording import visible

NO_TARGET = "no target"
"""Why there is no answer where nothing was sent."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Delivery:
    """A request of Twilio's to an application."""

    event: str
    """`"onMessageAdded"`."""
    url: str
    """As configured; of a Studio flow its sid, as nothing is sent there."""
    method: str
    """`"POST"`, or `"GET"` with everything in the query."""
    params: Mapping[str, Any]
    """By keyword, `conversation_sid` or `body`: a `datetime` for dates, an `int` for numbers, else
    text."""
    form: Mapping[str, str]
    """As sent, by Twilio's names: `ConversationSid`."""
    account_sid: str
    attempt: int = 0
    """0 for the first one."""
    status: int | None = None
    """Of the application's answer; None if there was none."""
    answer: str = ""
    """The text of the answer."""
    error: str | None = None
    """Why there was no answer, or what the application raised."""

    @property
    def failed(self) -> bool:
        """Whether the application did not answer, or with a status of 400 or more."""
        if self.status is None:
            return self.error != NO_TARGET
        return self.status >= 400

    @property
    def outcome(self) -> str:
        """The status, or why there is none, in a line."""
        *_, last = (self.error or str(self.status)).rstrip("\n").split("\n")
        return visible(last)

    @property
    def heading(self) -> str:
        """What is told where, as a text shows it: without the password of the URL."""
        return visible(f"{self.event} to {without_passwords(self.url)}")

    def __str__(self) -> str:
        return f"{self.heading} -> {without_passwords(self.outcome)}"

    def __repr__(self) -> str:
        return f"<Delivery {self}>"


@dataclass(frozen=True, kw_only=True)
class Letter:
    """The HTTP request that a delivery is."""

    method: str
    url: str
    """With the query, if it is a GET."""
    headers: Mapping[str, str]
    body: bytes

    @property
    def host(self) -> str:
        """What the header `Host` says."""
        return urlsplit(self.url).netloc.rpartition("@")[2]


def letter(delivery: Delivery, auth_token: str, token: str) -> Letter:
    """A delivery as it is sent, signed with *auth_token*; *token* is different for each."""
    headers = {
        "Accept": "*/*",
        "User-Agent": "TwilioProxy/1.1",
        "I-Twilio-Idempotency-Token": token,
    }
    user, at, _ = urlsplit(delivery.url).netloc.rpartition("@")
    if at:
        headers["Authorization"] = f"Basic {b64encode(unquote(user).encode()).decode()}"
    form = urlencode(delivery.form)
    if delivery.method == "GET":
        url = urldefrag(delivery.url).url
        url += ("&" if "?" in url else "?") + form
        headers["X-Twilio-Signature"] = signature(auth_token, url)
        return Letter(method="GET", url=url, headers=headers, body=b"")
    headers["Content-Type"] = "application/x-www-form-urlencoded; charset=utf-8"
    headers["X-Twilio-Signature"] = signature(auth_token, delivery.url, delivery.form.items())
    return Letter(method="POST", url=delivery.url, headers=headers, body=form.encode())


# What every event tells
COMMON = ("account_sid", "event_type", "source", "client_identity", "retry_count")


def delivery(event: Event, hook: Hook, account_sid: str) -> Delivery:
    """What *hook* is told of *event*, not sent yet."""
    common = (account_sid, event.name, event.source, event.client_identity, 0)
    told = {**dict(zip(COMMON, common)), **event.params}
    params = {name: value for name, value in told.items() if value is not None}
    return Delivery(
        event=event.name,
        url=hook.url,
        method=hook.method,
        params=params,
        form=spelled(params),
        account_sid=account_sid,
    )
