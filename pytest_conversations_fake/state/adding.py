"""Adding a record without a request, by the rules of a request."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from ..api.accounts import Account
from ..api.fields import Field
from ..api.records import Record
from ..api.refusals import Refused
from ..api.request_context import RequestContext
from ..api.resource import Resource
from ..api.world import World
from .facts import accepted_by

NOTHING: Mapping[str, Any] = MappingProxyType({})


def read(params: Mapping[str, Any], fields: Mapping[str, Field]) -> dict[str, Any]:
    """Read *params* as those of a request. Raises `TypeError` for a wrong type, and refusals."""
    __tracebackhide__ = True
    values: dict[str, Any] = {}
    for key, value in params.items():  # a comprehension has a frame that pytest shows
        values[key] = fields[key].read_all(fields[key].write(value, key))
    return values


def read_facts(facts: Mapping[str, Any], fields: Mapping[str, Field]) -> dict[str, Any]:
    """Read *facts*. Raises `TypeError` for a wrong type, and `ValueError` for a wrong value."""
    __tracebackhide__ = True
    values: dict[str, Any] = {}
    for name, value in facts.items():
        try:
            values |= read({name: value}, fields)
        except Refused:
            accepted = accepted_by(fields[name])
            raise ValueError(f"{name} is {accepted}, not {value!r}") from None
    return values


def seed(
    world: World,
    account: Account,
    resource: Resource[Any],
    parents: Sequence[Record],
    params: Mapping[str, Any],
    *,
    now: datetime | None = None,
    facts: Mapping[str, Any] = NOTHING,
) -> RequestContext:
    """The context that creates a record below *parents*; missing required values are numbered."""
    fields = resource.parameters_of("Create", "Seed")
    missing = [key for key in resource.required(params) if key not in {**params, **facts}]
    name = _free_name(account, resource, missing)
    context = world.request_context(account)
    return replace(
        context,
        now=now or context.now,
        parents=parents,
        params={**params, **read({key: fields[key].example(name) for key in missing}, fields)},
        facts=facts,
    )


def split(
    values: Mapping[str, Any], names: Collection[str]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The values without *names*, and those with."""
    return (
        {name: value for name, value in values.items() if name not in names},
        {name: value for name, value in values.items() if name in names},
    )


def _free_name(account: Account, resource: Resource[Any], keywords: Sequence[str]) -> str:
    """A numbered name that no record has as the value of any of these *keywords*."""
    if not keywords:
        return ""
    records = [each for each in resource.all(account) if each is not account.first_service]
    number = 1 + len(records) + len(account.store.removed(resource.record))
    taken = [getattr(record, keyword) for record in records for keyword in keywords]
    kind = re.sub(r"(?<!^)(?=[A-Z])", "-", resource.stored.__name__).lower()
    while (name := f"{kind}-{number}") in taken:
        number += 1
    return name
