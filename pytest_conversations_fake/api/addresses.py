"""Addresses: where people who do not chat are reached, and by which channel."""

from __future__ import annotations

import re

# A number, or the address of a channel with its name before it. What follows the name is a guess
_ADDRESS = re.compile(r"\+[1-9]\d{1,14}|[a-z]+:.+", re.ASCII)


def is_address(text: str) -> bool:
    return _ADDRESS.fullmatch(text) is not None


def channel(address: str) -> str:
    """`whatsapp` of `whatsapp:+15550100`, `sms` of a bare number."""
    prefix, colon, _ = address.partition(":")
    return prefix if colon else "sms"
