"""Redaction: the values of parameters as a text that people read may show them.

The fields of the resources state which parameters are secret. Other parameters are texts that may
contain a URL with a password, as the configurations of webhooks do.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from .resources import RESOURCES
from .secrets import REDACTED, without_passwords


@cache  # not at import time: the parameters of all resources take 7 ms
def secret_parameters() -> set[str]:
    """The names of secret parameters: twilio-python's keywords and Twilio's own names."""
    return {
        name
        for resource in RESOURCES
        for keyword, field in resource.parameters.items()
        if field.secret
        for name in (keyword, field.name)
    }


def redacted(keyword: str, value: object) -> object:
    """*value* of the parameter *keyword*, as a text may show it. None stays None."""
    if keyword in secret_parameters() and value is not None:
        return REDACTED
    return _without_passwords(value)


def _without_passwords(value: object) -> object:
    if isinstance(value, str):
        return without_passwords(value)
    if isinstance(value, (list, tuple)):
        return (list if isinstance(value, list) else tuple)(map(_without_passwords, value))
    if isinstance(value, Mapping):
        return {key: _without_passwords(each) for key, each in value.items()}
    return value
