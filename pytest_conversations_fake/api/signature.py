"""Signatures, by which an application knows that a webhook is Twilio's."""

from __future__ import annotations

import hmac
from base64 import b64encode
from collections.abc import Iterable


def signature(auth_token: str, url: str, form: Iterable[tuple[str, str]] = ()) -> str:
    """What `X-Twilio-Signature` says of a POST of *form* to *url*, or of a GET of *url*.

    As in https://www.twilio.com/docs/usage/security: names and values behind the URL, by name; of
    a name that is there repeatedly, each value once.
    """
    signed = url + "".join(name + value for name, value in sorted({*form}))
    return b64encode(hmac.digest(auth_token.encode(), signed.encode(), "sha1")).decode()
