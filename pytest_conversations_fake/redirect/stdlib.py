"""Patches of the standard library: name resolution, connections, TLS. Every Python client uses one.

An imitated name resolves to a loopback address of its own, with the requested port: a client may
resolve without the port, or cache the address for the next test. `connect` recognizes the address
and replaces the port with the current local port. TLS with an imitated name always uses a context
that trusts our authority only. A client with a cached address or a proxy of its own therefore
cannot complete a handshake with the real Twilio.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from .hosts import IMITATED, twilio_name
from .patches import Function, Patches
from .registry import find_redirection

if TYPE_CHECKING:
    from ssl import SSLContext

ADDRESS = "127.84.87.73"  # 84, 87, 73 are T, W, I
ADDRESS_6 = f"::ffff:{ADDRESS}"


def _getaddrinfo(resolve: Function) -> Function:
    @wraps(resolve)
    def getaddrinfo(
        host: Any, port: Any, family: int = 0, type: int = 0, proto: int = 0, flags: int = 0
    ) -> Any:
        if find_redirection(host):
            return addresses(port, family, type or socket.SOCK_STREAM, proto)
        return resolve(host, port, family, type, proto, flags)

    return getaddrinfo


def addresses(port: Any, family: int, kind: int, proto: int = 0) -> list[tuple[Any, ...]]:
    """The result of `socket.getaddrinfo` for an imitated host."""
    if isinstance(port, (str, bytes)):
        text = port if isinstance(port, str) else port.decode()
        port = int(text) if text.isdecimal() else socket.getservbyname(text)
    proto = proto or (socket.IPPROTO_TCP if kind == socket.SOCK_STREAM else 0)
    if family == socket.AF_INET6:
        return [(socket.AF_INET6, kind, proto, "", (ADDRESS_6, port or 0, 0, 0))]
    return [(socket.AF_INET, kind, proto, "", (ADDRESS, port or 0))]


def _gethostbyname(resolve: Function) -> Function:
    @wraps(resolve)
    def gethostbyname(host: Any) -> Any:
        return ADDRESS if find_redirection(host) else resolve(host)

    return gethostbyname


def _gethostbyname_ex(resolve: Function) -> Function:
    @wraps(resolve)
    def gethostbyname_ex(host: Any) -> Any:
        return (host, [], [ADDRESS]) if find_redirection(host) else resolve(host)

    return gethostbyname_ex


def patch_connect(connect: Function) -> Function:
    @wraps(connect)
    def wrapper(sock: socket.socket, address: Any) -> Any:
        return connect(sock, redirected_address(address, sock.family))

    return wrapper


def redirected_address(address: Any, family: int = socket.AF_INET) -> Any:
    """The address to connect to. Raises `HostRefused` or `ConnectionRefusedError`."""
    if not isinstance(address, tuple) or len(address) < 2:
        return address
    host, port, *_ = address
    redirection = find_redirection(IMITATED if host in (ADDRESS, ADDRESS_6) else host)
    if not redirection:
        return address
    if family == socket.AF_INET6:
        return ("::ffff:127.0.0.1", redirection.port(port), 0, 0)
    return ("127.0.0.1", redirection.port(port))


def _tls(*parameters: str) -> Callable[[Function], Function]:
    """The patch for a method of `SSLContext` with these *parameters*."""

    def patch(wrap: Function) -> Function:
        @wraps(wrap)
        def wrapper(context: SSLContext, *arguments: Any, **keywords: Any) -> Any:
            keywords |= zip(parameters, arguments)
            host = twilio_name(keywords.get("server_hostname"))
            if host and not keywords.get("server_side") and (redirection := find_redirection(host)):
                ours = redirection.client_context()
                redirection.check_peer(keywords.get("sock"), host)
                if context is not ours:
                    keywords |= {"server_hostname": host, "session": None}
                    return getattr(ours, wrap.__name__)(**keywords)
            return wrap(context, **keywords)

        return wrapper

    return patch


def _do_handshake(handshake: Function) -> Function:
    """Explain a certificate that is not the fake's: the connection leads to another server.

    asyncio, anyio and trio use TLS without a socket, so it cannot be detected earlier. The
    exception keeps its class, which clients handle.
    """
    from ssl import SSLCertVerificationError

    @wraps(handshake)
    def wrapper(tls: Any, *arguments: Any, **keywords: Any) -> Any:
        try:
            return handshake(tls, *arguments, **keywords)
        except SSLCertVerificationError as error:
            host = twilio_name(tls.server_hostname)
            if host and (redirection := find_redirection(host)):
                why = redirection.refuse_peer(host).strerror
                error.args, error.strerror = (error.errno, why), why
            raise

    return wrapper


TLS: Patches = {
    "SSLContext.wrap_socket": _tls(
        "sock",
        "server_side",
        "do_handshake_on_connect",
        "suppress_ragged_eofs",
        "server_hostname",
        "session",
    ),
    "SSLContext.wrap_bio": _tls(
        "incoming", "outgoing", "server_side", "server_hostname", "session"
    ),
}

STDLIB: dict[str, Patches] = {
    "socket": {
        "getaddrinfo": _getaddrinfo,
        "gethostbyname": _gethostbyname,
        "gethostbyname_ex": _gethostbyname_ex,
        "socket.connect": patch_connect,
        "socket.connect_ex": patch_connect,
    },
    "ssl": {
        **TLS,
        "SSLObject.do_handshake": _do_handshake,
        "SSLSocket.do_handshake": _do_handshake,
    },
}
