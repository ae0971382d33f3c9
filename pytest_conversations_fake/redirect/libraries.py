"""Patches of libraries that resolve, connect or verify without the functions of `socket` and `ssl`.

Each patch depends on internals of a library. `tests/redirect/test_libraries.py` compares them with
the installed libraries and names the library that has changed.
"""

from __future__ import annotations

import socket
from functools import wraps
from typing import Any

from .patches import Function, Patches
from .registry import find_redirection
from .stdlib import ADDRESS, ADDRESS_6, TLS, addresses, patch_connect, redirected_address


def _loop_getaddrinfo(resolve: Function) -> Function:
    """The patch of uvloop, which resolves names in libuv."""

    @wraps(resolve)
    async def getaddrinfo(
        loop: Any,
        host: Any,
        port: Any,
        *,
        family: int = 0,
        type: int = 0,
        proto: int = 0,
        flags: int = 0,
    ) -> Any:
        if find_redirection(host):
            return addresses(port, family, type or socket.SOCK_STREAM, proto)
        return await resolve(loop, host, port, family=family, type=type, proto=proto, flags=flags)

    return getaddrinfo


def _loop_create_connection(connect: Function) -> Function:
    """The patch of uvloop, which connects in libuv."""

    @wraps(connect)
    async def create_connection(
        loop: Any, protocol_factory: Any, host: Any = None, port: Any = None, **options: Any
    ) -> Any:
        if host is not None:
            if options.get("ssl") and options.get("server_hostname") is None:
                options["server_hostname"] = host
            host, port, *_ = redirected_address((host, port), options.get("family", 0))
        return await connect(loop, protocol_factory, host, port, **options)

    return create_connection


def _loop_sock_connect(connect: Function) -> Function:
    """The patch of asyncio on Windows, which connects in `_overlapped`."""

    @wraps(connect)
    async def sock_connect(loop: Any, sock: socket.socket, address: Any) -> Any:
        return await connect(loop, sock, redirected_address(address, sock.family))

    return sock_connect


def _resolve(resolve: Function) -> Function:
    """aiohttp may resolve with aiodns, which uses c-ares."""

    @wraps(resolve)
    async def wrapper(resolver: Any, host: str, port: int = 0, family: int = socket.AF_INET) -> Any:
        if not find_redirection(host):
            return await resolve(resolver, host, port, family)
        return [
            {
                "hostname": host,
                "host": address[0],
                "port": port,
                "family": family,
                "proto": proto,
                "flags": socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            }
            for family, _, proto, _, address in addresses(port, family, socket.SOCK_STREAM)
        ]

    return wrapper


def _remove_addr_infos(remove: Function) -> Function:
    """aiohttp removes the address of a server whose fingerprint does not match.

    It takes the address from the connected socket. That is not the address the name resolved to.
    """

    @wraps(remove)
    def wrapper(addr_infos: list[Any], address: Any) -> None:
        others = [info for info in addr_infos if info[-1][0] not in (ADDRESS, ADDRESS_6)]
        if len(others) == len(addr_infos):
            remove(addr_infos, address)
        else:
            addr_infos[:] = others

    return wrapper


def _ssl_wrap_socket(wrap: Function) -> Function:
    """urllib3 and libraries on top of it load a CA bundle for each new connection.

    That takes 27 ms, and the patch of `ssl` then uses another context, so loading is skipped.
    """

    @wraps(wrap)
    def ssl_wrap_socket(*arguments: Any, **keywords: Any) -> Any:
        if find_redirection(keywords.get("server_hostname")):
            keywords |= dict.fromkeys(_CA_BUNDLE & keywords.keys())
        return wrap(*arguments, **keywords)

    return ssl_wrap_socket


def _ssl_wrap_socket_and_match_hostname(wrap: Function) -> Function:
    """urllib3 makes a context for each new connection, which the patch of `ssl` then replaces.

    If the client uses default verification, this patch passes our context from the start.
    """

    @wraps(wrap)
    def wrapper(*arguments: Any, **keywords: Any) -> Any:
        redirection = find_redirection(keywords.get("server_hostname"))
        is_default = keywords.get("cert_reqs") in _REQUIRED and not any(
            keywords.get(name) is not None for name in _CUSTOM_VERIFICATION
        )
        if redirection and is_default:
            import ssl

            context = redirection.client_context()
            if type(context) is ssl.SSLContext:  # truststore's contexts cannot be replaced
                keywords |= {"ssl_context": context}
        return wrap(*arguments, **keywords)

    return wrapper


_REQUIRED = (None, "CERT_REQUIRED", 2)  # the value of `ssl.CERT_REQUIRED`
# Arguments of a client with its own verification
_CUSTOM_VERIFICATION = ("assert_fingerprint", "assert_hostname", "cert_file", "ssl_context")
_CA_BUNDLE = {"ca_certs", "ca_cert_dir", "ca_cert_data"}

LIBRARIES: dict[str, Patches] = {
    "aiohappyeyeballs": {"remove_addr_infos": _remove_addr_infos},
    "aiohttp.resolver": {
        "AsyncResolver.resolve": _resolve,
        "AsyncResolver._resolve_with_query": _resolve,  # for aiodns before 1.1
    },
    "asyncio.proactor_events": {"BaseProactorEventLoop.sock_connect": _loop_sock_connect},
    "pytest_socket": {
        "_true_connect": patch_connect
    },  # pytest-socket restores it at each test's end
    "truststore._api": TLS,  # on macOS and Windows it verifies once more with the system
    "urllib3.connection": {
        "ssl_wrap_socket": _ssl_wrap_socket,
        "_ssl_wrap_socket_and_match_hostname": _ssl_wrap_socket_and_match_hostname,
    },
    "uvloop": {
        "Loop.getaddrinfo": _loop_getaddrinfo,
        "Loop.create_connection": _loop_create_connection,
    },
}
