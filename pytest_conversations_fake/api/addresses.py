"""Addresses: the forms and channels of messaging addresses."""

from __future__ import annotations

import re

CHANNELS = ("whatsapp", "messenger", "gbm", "email", "rcs", "apple")
"""The channels whose names are prefixes of their addresses."""

# A number, or the address of a channel. The form after the prefix is a guess
_ADDRESS = re.compile(rf"\+[1-9]\d{{1,14}}|(?:{'|'.join(CHANNELS)}):.+", re.ASCII)


def is_address(text: str) -> bool:
    return _ADDRESS.fullmatch(text) is not None


# The number of digits of a short code is a guess
_SHORT_CODE = re.compile(r"\d{3,8}", re.ASCII)


def is_sender(text: str) -> bool:
    """Whether the account can send from *text*: an address or a short code, such as `55555`."""
    return is_address(text) or _SHORT_CODE.fullmatch(text) is not None


def channel(address: str) -> str:
    """The channel of an address: `whatsapp` for `whatsapp:+15550100`, `sms` for a bare number."""
    prefix, colon, _ = address.partition(":")
    return prefix if colon else "sms"
