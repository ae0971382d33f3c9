"""The runtime directory: how `env` finds the fake that runs on a port.

A session has the directory `conversations-fake/PORT` below `$XDG_RUNTIME_DIR`, or
`conversations-fake-UID/PORT` below the directory for temporary files. Only its user can read it.
The next session on the same port uses the same paths.
"""

from __future__ import annotations

import json
import os
import socket
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import gettempdir

from ..redirect import Redirection, subprocess_env, trusted_pem
from .output import PROGRAM, UsageError

SESSION, AUTHORITY, TRUSTED = "session.json", "authority.pem", "authorities.pem"

CONNECT_TIMEOUT = 5.0

ADDRESS_VARIABLE = "CONVERSATIONS_FAKE_URL"
"""The environment variable by which programs of any language find the control API."""


@dataclass(frozen=True, kw_only=True)
class RunningFake:
    """A session as other processes see it."""

    name: str
    http_port: int
    tls_port: int
    ca_pem: str
    credentials: Mapping[str, str]
    """The environment variables with which `twilio.rest.Client()` finds credentials."""
    enforced: bool
    """Whether it accepts no other credentials."""

    def variables(self, directory: Path, environ: Mapping[str, str]) -> dict[str, str]:
        """*environ* for a program whose requests arrive at the fake.

        Writes the files for that to *directory*.
        """
        environ = dict(environ)
        environ |= {
            name: value
            for name, value in self.credentials.items()
            if self.enforced or not environ.get(name)
        }
        environ[ADDRESS_VARIABLE] = f"http://127.0.0.1:{self.http_port}"
        return subprocess_env(self.redirection, directory, environ)

    @property
    def redirection(self) -> Redirection:
        return Redirection(
            http_port=self.http_port,
            tls_port=self.tls_port,
            name=self.name,
            ca_pem=self.ca_pem,
            remedy="There is no option to allow it: replace this client in your application",
        )

    def answers(self) -> bool:
        """Whether it still runs: a server with a certificate of its authority listens."""
        address = ("127.0.0.1", self.tls_port)
        with suppress(OSError):  # ssl.SSLError is one
            connection = socket.create_connection(address, CONNECT_TIMEOUT)
            with (
                connection,
                self.redirection.client_context().wrap_socket(
                    connection, server_hostname="localhost"
                ),
            ):
                return True
        return False


@contextmanager
def announced(running: RunningFake) -> Iterator[Path]:
    """Announce a session until the end of the `with` statement. Returns its directory.

    The files that `env` wrote stay, as shells refer to them. Without the files, programs of these
    shells would reach the real Twilio after the end of the fake.
    """
    directory = _directory(running.http_port)
    for each in (directory.parent, directory):
        each.mkdir(mode=0o700, exist_ok=True)
    _check_owner(directory)
    texts = {
        AUTHORITY: running.ca_pem,
        TRUSTED: trusted_pem(running.ca_pem),
        SESSION: json.dumps(asdict(running)),
    }
    try:
        for name, text in texts.items():
            path = directory / name
            path.unlink(missing_ok=True)
            path.touch(mode=0o600)
            path.write_text(text, encoding="utf-8")
        yield directory
    finally:
        for name in texts:
            (directory / name).unlink(missing_ok=True)
        for each in (directory, directory.parent):
            with suppress(OSError):  # it is not empty
                each.rmdir()


def find_running(port: int) -> tuple[RunningFake, Path]:
    """The fake on *port*, and its directory. Raises `UsageError` if there is none."""
    directory = _directory(port)
    if running := _read(directory):
        return running, directory
    others = sorted(
        int(each.name) for each in directory.parent.glob("*") if each.name.isdigit() and _read(each)
    )
    hint = f"--port {others[0]} runs" if others else f"start `{PROGRAM} serve` first"
    raise UsageError(f"no fake runs on port {port}; {hint}")


def _read(directory: Path) -> RunningFake | None:
    try:
        text = (directory / SESSION).read_text(encoding="utf-8")
    except OSError:
        return None
    _check_owner(directory)
    running = RunningFake(**json.loads(text))
    return running if running.answers() else None


def _directory(port: int) -> Path:
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    if runtime and Path(runtime).is_dir():
        return Path(runtime, PROGRAM, str(port))
    user = f"-{os.geteuid()}" if hasattr(os, "geteuid") else ""
    return Path(gettempdir(), f"{PROGRAM}{user}", str(port))


def _check_owner(directory: Path) -> None:
    """Refuse a directory that another user has made, for example below `/tmp`."""
    if not hasattr(os, "geteuid"):
        return
    for each in (directory.parent, directory):
        found = each.lstat()
        is_private = stat.S_ISDIR(found.st_mode) and not found.st_mode & 0o022
        if found.st_uid != os.geteuid() or not is_private:
            raise UsageError(f"{each} belongs to another user, or others can write to it")
