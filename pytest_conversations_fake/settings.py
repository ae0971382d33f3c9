"""The arguments of a fake, validated."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .api.assumptions import OWNABLE, QUESTIONS, Assumptions, is_ownable
from .api.checks import check_number, require
from .api.did_you_mean import unknown
from .api.fields import is_sid
from .strict.errors import VIOLATION_KINDS

SeedData = str | os.PathLike[str] | Mapping[str, Any]
"""The path of a seed file, or its data."""

Seed = SeedData | Callable[[Any], object] | None
"""Seed data, or a function that takes the fake."""

FROM_ENVIRONMENT = "the auth token of the environment (TWILIO_AUTH_TOKEN)"


def accounts_of(
    account_sid: str | None,
    auth_token: str | None,
    accounts: Mapping[str, Mapping[str, Any]] | None,
) -> Mapping[str | None, Mapping[str, Any]]:
    """The accounts of a world by sid; None stands for a sid that the world generates."""
    __tracebackhide__ = True
    if accounts is not None and not isinstance(accounts, Mapping):
        raise TypeError(f"accounts is a dict by account sid, not {accounts!r}")
    if accounts is None:
        return _single_account(account_sid, auth_token)
    require(bool(accounts), "accounts has at least one account", accounts, ValueError)
    if account_sid is not None or auth_token is not None:
        raise ValueError(
            "account_sid and auth_token cannot be combined with accounts, which has its own"
        )
    for sid, options in accounts.items():
        _check_account(sid, options)
    return dict(accounts.items())


def _single_account(
    account_sid: str | None, auth_token: str | None
) -> Mapping[str | None, Mapping[str, Any]]:
    """The account of the arguments, else of the environment.

    An *account_sid* that is no sid only authenticates: records and webhooks show a generated sid.
    """
    __tracebackhide__ = True
    _check_account(None, {"auth_token": auth_token})
    if account_sid is not None:
        _check_user(account_sid)
    name = os.environ.get("TWILIO_ACCOUNT_SID", "") if account_sid is None else account_sid
    sid = name if is_sid(name, "AC") else None
    username = "" if account_sid == sid else account_sid or ""
    options: dict[str, Any] = {"auth_token": auth_token, "username": username}
    if auth_token is None and (auth_token := os.environ.get("TWILIO_AUTH_TOKEN") or None):
        options |= {"auth_token": auth_token, "token_origin": FROM_ENVIRONMENT}
    return {sid: options}


def assumptions_of(assume: Mapping[str, str], owned: Sequence[str]) -> Assumptions:
    __tracebackhide__ = True
    if not isinstance(assume, Mapping):
        raise TypeError(f"assume is a dict from questions to answers, not {assume!r}")
    for question, answer in assume.items():
        if question not in QUESTIONS:
            raise ValueError(unknown("assume has no question", question, QUESTIONS))
        if answer not in QUESTIONS[question]:
            raise ValueError(unknown(f"{question} has no answer", answer, QUESTIONS[question]))
    if isinstance(owned, str) or not isinstance(owned, Sequence):
        raise TypeError(f"owned is a list of addresses and sids, not {owned!r}")
    for name in owned:
        if not is_ownable(name):
            sids = ", ".join(f"{prefix}…" for prefix in OWNABLE)
            raise ValueError(f"owned contains addresses and sids ({sids}), not {name!r}")
    return Assumptions(assume, owned)


def check_max_requests(limit: int | None) -> int | None:
    __tracebackhide__ = True
    if limit is not None:
        check_number("max_requests", limit, least=1, otherwise=", or None for no limit")
    return limit


def check_tolerated(kinds: Sequence[str]) -> Sequence[str]:
    __tracebackhide__ = True
    if isinstance(kinds, str) or not isinstance(kinds, Sequence):
        raise TypeError(f"tolerate is a list of kinds of violations, not {kinds!r}")
    for kind in kinds:
        if kind not in VIOLATION_KINDS:
            raise ValueError(unknown("tolerate has no kind", kind, VIOLATION_KINDS))
    return kinds


def _check_user(name: str) -> None:
    """Raise an error for a *name* with which no client can authenticate as an account."""
    __tracebackhide__ = True
    if not isinstance(name, str):
        raise TypeError(f"account_sid is a str, not {type(name).__name__}")
    if is_sid(name, "SK"):
        raise ValueError(f"account_sid is no API key, not {name!r}; accounts have api_keys")
    if not name or ":" in name or not name.isprintable():
        raise ValueError(
            "account_sid is AC and 32 hexadecimal digits, or another user name of printable "
            f"characters without a colon, not {name!r}"
        )


def _check_account(sid: str | None, options: Mapping[str, Any]) -> None:
    __tracebackhide__ = True
    _check_mapping("an account is a dict of auth_token and api_keys", options)
    for name, text in (("account_sid", sid), ("auth_token", options.get("auth_token"))):
        if text is not None and not isinstance(text, str):
            raise TypeError(f"{name} is a str, not {type(text).__name__}")
    if sid is not None and not is_sid(sid, "AC"):
        raise ValueError(f"account_sid is AC and 32 hexadecimal digits, not {sid!r}")
    for name in options:
        if name not in ("auth_token", "api_keys"):
            raise ValueError(unknown("an account has no", name, ["auth_token", "api_keys"]))
    if options.get("auth_token") == "":
        raise ValueError("auth_token is a string of at least one character, not ''")
    keys = options.get("api_keys", {})
    _check_mapping("api_keys is a dict from the sids of keys to their secrets", keys)
    for key in keys:
        if not is_sid(key, "SK"):
            raise ValueError(f"the sid of an API key is SK and 32 hexadecimal digits, not {key!r}")


def _check_mapping(accepted: str, value: object) -> None:
    __tracebackhide__ = True
    if not isinstance(value, Mapping):
        raise TypeError(f"{accepted}, not {type(value).__name__}")  # it may be a secret
