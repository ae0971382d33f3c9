"""A real Twilio that would answer, on another loopback address, with a trusted certificate."""

from __future__ import annotations

import socket
import ssl
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import trustme

from .sites import Site

REAL = "127.9.9.9"


@contextmanager
def real_twilio() -> Iterator[tuple[Site, str]]:
    """The site, and the certificate of its authority."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("*.twilio.com").configure_cert(context)
    with Site(REAL, context) as site:
        yield site, authority.cert_pem.bytes().decode()


def make_public(site: Site, authority: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Below any patches, let Twilio's names lead to *site*, and every client trust *authority*."""
    _trust(authority, monkeypatch)
    ports = {443: site.tls_port, 80: site.http_port}

    def is_twilio(host: Any) -> bool:
        text = host.decode() if isinstance(host, bytes) else host
        return isinstance(text, str) and text.lower().rstrip(".").endswith("twilio.com")

    def lead(address: Any) -> Any:
        if isinstance(address, tuple) and (address[0] == REAL or is_twilio(address[0])):
            return (REAL, ports.get(address[1], address[1]))
        return address

    def below(holder: Any, name: str, patch: Callable[[Any], Any]) -> None:
        monkeypatch.setattr(holder, name, patch(getattr(holder, name)))

    def getaddrinfo(resolve: Any) -> Any:
        def patched(host: Any, *arguments: Any, **keywords: Any) -> Any:
            return resolve(REAL if is_twilio(host) else host, *arguments, **keywords)

        return patched

    def connect(original: Any) -> Any:
        return lambda sock, address: original(sock, lead(address))

    def loop_getaddrinfo(resolve: Any) -> Any:
        async def patched(loop: Any, host: Any, *arguments: Any, **keywords: Any) -> Any:
            return await resolve(loop, REAL if is_twilio(host) else host, *arguments, **keywords)

        return patched

    def loop_create_connection(original: Any) -> Any:
        async def patched(
            loop: Any, factory: Any, host: Any = None, port: Any = None, **options: Any
        ) -> Any:
            if options.get("ssl") and not options.get("server_hostname"):
                options["server_hostname"] = host
            host, port = lead((host, port))
            return await original(loop, factory, host, port, **options)

        return patched

    below(socket, "getaddrinfo", getaddrinfo)
    below(socket.socket, "connect", connect)
    below(socket.socket, "connect_ex", connect)
    if resolver := sys.modules.get("aiohttp.resolver"):
        below(resolver.AsyncResolver, "resolve", loop_getaddrinfo)
    if uvloop := sys.modules.get("uvloop"):
        below(uvloop.Loop, "getaddrinfo", loop_getaddrinfo)
        below(uvloop.Loop, "create_connection", loop_create_connection)


def _trust(authority: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every client trust *authority*: loading any bundle from a file loads it, too."""
    from_files, default = ssl.SSLContext.load_verify_locations, ssl.SSLContext.load_default_certs

    def load_verify_locations(
        context: ssl.SSLContext, cafile: Any = None, capath: Any = None, cadata: Any = None
    ) -> None:
        from_files(context, cafile, capath, cadata)
        if cafile or capath:
            from_files(context, cadata=authority)

    def load_default_certs(context: ssl.SSLContext, *purpose: Any) -> None:
        default(context, *purpose)
        from_files(context, cadata=authority)

    monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", load_verify_locations)
    monkeypatch.setattr(ssl.SSLContext, "load_default_certs", load_default_certs)
    frozen = {
        "aiohttp.connector": "_SSL_CONTEXT_VERIFIED",
        "tornado.netutil": "_client_ssl_defaults",
    }
    for module, name in frozen.items():
        if module in sys.modules:
            context = getattr(sys.modules[module], name)
            from_files(context() if callable(context) else context, cadata=authority)
