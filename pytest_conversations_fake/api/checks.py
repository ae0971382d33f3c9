"""Checks of what a test author passes, which say what is accepted."""

from __future__ import annotations


def check(is_right: bool, what_is_accepted: str, given: object) -> None:
    """Raises `TypeError` unless it *is_right*."""
    __tracebackhide__ = True
    if not is_right:
        raise TypeError(f"{what_is_accepted}, not {given!r}")


def check_number(what: str, given: object) -> None:
    __tracebackhide__ = True
    is_right = isinstance(given, int) and not isinstance(given, bool) and given >= 0
    check(is_right, f"{what} is a number from 0 on", given)


def check_seconds(what: str, given: object) -> None:
    __tracebackhide__ = True
    is_right = isinstance(given, (int, float)) and not isinstance(given, bool) and given >= 0
    check(is_right, f"{what} is seconds", given)


def check_timeout(given: object) -> None:
    __tracebackhide__ = True
    is_right = isinstance(given, (int, float)) and not isinstance(given, bool) and given > 0
    check(is_right, "timeout is seconds, more than 0, or None for no limit", given)


def check_text(what: str, given: object) -> None:
    __tracebackhide__ = True
    check(isinstance(given, str), f"{what} is a str", given)


def check_flag(what: str, given: object) -> None:
    __tracebackhide__ = True
    check(isinstance(given, bool), f"{what} is True or False", given)
