"""Signing: the header by which an application knows that a webhook comes from Twilio."""

from __future__ import annotations

import hmac
from base64 import b64encode
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import quote_plus, unquote, urlencode, urlsplit

from .deliveries import Delivery, SignedRequest, Signing, request_url
from .world import World

# Where an auth token comes from, as failures of webhooks name it
TOKEN_OF_TARGET = "the auth_token= of deliver_to"
TOKEN_OF_REQUEST = "the auth token of the last request that did not use the fake's own"


def sign(world: World, delivery: Delivery, auth_token: str | None = None) -> SignedRequest:
    """Sign a delivery with *auth_token*, else with the token that the application uses.

    That token is the last password that a request sent with the account's sid, unless it was the
    account's own token. Without such a request it is the account's own token.
    """
    [account] = [each for each in world.authenticator.accounts if each.sid == delivery.account_sid]
    token = world.sids.draw("")
    uuid = "-".join((token[:8], token[8:12], token[12:16], token[16:20], token[20:]))
    if auth_token:
        return _signed_request(delivery, auth_token, TOKEN_OF_TARGET, uuid)
    if account.last_password:
        return _signed_request(delivery, account.last_password, TOKEN_OF_REQUEST, uuid)
    return _signed_request(delivery, account.auth_token, account.token_origin, uuid)


def _signed_request(
    delivery: Delivery, auth_token: str, token_origin: str, token: str
) -> SignedRequest:
    """A delivery as it is sent, signed with *auth_token*. *token* is unique to it."""
    headers = {
        "Accept": "*/*",
        "User-Agent": "TwilioProxy/1.1",
        "I-Twilio-Idempotency-Token": token,
    }
    user, at, _ = urlsplit(delivery.url).netloc.rpartition("@")
    if at:
        headers["Authorization"] = f"Basic {b64encode(unquote(user).encode()).decode()}"
    form = urlencode(delivery.form, quote_via=_quote)
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


_quote = lru_cache(maxsize=256)(quote_plus)
"""Quotes names and sids, which most deliveries share."""


def signature(auth_token: str, url: str, form: Iterable[tuple[str, str]] = ()) -> str:
    """The value of `X-Twilio-Signature` for a POST of *form* to *url*, or for a GET of *url*.

    As in https://www.twilio.com/docs/usage/security: names and values are appended to the URL,
    sorted by name. Equal values of one name count once.
    """
    signed = url + "".join(name + value for name, value in sorted({*form}))
    return b64encode(hmac.digest(auth_token.encode(), signed.encode(), "sha1")).decode()
