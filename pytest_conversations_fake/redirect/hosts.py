"""Recognizes host names of Twilio, and those of the imitated API."""

from __future__ import annotations

import re

IMITATED = "conversations.twilio.com"

# A region, or an edge and a region, may stand in between: conversations.dublin.ie1.twilio.com
_IMITATED = re.compile(r"conversations(\.[a-z0-9-]+){0,2}\.twilio\.com")


def twilio_name(host: object) -> str | None:
    """*host* in lower case and without a dot at its end if it is a host of Twilio, else None."""
    if isinstance(host, (bytes, bytearray)):  # anyio and trio pass bytes
        host = host.decode("ascii", "replace")
    if not isinstance(host, str):
        return None
    if not host.isascii():  # a resolver maps full-width characters to ASCII, too
        try:
            host = host.encode("idna").decode()
        except UnicodeError:
            return None
    name = host.lower().removesuffix(".")
    return name if name.endswith(".twilio.com") or name == "twilio.com" else None


def is_imitated(name: str) -> bool:
    return _IMITATED.fullmatch(name) is not None
