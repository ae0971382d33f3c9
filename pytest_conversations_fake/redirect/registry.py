"""Owners of Twilio's host names: the innermost that is in charge decides about each connection."""

from __future__ import annotations

import errno
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from .certificates import client_context
from .hosts import is_imitated, twilio_name

if TYPE_CHECKING:
    from ssl import SSLContext


@dataclass(frozen=True)
class Refusal:
    """A connection that was not made."""

    host: str
    reason: str
    why: str
    """Everything about it, as the client is told."""


class HostRefused(socket.gaierror):
    """A host of the real Twilio was asked for. Clients take it for a name that does not resolve."""


class Guard:
    """Refuses every host of Twilio.

    *name* is what its refusals call the test, or whatever it is that is guarded. *allow_hosts* may
    be contacted; a `*` in them stands for anything.
    """

    def __init__(self, *, name: str, allow_hosts: Sequence[str] = ()) -> None:
        self.name = name
        self.allow_hosts = allow_hosts
        self.refused: list[Refusal] = []
        """What was refused, even if a client kept it to itself; the same only once."""

    @property
    def allow_hosts(self) -> Sequence[str]:
        return self._allow_hosts

    @allow_hosts.setter
    def allow_hosts(self, hosts: Sequence[str]) -> None:
        """Raises `TypeError` for no list of texts, `ValueError` for what is no host name."""
        if isinstance(hosts, str) or not isinstance(hosts, Sequence):
            raise TypeError(f"allow_hosts is a list of host names, not {hosts!r}")
        for host in hosts:
            if not isinstance(host, str):
                raise TypeError(f"allow_hosts is a list of host names, not of {host!r}")
            if set(host) & set("/:"):
                raise ValueError(f"allow_hosts has host names, like api.twilio.com, not {host!r}")
        self._allow_hosts = [host.lower() for host in hosts]

    def claim(self, host: str) -> Redirection | None:
        """The route for a *host* of Twilio; None to let it be. Raises `HostRefused`."""
        if self.allows(host):
            return None
        raise self.refuse(host, host, self._reason(host), f". {_REMEDY}")

    def allows(self, host: str) -> bool:
        return any(fnmatchcase(host, allowed) for allowed in self.allow_hosts)

    def refuse(self, host: str, what: str, reason: str, remedy: str = "") -> HostRefused:
        said = f"fake_conversations refused {what} in {self.name}, {reason}{remedy}"
        why = "".join(each if each.isprintable() else repr(each)[1:-1] for each in said)
        refusal = Refusal(host, reason, why)
        if refusal not in self.refused:
            self.refused.append(refusal)
        return HostRefused(socket.EAI_FAIL, refusal.why)

    def _reason(self, host: str) -> str:
        if is_imitated(host):
            return "where no fake is active: use the fixture fake_conversations"
        return "as it belongs to the real Twilio"


class Redirection(Guard):
    """Sends the imitated hosts to ports of 127.0.0.1 and refuses Twilio's others.

    *ca_pem* is the certificate of the authority that the TLS port's certificates are from. Left
    out, it is the authority of this process, and the port uses `server_context`.
    """

    def __init__(
        self,
        *,
        http_port: int,
        tls_port: int,
        name: str,
        allow_hosts: Sequence[str] = (),
        ca_pem: str | None = None,
    ) -> None:
        super().__init__(name=name, allow_hosts=allow_hosts)
        self.ports = {80: http_port, 443: tls_port}
        self.ca_pem = ca_pem

    def claim(self, host: str) -> Redirection | None:
        return self if is_imitated(host) else super().claim(host)

    def port(self, asked: int) -> int:
        """Where the port that was *asked* for is. Raises `ConnectionRefusedError`."""
        if asked not in self.ports:
            raise ConnectionRefusedError(
                errno.ECONNREFUSED, f"fake_conversations has ports 80 and 443, not {asked}"
            )
        return self.ports[asked]

    def client_context(self) -> SSLContext:
        return client_context(self.ca_pem)

    def check_peer(self, sock: socket.socket | None, host: str) -> None:
        """Raises `HostRefused` for a socket that leads elsewhere, before TLS begins on it."""
        try:
            peer = sock.getpeername()[:2] if sock else None
        except OSError:
            peer = None
        # Without a socket, or before it is connected, the certificate will show where it leads
        if peer and peer not in [(at, self.ports[443]) for at in ("127.0.0.1", "::ffff:127.0.0.1")]:
            raise self.refuse_peer(host, f"{peer[0]}:{peer[1]}")

    def refuse_peer(self, host: str, peer: str = "another server") -> HostRefused:
        reason = (
            f"as the connection leads to {peer}: the client uses its own proxy, or an address that "
            "it kept"
        )
        return self.refuse(host, f"TLS with {host}", reason)


_REMEDY = (
    "To allow it, name it in allow_hosts= (FakeConversations or the marker fake_conversations) "
    "or in the ini option fake_conversations_allow_hosts"
)

# The innermost is the last. `switch` changes it, in any thread
in_charge: list[Guard] = []


def owner_of(host: object) -> Redirection | None:
    """The route that *host* takes now, if it takes one. Raises `HostRefused`."""
    if name := twilio_name(host):
        for owner in in_charge[-1:]:
            return owner.claim(name)
    return None
