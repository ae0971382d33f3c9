"""Certificates: a certificate authority of our own, and TLS contexts for the server and clients.

Everything is created when it is first needed, once per process. That may happen in a test with a
fake file system such as pyfakefs. Therefore this module uses no file functions that a test can
replace.
"""

from __future__ import annotations

import datetime
import os
import sys
from collections.abc import Callable
from contextlib import nullcontext
from functools import cache, wraps
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any, TypeVar

from .hosts import IMITATED

if TYPE_CHECKING:
    import ssl

    from trustme import CA


LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")
"""A client that connects to an address requests no name, and Java none without a dot."""


class _Files:
    """File functions of the operating system; pyfakefs does not replace functions in a class."""

    open, write, close, unlink = os.open, os.write, os.close, os.unlink
    memfd_create = getattr(os, "memfd_create", None) if Path("/proc/self/fd").is_dir() else None
    directory: str = ""  # for temporary files, if they cannot be in memory


_lock = RLock()
_Made = TypeVar("_Made")


def _once(make: Callable[..., _Made]) -> Callable[..., _Made]:
    """`functools.cache` that calls *make* only once even if two threads call it together."""
    made = cache(make)

    @wraps(make)
    def locked(*arguments: object) -> _Made:
        with _lock:
            return made(*arguments)

    return locked


def server_context() -> ssl.SSLContext:
    """A TLS context for a listener, with a certificate for every name that a client requests."""
    context = _context("PROTOCOL_TLS_SERVER")
    context.sni_callback = _choose_certificate
    context.num_tickets = (
        0  # they would delay the first answer (Nagle's algorithm); no client resumes
    )
    _create_before_fork()
    if pyfakefs := sys.modules.get("pyfakefs.fake_filesystem_unittest"):
        _import_trustme(pyfakefs)
    if "freezegun" in sys.modules:
        _create_with_real_datetime()
    if not _Files.memfd_create:
        from tempfile import gettempdir

        _Files.directory = _Files.directory or gettempdir()
    return context


def _import_trustme(pyfakefs: Any) -> None:
    """Import it with the real file system.

    pyfakefs removes modules that are imported while it is active, and a second copy of cryptography
    rejects objects of the first.
    """
    patcher = pyfakefs.Patcher.PATCHER
    is_active = patcher is not None and patcher.is_patching and "trustme" not in sys.modules
    with pyfakefs.Pause(patcher) if is_active else nullcontext():
        import trustme  # noqa: F401 - for its import


def _create_with_real_datetime() -> None:
    """Create the authority with the real `datetime`, even if freezegun has replaced it.

    cryptography keeps the class that it sees first, and then refuses instances of its base class.
    """
    replaced = datetime.datetime
    datetime.datetime = next(  # type: ignore[misc, assignment]  # a patch
        kind for kind in replaced.__mro__ if kind.__module__ == "datetime"
    )
    try:
        _authority()
    finally:
        datetime.datetime = replaced  # type: ignore[misc]  # a patch


@_once
def client_context(ca_pem: str | None = None) -> ssl.SSLContext:
    """A TLS context that trusts only this process's authority, or only *ca_pem*."""
    context = _context("PROTOCOL_TLS_CLIENT")
    context.load_verify_locations(cadata=ca_pem or authority_pem())
    return context


def authority_pem() -> str:
    """The certificate of this process's authority."""
    return _authority().cert_pem.bytes().decode()


def _context(end: str) -> ssl.SSLContext:
    import ssl  # not at import time: it is slow

    # truststore replaces `ssl.SSLContext` with a class that has other settings
    own = next(kind for kind in ssl.SSLContext.__mro__ if kind.__module__ == "ssl")
    context: ssl.SSLContext = own(getattr(ssl, end))
    return context


def _choose_certificate(
    connection: ssl.SSLSocket | ssl.SSLObject, name: str | None, context: ssl.SSLContext
) -> int | None:
    try:
        connection.context = _context_for((name or "").lower().removesuffix("."))
    except ValueError:  # no certificate can have this name
        import ssl

        return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
    return None


@_once
def _context_for(name: str) -> ssl.SSLContext:
    from trustme import KeyType

    names = [name] if name else [IMITATED, *LOOPBACK_NAMES]
    certificate = _authority().issue_cert(*names, key_type=KeyType.ECDSA)
    context = _context("PROTOCOL_TLS_SERVER")
    _load_cert_chain(context, certificate.private_key_and_cert_chain_pem.bytes())
    return context


def _load_cert_chain(context: ssl.SSLContext, pem: bytes) -> None:
    """Load a certificate and key from a file, if possible in memory; Python accepts files only.

    OpenSSL opens the file, so a fake file system does not notice.
    """
    if _Files.memfd_create:
        descriptor = _Files.memfd_create("fake_conversations")
        try:
            _Files.write(descriptor, pem)
            context.load_cert_chain(f"/proc/self/fd/{descriptor}")
        finally:
            _Files.close(descriptor)
        return
    path = f"{_Files.directory}{os.sep}fake_conversations-{os.getpid()}-{id(context)}.pem"
    descriptor = _Files.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        try:
            _Files.write(descriptor, pem)
        finally:
            _Files.close(descriptor)
        context.load_cert_chain(path)
    finally:
        _Files.unlink(path)


@_once
def _authority() -> CA:
    from trustme import CA, KeyType  # imports cryptography, which is slow

    return CA(organization_name="fake_conversations", key_type=KeyType.ECDSA)  # RSA takes 100 ms


@_once
def _create_before_fork() -> None:
    """Create the authority before a fork, so that a child trusts the server of its parent."""
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(before=_authority)
