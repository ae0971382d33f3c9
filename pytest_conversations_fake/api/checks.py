"""Checks of the arguments that a test author passes. Their errors name the accepted values."""

from __future__ import annotations


def require(is_valid: bool, accepted: str, value: object) -> None:
    """Raise `TypeError`, with the *accepted* values and the *value*, unless it *is_valid*."""
    __tracebackhide__ = True
    if not is_valid:
        raise TypeError(f"{accepted}, not {value!r}")


def check_number(name: str, value: object) -> None:
    __tracebackhide__ = True
    is_valid = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    require(is_valid, f"{name} must be an integer of 0 or more", value)


def check_seconds(name: str, value: object) -> None:
    __tracebackhide__ = True
    is_valid = isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 0
    require(is_valid, f"{name} must be a number of seconds, 0 or more", value)


def check_timeout(value: object) -> None:
    __tracebackhide__ = True
    is_valid = isinstance(value, (int, float)) and not isinstance(value, bool) and value > 0
    require(is_valid, "timeout must be a number of seconds above 0, or None for no limit", value)


def check_text(name: str, value: object) -> None:
    __tracebackhide__ = True
    require(isinstance(value, str), f"{name} must be a str", value)


def check_flag(name: str, value: object) -> None:
    __tracebackhide__ = True
    require(isinstance(value, bool), f"{name} must be True or False", value)
