"""Proxies: Twilio's hosts are to go past those that the environment names."""

from __future__ import annotations

from collections.abc import Mapping

_TWILIO = ".twilio.com,twilio.com"  # some libraries know the one form, some the other


def past_proxies(environ: Mapping[str, str]) -> dict[str, str]:
    """`NO_PROXY` with Twilio's hosts added, in both spellings, as some libraries know only one."""
    upper, lower = environ.get("NO_PROXY", ""), environ.get("no_proxy", "")
    # Of a spelling that was not there, the other's hosts would be hidden
    return {"NO_PROXY": _with(upper or lower), "no_proxy": _with(lower or upper)}


def _with(hosts: str) -> str:
    if hosts.strip() == "*" or hosts.endswith(_TWILIO):
        return hosts
    return f"{hosts},{_TWILIO}" if hosts else _TWILIO
