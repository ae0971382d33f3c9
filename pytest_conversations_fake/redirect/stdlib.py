"""Hooks in the standard library: names, connections, TLS. Every Python client passes one of them.

An imitated name resolves to a loopback address that nobody else uses, and to the port that was
asked for: a client may resolve without the port, or remember the address for the next test.
`connect` knows the address and takes the port that is right at that moment. TLS with such a name
always uses a context that trusts nobody but us, so whatever a client was told or has cached, it
cannot agree with the real Twilio.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from .hosts import IMITATED, twilio_name
from .patches import Function, Places
from .registry import owner_of

if TYPE_CHECKING:
    from ssl import SSLContext

ADDRESS = "127.84.87.73"  # 84, 87, 73 are T, W, I
ADDRESS_6 = f"::ffff:{ADDRESS}"


def _getaddrinfo(resolve: Function) -> Function:
    @wraps(resolve)
    def getaddrinfo(
        host: Any, port: Any, family: int = 0, type: int = 0, proto: int = 0, flags: int = 0
    ) -> Any:
        if owner_of(host):
            return addresses(port, family, type or socket.SOCK_STREAM, proto)
        return resolve(host, port, family, type, proto, flags)

    return getaddrinfo


def addresses(port: Any, family: int, kind: int, proto: int = 0) -> list[tuple[Any, ...]]:
    """What `socket.getaddrinfo` answers for an imitated host."""
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
        return ADDRESS if owner_of(host) else resolve(host)

    return gethostbyname


def _gethostbyname_ex(resolve: Function) -> Function:
    @wraps(resolve)
    def gethostbyname_ex(host: Any) -> Any:
        return (host, [], [ADDRESS]) if owner_of(host) else resolve(host)

    return gethostbyname_ex


def connect_hook(connect: Function) -> Function:
    @wraps(connect)
    def hooked(sock: socket.socket, address: Any) -> Any:
        return connect(sock, landing(address, sock.family))

    return hooked


def landing(address: Any, family: int = socket.AF_INET) -> Any:
    """Where a connection to *address* goes. Raises `HostRefused`, `ConnectionRefusedError`."""
    if not isinstance(address, tuple) or len(address) < 2:
        return address
    host, port, *_ = address
    redirection = owner_of(IMITATED if host in (ADDRESS, ADDRESS_6) else host)
    if not redirection:
        return address
    if family == socket.AF_INET6:
        return ("::ffff:127.0.0.1", redirection.port(port), 0, 0)
    return ("127.0.0.1", redirection.port(port))


def _tls(*parameters: str) -> Callable[[Function], Function]:
    """The hook for a method of `SSLContext` with these *parameters*."""

    def hook(wrap: Function) -> Function:
        @wraps(wrap)
        def hooked(context: SSLContext, *arguments: Any, **keywords: Any) -> Any:
            keywords |= zip(parameters, arguments)
            host = twilio_name(keywords.get("server_hostname"))
            if host and not keywords.get("server_side") and (redirection := owner_of(host)):
                ours = redirection.client_context()
                redirection.check_peer(keywords.get("sock"), host)
                if context is not ours:
                    keywords |= {"server_hostname": host, "session": None}
                    return getattr(ours, wrap.__name__)(**keywords)
            return wrap(context, **keywords)

        return hooked

    return hook


def _do_handshake(handshake: Function) -> Function:
    """A certificate that is not the fake's shows that the connection leads elsewhere.

    asyncio, anyio and trio have TLS without a socket, so nothing shows it earlier. The exception
    keeps its class, which clients know.
    """
    from ssl import SSLCertVerificationError

    @wraps(handshake)
    def hooked(tls: Any, *arguments: Any, **keywords: Any) -> Any:
        try:
            return handshake(tls, *arguments, **keywords)
        except SSLCertVerificationError as error:
            host = twilio_name(tls.server_hostname)
            if host and (redirection := owner_of(host)):
                why = redirection.refuse_peer(host).strerror
                error.args, error.strerror = (error.errno, why), why
            raise

    return hooked


TLS: Places = {
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

STDLIB: dict[str, Places] = {
    "socket": {
        "getaddrinfo": _getaddrinfo,
        "gethostbyname": _gethostbyname,
        "gethostbyname_ex": _gethostbyname_ex,
        "socket.connect": connect_hook,
        "socket.connect_ex": connect_hook,
    },
    "ssl": {
        **TLS,
        "SSLObject.do_handshake": _do_handshake,
        "SSLSocket.do_handshake": _do_handshake,
    },
}
