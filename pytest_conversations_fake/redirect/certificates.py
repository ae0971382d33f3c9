"""Certificates: an authority of our own, and the contexts of both ends that know it.

Nothing is made before somebody needs it, and then once for the process. That may be in a test
whose file system is a fake one, such as pyfakefs, so files are nowhere read or written by functions
that a test can replace.
"""

from __future__ import annotations

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


class _Files:
    """The file functions of the operating system. In a class, pyfakefs does not replace them."""

    open, write, close, unlink = os.open, os.write, os.close, os.unlink
    memfd_create = getattr(os, "memfd_create", None) if Path("/proc/self/fd").is_dir() else None
    directory: str = ""  # of temporary files, where they cannot be in memory


_lock = RLock()
_Made = TypeVar("_Made")


def _once(make: Callable[..., _Made]) -> Callable[..., _Made]:
    """`functools.cache` for things that must not be made twice, not even by two threads."""
    made = cache(make)

    @wraps(make)
    def locked(*arguments: object) -> _Made:
        with _lock:
            return made(*arguments)

    return locked


def server_context() -> ssl.SSLContext:
    """For a listener: has a certificate for whatever name a client asks for."""
    context = _context("PROTOCOL_TLS_SERVER")
    context.sni_callback = _answer_to
    context.num_tickets = 0  # sent apart they delay the first answer (Nagle), and nobody resumes
    _know_before_fork()
    if pyfakefs := sys.modules.get("pyfakefs.fake_filesystem_unittest"):
        _import_trustme(pyfakefs)
    if not _Files.memfd_create:
        from tempfile import gettempdir

        _Files.directory = _Files.directory or gettempdir()
    return context


def _import_trustme(pyfakefs: Any) -> None:
    """Import it with the real file system.

    pyfakefs removes what is imported while it is active, and a second copy of cryptography refuses
    objects of the first.
    """
    patcher = pyfakefs.Patcher.PATCHER
    is_active = patcher is not None and patcher.is_patching and "trustme" not in sys.modules
    with pyfakefs.Pause(patcher) if is_active else nullcontext():
        import trustme  # noqa: F401


@_once
def client_context(ca_pem: str | None = None) -> ssl.SSLContext:
    """Trusts certificates of this process's authority, or of *ca_pem*'s, and no others."""
    context = _context("PROTOCOL_TLS_CLIENT")
    context.load_verify_locations(cadata=ca_pem or authority_pem())
    return context


def authority_pem() -> str:
    """The certificate of this process's authority."""
    return _authority().cert_pem.bytes().decode()


def _context(end: str) -> ssl.SSLContext:
    import ssl  # not for whoever only imports this package: it takes its time

    # With truststore injected, `ssl.SSLContext` is another class, whose settings are others
    own = next(kind for kind in ssl.SSLContext.__mro__ if kind.__module__ == "ssl")
    context: ssl.SSLContext = own(getattr(ssl, end))
    return context


def _answer_to(
    connection: ssl.SSLSocket | ssl.SSLObject, name: str | None, context: ssl.SSLContext
) -> int | None:
    try:
        connection.context = _context_for((name or IMITATED).lower().removesuffix("."))
    except ValueError:  # a name that no certificate can be for
        import ssl

        return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
    return None


@_once
def _context_for(name: str) -> ssl.SSLContext:
    from trustme import KeyType

    certificate = _authority().issue_cert(name, key_type=KeyType.ECDSA)
    context = _context("PROTOCOL_TLS_SERVER")
    _load_cert_chain(context, certificate.private_key_and_cert_chain_pem.bytes())
    return context


def _load_cert_chain(context: ssl.SSLContext, pem: bytes) -> None:
    """Python takes a certificate with its key from a file only, so make one, if possible in memory.

    OpenSSL opens it, which no fake file system sees.
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
    from trustme import CA, KeyType  # brings cryptography, which takes its time

    return CA(organization_name="fake_conversations", key_type=KeyType.ECDSA)  # RSA takes 100 ms


@_once
def _know_before_fork() -> None:
    """A forked child that made an authority of its own could not talk to its parent's server."""
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(before=_authority)
