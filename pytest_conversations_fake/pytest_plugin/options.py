"""The options of a test: the keywords of its markers and the ini options.

Each overrides a default of `FakeConversations`. pytest loads this module in every run.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Literal, NoReturn

import pytest

from ..strict.errors import VIOLATION_KINDS

NAME = "fake_conversations"
PAGES = "--fake-conversations-report"

# The keywords of FakeConversations that are ini options, with type, default and help text
OPTIONS: dict[str, tuple[Literal["string", "bool", "args"], Any, str]] = {
    "account_sid": ("string", None, "the only account sid that the fake accepts (default: any)"),
    "auth_token": ("string", None, "the only auth token that the fake accepts (default: any)"),
    "redirect": ("bool", True, "whether requests to conversations.twilio.com go to the fake"),
    "child_processes": ("bool", False, "whether requests of child processes go to the fake, too"),
    "allow_hosts": ("args", (), "other hosts of Twilio that tests may contact; * matches anything"),
    "assume": (
        "args",
        {},
        "question=answer pairs that override guesses about Twilio; see conversations-fake rules",
    ),
    "owned": (
        "args",
        (),
        "proxy addresses and sids that the account owns; of each listed kind, no others",
    ),
    "tolerate": ("args", (), f"violations that do not fail a test: {', '.join(VIOLATION_KINDS)}"),
    "seed": ("string", None, "file with the initial records; its path is relative to the ini file"),
    "max_requests": ("string", None, "number of requests that a fake keeps (default: all)"),
}

# The values that ini options of each type accept, for error messages
ACCEPTED = {"bool": "true or false", "args": "words, quoted like those of a shell"}

# Environment variables that ini options set for the whole session
CREDENTIALS = {"TWILIO_ACCOUNT_SID": "account_sid", "TWILIO_AUTH_TOKEN": "auth_token"}

# Values of the ini option fake_conversations_guard
GUARDS = {
    "fixture": "while the fixture is active",
    "session": "during the whole session, with imports and collection",
    "off": "never",
}

# The keywords of the marker, with their defaults
KEYWORDS = {option: default for option, (_, default, _) in OPTIONS.items()} | {"accounts": None}

_INI = pytest.StashKey[dict[str, Any]]()


def options_for(node: pytest.Item, **fixtures: Any) -> dict[str, Any]:
    """The options of a test. Markers override *fixtures*, and these override ini options."""
    options = {**_ini_options(node.config), **fixtures}
    if options["assume"]:
        from ..api.assumptions import read_answers

        options["assume"] = read_answers(options["assume"])
    if str(limit := options.get("max_requests")).isdecimal():
        options["max_requests"] = int(str(limit))
    for marker in reversed(list(node.iter_markers(NAME))):
        if marker.args:
            fail_for_misuse(f"the marker accepts only keywords, not {marker.args!r}")
        for keyword in marker.kwargs.keys() - KEYWORDS.keys():
            from ..api.did_you_mean import unknown

            fail_for_misuse(unknown("the marker has no keyword", keyword, KEYWORDS))
        options = _override(options, marker.kwargs)
    if node.config.getini(f"{NAME}_guard") == "off":
        options["allow_hosts"] = ["*"]
    if isinstance(options.get("seed"), (str, os.PathLike)):  # the working directory may change
        inipath, rootpath = node.config.inipath, node.config.rootpath
        options["seed"] = (inipath.parent if inipath else rootpath) / options["seed"]
    return options


def _ini_options(config: pytest.Config) -> dict[str, Any]:
    """The ini options, read once in a session."""
    if _INI not in config.stash:
        values = {name: _read_ini_option(config, name) for name in OPTIONS}
        config.stash[_INI] = {name: value for name, value in values.items() if value != ""}
    return config.stash[_INI]


def _read_ini_option(config: pytest.Config, name: str) -> Any:
    try:
        return config.getini(f"{NAME}_{name}")
    except (ValueError, pytest.UsageError) as error:
        accepted = ACCEPTED[OPTIONS[name][0]]
        fail_for_misuse(f"the ini option {NAME}_{name} accepts {accepted}: {error}")


def _override(options: Mapping[str, Any], closer: Mapping[str, Any]) -> dict[str, Any]:
    """The options, and those of a *closer* place; `accounts` and credentials exclude each other."""
    overridden = {"accounts"} if closer.keys() & CREDENTIALS.values() else set()
    if "accounts" in closer:
        overridden = {*CREDENTIALS.values()}
    return {name: value for name, value in options.items() if name not in overridden} | {**closer}


def fail_for_misuse(message: str) -> NoReturn:
    from ..api.wording import visible

    # A traceback would show frames of pytest only
    raise pytest.fail.Exception(f"{NAME}: {visible(message)}", pytrace=False) from None
