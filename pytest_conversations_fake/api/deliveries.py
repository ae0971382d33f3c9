"""Deliveries: the request that carries an event to a subscriber, and its outcome."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from typing import Any
from urllib.parse import quote, urlsplit

from .events import Event, Subscriber
from .secrets import without_passwords
from .wording import visible

TIMEOUT = 5.0
"""Seconds that Twilio waits for an answer."""

NO_ANSWER = "no answer within"

NO_TARGET = "no target"
"""Why there is no answer where nothing was sent."""


@dataclass(frozen=True)
class Signing:
    """What a request was signed with, as failures say it."""

    url: str
    """Up to the event's parameters, which a GET has in the query."""
    token_origin: str
    """Where the auth token is from; never the token."""


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
    signing: Signing | None = None
    """None if nothing was sent."""

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
    def hint(self) -> str:
        """What to look at after a refusal that may be of the signature, or no answer in time."""
        if (self.error or "").startswith(NO_ANSWER):
            return "deliver_to(timeout=...) sets another limit"
        if not self.signing or self.status not in (401, 403):
            return ""
        return (
            f"it was signed for {without_passwords(self.signing.url)} with "
            f"{self.signing.token_origin}; where the signature is refused, the usual causes are "
            "public_url, its scheme (http or https, see behind_proxy=) and auth_token="
        )

    @property
    def heading(self) -> str:
        """What is told where, as a text shows it: without the password of the URL."""
        return visible(f"{self.event} to {without_passwords(self.url)}")

    def __str__(self) -> str:
        return f"{self.heading} -> {without_passwords(self.outcome)}"

    def __repr__(self) -> str:
        return f"<Delivery {self}>"


@dataclass(frozen=True, kw_only=True)
class SignedRequest:
    """The HTTP request that a delivery is."""

    method: str
    url: str
    """With the query, if it is a GET."""
    headers: Mapping[str, str]
    body: bytes
    signing: Signing

    @property
    def host(self) -> str:
        """What the header `Host` says."""
        return urlsplit(self.url).netloc.rpartition("@")[2]

    @property
    def target(self) -> str:
        """What the request line says: path and query."""
        url = urlsplit(self.url)
        return f"{url.path}{'?' * bool(url.query)}{url.query}"


PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))


def request_url(url: str) -> str:
    """The URL of a request as HTTP sends it: ASCII only, with a path, and without a fragment.

    A server sees exactly this, so this is what is signed. Percent-encoding that is there already
    stays as it is. That Twilio does the same with URLs that are not in this form is a guess.
    """
    parts = urlsplit(url)
    user, at, host = parts.netloc.rpartition("@")
    if not host.isascii():
        host = host.encode("idna").decode()
    user, path, query = (
        quote(part, safe=PRINTABLE) for part in (user, parts.path or "/", parts.query)
    )
    return f"{parts.scheme}://{user}{at}{host}{path}{'?' * bool(query)}{query}"


def behind_proxy(signed_request: SignedRequest) -> SignedRequest:
    """The request as a proxy that ends TLS passes it on: by HTTP, with the usual headers."""
    scheme, _, rest = signed_request.url.partition(":")
    headers = {
        "X-Forwarded-Proto": scheme,
        "X-Forwarded-For": "127.0.0.1",
        "X-Forwarded-Host": signed_request.host,
    }
    return replace(
        signed_request, url=f"http:{rest}", headers={**signed_request.headers, **headers}
    )


# What every event tells
COMMON = ("account_sid", "event_type", "source", "client_identity", "retry_count")

# Parameters that a conversation's webhook gets in addition, and the type's only value. Applications
# show the names; the value is a guess.
OF_SCOPED_WEBHOOKS = ("webhook_sid", "webhook_type")
WEBHOOK_TYPE = "webhook"


def build_delivery(event: Event, subscriber: Subscriber, account_sid: str) -> Delivery:
    """The delivery of *event* to *subscriber*, before it is sent."""
    common = (account_sid, event.name, event.source, event.client_identity, 0)
    params = {**dict(zip(COMMON, common)), **event.params}
    if subscriber.webhook_sid:
        params |= dict(zip(OF_SCOPED_WEBHOOKS, (subscriber.webhook_sid, WEBHOOK_TYPE)))
    params = {name: value for name, value in params.items() if value is not None}
    return Delivery(
        event=event.name,
        url=subscriber.url,
        method=subscriber.method,
        params=params,
        form={_twilio_name(name): _form_value(value) for name, value in params.items()},
        account_sid=account_sid,
    )


_BINDING = "messaging_binding_"


def _twilio_name(keyword: str) -> str:
    """`MessagingBinding.ProxyAddress` for `messaging_binding_proxy_address`."""
    prefix = "MessagingBinding." if keyword.startswith(_BINDING) else ""
    return prefix + keyword.removeprefix(_BINDING).title().replace("_", "")


def _form_value(value: Any) -> str:
    if isinstance(value, datetime):  # with milliseconds, unlike the answers to requests
        return value.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z").rjust(24, "0")
    if isinstance(value, list):  # of media; that their names are spelled the same way is a guess
        value = [{_twilio_name(name): part for name, part in each.items()} for each in value]
    return value if isinstance(value, str) else json.dumps(value)
