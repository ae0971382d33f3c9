"""Checks of the arguments that a test author passes. Their errors name the accepted values.

A value of a wrong type is a `TypeError`, and one that is out of range is a `ValueError`.
"""

from __future__ import annotations

from typing import Any


def require(
    is_valid: bool, accepted: str, value: object, error: type[Exception] = TypeError
) -> None:
    """Raise an *error*, with the *accepted* values and the *value*, unless it *is_valid*."""
    __tracebackhide__ = True
    if not is_valid:
        raise error(f"{accepted}, not {value!r}")


def is_integer(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(value: object) -> bool:
    return is_integer(value) or isinstance(value, float)


def check_number(name: str, value: Any, *, least: int = 0, otherwise: str = "") -> None:
    __tracebackhide__ = True
    accepted = f"{name} must be an integer of {least} or more{otherwise}"
    require(is_integer(value), accepted, value)
    require(value >= least, accepted, value, ValueError)


def check_seconds(name: str, value: Any) -> None:
    __tracebackhide__ = True
    accepted = f"{name} must be a number of seconds, 0 or more"
    require(is_number(value), accepted, value)
    require(value >= 0, accepted, value, ValueError)


def check_timeout(value: Any) -> None:
    __tracebackhide__ = True
    accepted = "timeout must be a number of seconds above 0, or None for no limit"
    require(is_number(value), accepted, value)
    require(value > 0, accepted, value, ValueError)


def check_text(name: str, value: object) -> None:
    __tracebackhide__ = True
    require(isinstance(value, str), f"{name} must be a str", value)


def check_flag(name: str, value: object) -> None:
    __tracebackhide__ = True
    require(isinstance(value, bool), f"{name} must be True or False", value)
