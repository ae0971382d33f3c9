"""The options of an offline session, which `serve` and `run` share."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from .output import UsageError

DEFAULT_PORT = 8010
DEFAULT_TLS_PORT = 8443

LOG_FORMATS = ("text", "json")


@dataclass(frozen=True, kw_only=True)
class SessionOptions:
    """The options of a session: addresses, accounts, webhooks, records and log."""

    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    https: int | None = None
    """The port for TLS; None for a free one, which only redirected requests use."""
    account_sid: str | None = None
    auth_token: str | None = None
    accounts: Sequence[str] = ()
    owned: Sequence[str] = ()
    assume: Sequence[str] = ()
    allow_host: Sequence[str] = ()
    webhook: str | None = None
    public_url: str | None = None
    seed: str | None = None
    populate: str | None = None
    state: str | None = None
    log_format: str = "text"

    @classmethod
    def read(cls, namespace: Namespace) -> SessionOptions:
        """The options of a command line. Raises `UsageError` for options that need others."""
        options = cls(**{each.name: getattr(namespace, each.name) for each in fields(cls)})
        if options.public_url and not options.webhook:
            raise UsageError("--public-url needs --webhook, the address of the application")
        return options

    def access(self) -> Mapping[str, Mapping[str, Any]] | None:
        """The argument *accounts* of the fake. Raises `ValueError`, or `OSError` for a file."""
        accounts: dict[str, Mapping[str, Any]] = {}
        for text in self.accounts:
            for sid, values in _read_accounts(text).items():
                if sid in accounts:
                    raise ValueError(f"--accounts has the account {sid!r} twice")
                accounts[sid] = values
        return accounts or None


def _read_accounts(text: str) -> Mapping[str, Mapping[str, Any]]:
    """The accounts of an option: `AC…`, `AC…:TOKEN`, or a file like the argument *accounts*."""
    from ..api.fields import is_sid
    from ..seeds.entries import in_file
    from ..seeds.files import read_file

    sid, colon, token = text.partition(":")
    if is_sid(sid, "AC"):
        return {sid: {"auth_token": token} if colon else {}}
    path = Path(text)
    if not path.suffix:
        raise ValueError(
            "--accounts takes an account sid (AC and 32 hexadecimal digits), a sid with its token, "
            f"as in AC…:TOKEN, or a JSON or YAML file, not {sid + ':…' if colon else sid!r}"
        )
    with in_file(path):
        data = read_file(path)
    if not isinstance(data, Mapping):
        raise ValueError(f"{path.name}: accounts are a mapping by account sid, not {data!r}")
    return data
