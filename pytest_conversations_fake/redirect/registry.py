"""The stack of active guards: the innermost decides about each connection to Twilio."""

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
    """A connection that a guard refused."""

    host: str
    reason: str
    why: str
    """The whole message, as the client gets it."""


class HostRefused(socket.gaierror):
    """A client asked for a host of the real Twilio. To clients, the name does not resolve."""


class Guard:
    """Refuses every host of Twilio.

    *name* names the guarded test in refusals. Clients may connect to *allow_hosts*; a `*` in a host
    matches any text. *remedy* is the sentence in refusals that says what to do instead.
    """

    def __init__(
        self, *, name: str, allow_hosts: Sequence[str] = (), remedy: str | None = None
    ) -> None:
        self.name = name
        self.remedy = remedy
        self.allow_hosts = allow_hosts
        self.refused: list[Refusal] = []
        """Each different refusal once, even if the client swallowed the exception."""

    @property
    def allow_hosts(self) -> Sequence[str]:
        return self._allow_hosts

    @allow_hosts.setter
    def allow_hosts(self, hosts: Sequence[str]) -> None:
        """Raises `TypeError` if *hosts* is no list of strings, `ValueError` for an invalid host."""
        if isinstance(hosts, str) or not isinstance(hosts, Sequence):
            raise TypeError(f"allow_hosts is a list of host names, not {hosts!r}")
        for host in hosts:
            if not isinstance(host, str):
                raise TypeError(f"allow_hosts is a list of host names, not of {host!r}")
            if set(host) & set("/:"):
                raise ValueError(f"allow_hosts has host names, like api.twilio.com, not {host!r}")
        self._allow_hosts = [host.lower() for host in hosts]

    def find_redirection(self, host: str) -> Redirection | None:
        """The redirection of a *host* of Twilio; None if it is allowed. Raises `HostRefused`."""
        if self.allows(host):
            return None
        remedy = self.remedy or (_REMEDY if is_imitated(host) else f"{_REMEDY}. {_MOCK}")
        raise self.refuse(host, host, self._reason(host), f". {remedy}")

    def allows(self, host: str) -> bool:
        return any(fnmatchcase(host, allowed) for allowed in self.allow_hosts)

    def refuse(self, host: str, action: str, reason: str, remedy: str = "") -> HostRefused:
        text = f"fake_conversations refused {action} in {self.name}, {reason}{remedy}"
        why = "".join(each if each.isprintable() else repr(each)[1:-1] for each in text)
        refusal = Refusal(host, reason, why)
        if refusal not in self.refused:
            self.refused.append(refusal)
        return HostRefused(socket.EAI_FAIL, refusal.why)

    def _reason(self, host: str) -> str:
        if is_imitated(host):
            return "where no fake is active: use the fixture fake_conversations"
        return "as it belongs to the real Twilio"


class Redirection(Guard):
    """A guard that sends the imitated hosts to ports of 127.0.0.1 and refuses Twilio's other hosts.

    *ca_pem* is the certificate of the authority that issues the certificates of the TLS port. The
    default is the authority of this process, for a port that uses `server_context`.
    """

    def __init__(
        self,
        *,
        http_port: int,
        tls_port: int,
        name: str,
        allow_hosts: Sequence[str] = (),
        ca_pem: str | None = None,
        remedy: str | None = None,
    ) -> None:
        super().__init__(name=name, allow_hosts=allow_hosts, remedy=remedy)
        self.ports = {80: http_port, 443: tls_port}
        self.ca_pem = ca_pem

    def find_redirection(self, host: str) -> Redirection | None:
        return self if is_imitated(host) else super().find_redirection(host)

    def port(self, requested: int) -> int:
        """The local port for a *requested* port. Raises `ConnectionRefusedError`."""
        if requested not in self.ports:
            raise ConnectionRefusedError(
                errno.ECONNREFUSED, f"fake_conversations has ports 80 and 443, not {requested}"
            )
        return self.ports[requested]

    def client_context(self) -> SSLContext:
        return client_context(self.ca_pem)

    def check_peer(self, sock: socket.socket | None, host: str) -> None:
        """Raise `HostRefused` for a socket that is connected to another server."""
        try:
            peer = sock.getpeername()[:2] if sock else None
        except OSError:
            peer = None
        # Without a connected socket, the certificate will show which server it is
        if peer and peer not in [
            (address, self.ports[443]) for address in ("127.0.0.1", "::ffff:127.0.0.1")
        ]:
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

_MOCK = (
    "To mock it beside the fake, see 'Other mocks in the same test' (docs/how-to/other-mocks.md of "
    "pytest-conversations-fake)"
)

# A stack: the innermost is the last. `install` changes it, in any thread
active_guards: list[Guard] = []


def find_redirection(host: object) -> Redirection | None:
    """The active redirection of *host*, or None. Raises `HostRefused`."""
    if name := twilio_name(host):
        for guard in active_guards[-1:]:
            return guard.find_redirection(name)
    return None
