"""Environment variables that keep Twilio's hosts from going through a proxy."""

from __future__ import annotations

from collections.abc import Mapping

_TWILIO = ".twilio.com,twilio.com"  # some libraries accept only one of the two forms


def no_proxy_variables(environ: Mapping[str, str]) -> dict[str, str]:
    """`NO_PROXY` and `no_proxy` with Twilio's hosts added; some libraries read only one of them."""
    upper, lower = environ.get("NO_PROXY", ""), environ.get("no_proxy", "")
    # A new variable would hide the hosts in the other one, so it gets these hosts, too
    return {"NO_PROXY": _with(upper or lower), "no_proxy": _with(lower or upper)}


def _with(hosts: str) -> str:
    if hosts.strip() == "*" or hosts.endswith(_TWILIO):
        return hosts
    return f"{hosts},{_TWILIO}" if hosts else _TWILIO
