"""Secrets: passwords and credentials are replaced in every text that people read."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Mapping
from functools import lru_cache

from .wording import counted

REDACTED = "***"


def without_passwords(text: str) -> str:
    """*text* without the passwords of its URLs: `https://user:***@desk.example`."""
    return re.sub(r"(://[^\s/?#:@]*):[^\s/?#]*@", rf"\1:{REDACTED}@", text)


def without_credentials(headers: Mapping[str, str]) -> Mapping[str, str]:
    """*headers* of a request that show the user but cannot authenticate another request."""
    return {
        name: _user(value) if name in ("authorization", "proxy-authorization") else value
        for name, value in headers.items()
    }


def recognizable(secret: str) -> str:
    """As much of a *secret* as people need to recognize it: its length, and how a long one begins.

    The first four of at least sixteen characters do not help to guess the others.
    """
    start = f"{secret[:4]}…, " if len(secret) >= 16 else ""
    return f"{start}{counted(len(secret), 'character')}"


@lru_cache(maxsize=64)  # a client sends the same header each time
def _user(authorization: str) -> str:
    """The header with the user only, `Basic AC…:***`, so that requests can be distinguished."""
    scheme, _, credentials = authorization.partition(" ")
    try:
        user, colon, _ = b64decode(credentials.strip(), validate=True).decode().partition(":")
    except ValueError:
        colon = ""
    if scheme.lower() != "basic" or not colon:
        return f"{scheme} {REDACTED}" if credentials else REDACTED
    return f"{scheme} {user}:{REDACTED}"
