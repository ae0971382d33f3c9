"""Deliveries: the request that carries an event to a subscriber, and its outcome."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlsplit

from .events import Event, EventName, Subscriber
from .iso8601 import shown_moment
from .secrets import without_passwords
from .wording import visible

TIMEOUT = 5.0
"""Seconds that Twilio waits for an answer."""

NO_ANSWER = "no answer within"

NO_TARGET = "no target"
"""The error of a delivery that was not sent."""


@dataclass(frozen=True)
class Signing:
    """The URL and the token with which a request was signed, for failure texts."""

    url: str
    """The URL without the event's parameters, which a GET has in the query."""
    token_origin: str
    """Where the auth token comes from; never the token itself."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Delivery:
    """A webhook request to an application, and its outcome."""

    event: EventName
    """`"onMessageAdded"`."""
    url: str
    """The configured URL; for a Studio flow its sid, because nothing is sent."""
    method: str
    """`"POST"`, or `"GET"` with the parameters in the query."""
    params: Mapping[str, Any]
    """The parameters by keyword, such as `conversation_sid`.

    Dates are `datetime`s, numbers are `int`s, and other values are strings.
    """
    form: Mapping[str, str]
    """The parameters as sent, by Twilio's names: `ConversationSid`."""
    account_sid: str
    order: int = 0
    """Its place among requests, deliveries and actions: when its event occurred."""
    end_order: int = 0
    """The place of its outcome in the same order. Requests in between may come from its
    application."""
    attempt: int = 0
    """The number of earlier attempts."""
    status: int | None = None
    """The status of the application's answer; None without an answer."""
    answer: str = ""
    """The text of the answer."""
    error: str | None = None
    """The reason for a missing answer, or the error that the application raised."""
    signing: Signing | None = None
    """The signature; None if nothing was sent."""

    @property
    def failed(self) -> bool:
        """Whether the application did not answer, or answered with a status of 400 or more."""
        if self.status is None:
            return self.error != NO_TARGET
        return self.status >= 400

    @property
    def outcome(self) -> str:
        """The status, or why there is none, on one line."""
        *_, last = (self.error or str(self.status)).rstrip("\n").split("\n")
        return visible(last)

    @property
    def hint(self) -> str:
        """A likely cause, if the signature may have been refused or no answer came in time."""
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
        """The event and the URL, without its password."""
        return visible(f"{self.event} to {without_passwords(self.url)}")

    def __str__(self) -> str:
        return f"{self.heading} -> {without_passwords(self.outcome)}"

    def __repr__(self) -> str:
        return f"<Delivery {self}>"


@dataclass(frozen=True, kw_only=True)
class SignedRequest:
    """A delivery as sent over HTTP."""

    method: str
    url: str
    """The URL; for a GET with the query."""
    headers: Mapping[str, str]
    body: bytes
    signing: Signing

    @property
    def host(self) -> str:
        """The value of the header `Host`."""
        return urlsplit(self.url).netloc.rpartition("@")[2]

    @property
    def target(self) -> str:
        """Path and query, as in the request line."""
        url = urlsplit(self.url)
        return f"{url.path}{'?' * bool(url.query)}{url.query}"


PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))


@lru_cache(maxsize=128)  # a fake has few webhooks, and many deliveries
def request_url(url: str) -> str:
    """The URL of a request as HTTP sends it: ASCII only, with a path, and without a fragment.

    The server sees this URL, so it is the one that is signed. Existing percent-encoding is kept.
    It is a guess that Twilio does the same with other URLs.
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
    """The request as a proxy that ends TLS passes it on: over HTTP, with the usual headers."""
    scheme, _, rest = signed_request.url.partition(":")
    headers = {
        "X-Forwarded-Proto": scheme,
        "X-Forwarded-For": "127.0.0.1",
        "X-Forwarded-Host": signed_request.host,
    }
    return replace(
        signed_request, url=f"http:{rest}", headers={**signed_request.headers, **headers}
    )


# The parameters of every event
COMMON_PARAMS = ("account_sid", "event_type", "source", "client_identity", "retry_count")

# Further parameters for the webhook of a conversation, and the only value of the type. The names
# are known from applications; the value is a guess.
SCOPED_WEBHOOK_PARAMS = ("webhook_sid", "webhook_type")
WEBHOOK_TYPE = "webhook"


def build_delivery(event: Event, subscriber: Subscriber, account_sid: str) -> Delivery:
    """The delivery of *event* to *subscriber*, before it is sent."""
    common = (account_sid, event.name, event.source, event.client_identity, 0)
    params = {**dict(zip(COMMON_PARAMS, common)), **event.params}
    if subscriber.webhook_sid:
        params |= dict(zip(SCOPED_WEBHOOK_PARAMS, (subscriber.webhook_sid, WEBHOOK_TYPE)))
    params = {name: value for name, value in params.items() if value is not None}
    return Delivery(
        event=event.name,
        url=subscriber.url,
        method=subscriber.method,
        params=params,
        form={_twilio_name(name): _form_value(value) for name, value in params.items()},
        account_sid=account_sid,
    )


def next_attempt(delivery: Delivery) -> Delivery:
    """The same delivery once more, before it is sent. Its parameters count the attempts."""
    attempt = delivery.attempt + 1
    return replace(
        delivery,
        attempt=attempt,
        params={**delivery.params, "retry_count": attempt},
        form={**delivery.form, "RetryCount": str(attempt)},
        status=None,
        answer="",
        error=None,
        signing=None,
    )


_BINDING = "messaging_binding_"


@lru_cache(maxsize=128)  # more than there are parameters
def _twilio_name(keyword: str) -> str:
    """`MessagingBinding.ProxyAddress` for `messaging_binding_proxy_address`."""
    prefix = "MessagingBinding." if keyword.startswith(_BINDING) else ""
    return prefix + keyword.removeprefix(_BINDING).title().replace("_", "")


def _form_value(value: Any) -> str:
    if isinstance(value, datetime):  # with milliseconds, unlike the answers to requests
        return shown_moment(value).replace("Z", ".000Z")
    if isinstance(value, list):  # of media; that their names are spelled the same way is a guess
        value = [{_twilio_name(name): part for name, part in each.items()} for each in value]
    return value if isinstance(value, str) else json.dumps(value)
