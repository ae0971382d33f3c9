"""Secrets: what a text that people read shows in their place.

Which parameters are secret stands on their fields. The others are texts that may have a URL with a
password in it, as webhooks are configured with.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Mapping

from .resources import RESOURCES

REDACTED = "***"

# By twilio-python's keyword and by Twilio's name
SECRET = {
    name
    for resource in RESOURCES
    for keyword, field in resource.parameters.items()
    if field.secret
    for name in (keyword, field.name)
}


def redacted(keyword: str, value: object) -> object:
    """*value* of the parameter *keyword*, as a text may show it. None is no secret."""
    if keyword in SECRET and value is not None:
        return REDACTED
    return _without_passwords(value)


def without_passwords(text: str) -> str:
    """*text* with no password in the URLs in it: `https://user:***@desk.example`."""
    return re.sub(r"(://[^\s/?#:@]*):[^\s/?#]*@", rf"\1:{REDACTED}@", text)


def without_credentials(headers: Mapping[str, str]) -> Mapping[str, str]:
    """*headers* of a request that say who asks, but are of no use to ask again."""
    return {
        name: _user(value) if name in ("authorization", "proxy-authorization") else value
        for name, value in headers.items()
    }


def _user(authorization: str) -> str:
    """`Basic AC…:***`: what is left to tell requests from each other."""
    scheme, _, credentials = authorization.partition(" ")
    try:
        user, colon, _ = b64decode(credentials.strip(), validate=True).decode().partition(":")
    except ValueError:
        colon = ""
    if scheme.lower() != "basic" or not colon:
        return f"{scheme} {REDACTED}" if credentials else REDACTED
    return f"{scheme} {user}:{REDACTED}"


def _without_passwords(value: object) -> object:
    if isinstance(value, str):
        return without_passwords(value)
    if isinstance(value, (list, tuple)):
        return (list if isinstance(value, list) else tuple)(map(_without_passwords, value))
    if isinstance(value, Mapping):
        return {key: _without_passwords(each) for key, each in value.items()}
    return value
