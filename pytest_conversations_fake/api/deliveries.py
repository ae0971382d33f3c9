"""Deliveries: an event on its way to one hook, and what came of it."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, unquote, urlencode, urlsplit

from .events import Event, EventName, spelled
from .secrets import without_passwords
from .signature import signature
from .subscribers import Subscriber
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

    event: EventName
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


def signed_request(
    delivery: Delivery, auth_token: str, token_origin: str, token: str
) -> SignedRequest:
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
    url = request_url(delivery.url)
    signing = Signing(url, token_origin)
    if delivery.method == "GET":
        url += ("&" if "?" in url else "?") + form
        headers["X-Twilio-Signature"] = signature(auth_token, url)
        return SignedRequest(method="GET", url=url, headers=headers, body=b"", signing=signing)
    headers["Content-Type"] = "application/x-www-form-urlencoded; charset=utf-8"
    headers["X-Twilio-Signature"] = signature(auth_token, url, delivery.form.items())
    return SignedRequest(
        method="POST", url=url, headers=headers, body=form.encode(), signing=signing
    )


# What every event tells
COMMON = ("account_sid", "event_type", "source", "client_identity", "retry_count")

# Parameters that a conversation's webhook gets in addition, and the type's only value. Applications
# show the names; the value is a guess.
OF_SCOPED_WEBHOOKS = ("webhook_sid", "webhook_type")
WEBHOOK_TYPE = "webhook"


def delivery(event: Event, hook: Subscriber, account_sid: str) -> Delivery:
    """What *hook* is told of *event*, not sent yet."""
    common = (account_sid, event.name, event.source, event.client_identity, 0)
    told = {**dict(zip(COMMON, common)), **event.params}
    if hook.webhook_sid:
        told |= dict(zip(OF_SCOPED_WEBHOOKS, (hook.webhook_sid, WEBHOOK_TYPE)))
    params = {name: value for name, value in told.items() if value is not None}
    return Delivery(
        event=event.name,
        url=hook.url,
        method=hook.method,
        params=params,
        form=spelled(params),
        account_sid=account_sid,
    )
