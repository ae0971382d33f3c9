"""The filter refuses requests of foreign web pages, and limits our own page by headers.

A page of another site can send requests to this machine, directly or with a name that suddenly
resolves to a loopback address (DNS rebinding). The filter refuses both by the headers that browsers
send and that a page cannot change: `Host`, `Origin` and `Sec-Fetch-Site`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import urlsplit

from ..api.wording import visible

SECURITY_HEADERS = {
    # For answers other than the page, which has a policy of its own
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

MAX_HEADERS = 100
"""Maximum number of headers of a request to the inspector. Browsers send about 20."""

MAX_HEADER_BYTES = 32 * 1024
"""Maximum number of bytes of these headers in all."""


class ForeignPageFilter:
    """Refuses requests of foreign web pages.

    Loopback names are accepted, and the host names *allow_hosts*. Raises `TypeError` or
    `ValueError` for *allow_hosts* that are no host names.
    """

    def __init__(self, allow_hosts: Iterable[str] = ()) -> None:
        if isinstance(allow_hosts, str):
            raise TypeError(f"allow_hosts is a list of host names, not {allow_hosts!r}")
        self._allowed = {_checked(name) for name in allow_hosts}

    def refusal(self, headers: Mapping[str, str], *, for_api: bool = False) -> str | None:
        """The reason why a request is refused, or None.

        A request *for_api*, the imitated API, may also name a host of Twilio, because redirected
        requests do.
        """
        host, origin = headers.get("Host"), headers.get("Origin")
        if host and not self._accepts_host(host, for_api):
            return (
                f"the host {visible(host)!r} is not allowed, as a foreign web page could use it; "
                "use localhost, or start the fake with --allow-host and this name"
            )
        if origin is not None:
            return None if self._accepts_origin(origin, host) else _foreign(origin)
        is_cross_site = headers.get("Sec-Fetch-Site") == "cross-site"
        if is_cross_site and headers.get("Sec-Fetch-Mode") != "navigate":
            return _foreign("another site")
        return None

    def _accepts_host(self, host: str, for_api: bool) -> bool:
        name = _name(f"//{host}")
        # No name resolves to a literal address, so a page that sends one is a page of ours
        return self._is_own(name) or _is_address(name) or (for_api and name.endswith(".twilio.com"))

    def _accepts_origin(self, origin: str, host: str | None) -> bool:
        scheme, _, authority = origin.partition("://")
        is_same = scheme in ("http", "https") and authority.lower() == (host or "").lower()
        return bool(authority) and (is_same or self._is_own(_name(f"//{authority}")))

    def _is_own(self, name: str) -> bool:
        is_local = name == "localhost" or name.endswith(".localhost")
        is_loopback = _is_address(name) and ip_address(name).is_loopback
        return is_local or is_loopback or name in self._allowed


def header_problem(headers: Iterable[tuple[bytes, bytes]]) -> str | None:
    """The reason why the *headers* of a request are too many or too long, or None."""
    sizes = [len(name) + len(value) for name, value in headers]
    if len(sizes) > MAX_HEADERS:
        return f"a request has at most {MAX_HEADERS} headers, not {len(sizes)}"
    if sum(sizes) > MAX_HEADER_BYTES:
        return f"the headers have at most {MAX_HEADER_BYTES:,} bytes, not {sum(sizes):,}"
    return None


def _foreign(origin: str) -> str:
    return (
        f"a web page of {visible(origin)} may not use the fake; start the fake with --allow-host "
        "and its host name if it may"
    )


@lru_cache(maxsize=256)  # each request asks for the same few
def _name(url: str) -> str:
    """The host name of a URL in lower case, without a dot at its end; empty if it has none."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return ""
    is_plain = not (parts.username or parts.password or parts.path or parts.query or parts.fragment)
    return (parts.hostname or "").removesuffix(".") if is_plain else ""


@lru_cache(maxsize=256)
def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _checked(name: object) -> str:
    if not isinstance(name, str):
        raise TypeError(f"allow_hosts contains host names, not {name!r}")
    if not re.fullmatch(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\.?", name):
        raise ValueError(
            f"an allowed host is a name without scheme and port, as in desk.example, not {name!r}"
        )
    return name.lower().removesuffix(".")
