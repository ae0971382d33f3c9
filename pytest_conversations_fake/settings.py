"""What a fake may be told when it is made: mistakes are explained here."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from .api.assumptions import OWNABLE, QUESTIONS, Assumptions, is_ownable
from .api.did_you_mean import unknown
from .api.fields import is_sid
from .strict.errors import VIOLATION_KINDS

FROM_ENVIRONMENT = "the auth token of the environment (TWILIO_AUTH_TOKEN)"


def own_access(
    account_sid: str | None, auth_token: str | None
) -> dict[str | None, Mapping[str, Any]]:
    """What was given, else what the environment has, else None for the world to make it up."""
    known = os.environ.get("TWILIO_ACCOUNT_SID", "")
    if account_sid is None and is_sid(known, "AC"):
        account_sid = known
    origin: dict[str, str] = {}
    if auth_token is None and (auth_token := os.environ.get("TWILIO_AUTH_TOKEN") or None):
        origin = {"token_origin": FROM_ENVIRONMENT}
    [(sid, reached)] = access({account_sid: {"auth_token": auth_token}}).items()
    return {sid: {**reached, **origin}}


def access(accounts: Mapping[Any, Mapping[str, Any]]) -> dict[str | None, Mapping[str, Any]]:
    """What accounts are reached with, by their sids."""
    for sid, reached in accounts.items():
        _check_access(sid, reached)
    return dict(accounts.items())


def assumptions(assume: Mapping[str, str], owned: Sequence[str]) -> Assumptions:
    if not isinstance(assume, Mapping):
        raise TypeError(f"assume is a dict of answers by questions, not {assume!r}")
    for question, answer in assume.items():
        if question not in QUESTIONS:
            raise ValueError(unknown("assume knows no question", question, QUESTIONS))
        if answer not in QUESTIONS[question]:
            raise ValueError(unknown(f"{question} has no answer", answer, QUESTIONS[question]))
    if isinstance(owned, str) or not isinstance(owned, Sequence):
        raise TypeError(f"owned is a list of addresses and sids, not {owned!r}")
    for name in owned:
        if not is_ownable(name):
            sids = ", ".join(f"{prefix}…" for prefix in OWNABLE)
            raise ValueError(f"owned has addresses and sids ({sids}), not {name!r}")
    return Assumptions(assume, owned)


def tolerated(kinds: Sequence[str]) -> Sequence[str]:
    if isinstance(kinds, str) or not isinstance(kinds, Sequence):
        raise TypeError(f"tolerate is a list of what to tolerate, not {kinds!r}")
    for kind in kinds:
        if kind not in VIOLATION_KINDS:
            raise ValueError(unknown("tolerate knows no", kind, VIOLATION_KINDS))
    return kinds


def _check_access(sid: str | None, reached: Mapping[str, Any]) -> None:
    _check_mapping("an account is a dict of auth_token and api_keys", reached)
    for what, text in (("account_sid", sid), ("auth_token", reached.get("auth_token"))):
        if text is not None and not isinstance(text, str):
            raise TypeError(f"{what} is a str, not {type(text).__name__}")
    if sid is not None and not is_sid(sid, "AC"):
        raise ValueError(f"account_sid is AC and 32 hexadecimal digits, not {sid!r}")
    for keyword in reached:
        if keyword not in ("auth_token", "api_keys"):
            raise ValueError(unknown("an account has no", keyword, ["auth_token", "api_keys"]))
    if reached.get("auth_token") == "":
        raise ValueError("auth_token is a text of at least one character, not ''")
    keys = reached.get("api_keys", {})
    _check_mapping("api_keys is a dict of secrets by the sids of the keys", keys)
    for key in keys:
        if not is_sid(key, "SK"):
            raise ValueError(f"the sid of an API key is SK and 32 hexadecimal digits, not {key!r}")


def _check_mapping(what_is_accepted: str, given: object) -> None:
    if not isinstance(given, Mapping):  # it may be a secret
        raise TypeError(f"{what_is_accepted}, not {type(given).__name__}")
