"""Addresses: where people who do not chat are reached, from where, and by which channel."""

from __future__ import annotations

import re

CHANNELS = ("whatsapp", "messenger", "gbm", "email", "rcs", "apple")
"""The channels whose addresses have their name in front."""

# A number, or the address of a channel. What follows the name of a channel is a guess
_ADDRESS = re.compile(rf"\+[1-9]\d{{1,14}}|(?:{'|'.join(CHANNELS)}):.+", re.ASCII)


def is_address(text: str) -> bool:
    return _ADDRESS.fullmatch(text) is not None


# How many digits short codes have is a guess
_SHORT_CODE = re.compile(r"\d{3,8}", re.ASCII)


def is_sender(text: str) -> bool:
    """Whether the account can write from *text*: an address or a short code, as `55555`."""
    return is_address(text) or _SHORT_CODE.fullmatch(text) is not None


def channel(address: str) -> str:
    """`whatsapp` of `whatsapp:+15550100`, `sms` of a bare number."""
    prefix, colon, _ = address.partition(":")
    return prefix if colon else "sms"
