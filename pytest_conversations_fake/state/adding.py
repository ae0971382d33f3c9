"""Adding a record without a request, by the rules of a request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from ..api.accounts import Account
from ..api.fields import Field
from ..api.records import Record
from ..api.request_context import RequestContext
from ..api.resource import Resource
from ..api.world import World

NOTHING: Mapping[str, Any] = MappingProxyType({})


def read(params: Mapping[str, Any], fields: Mapping[str, Field]) -> dict[str, Any]:
    """Read *params* as those of a request. Raises `TypeError` for a wrong type, and refusals."""
    return {key: fields[key].read_all(fields[key].write(params[key], key)) for key in params}


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
    """A request to create a record below *parents*; required values left out are numbered."""
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


def _free_name(account: Account, resource: Resource[Any], keywords: Sequence[str]) -> str:
    """A numbered name that no record has in any of these *keywords*."""
    if not keywords:
        return ""
    records = [each for each in resource.all(account) if each is not account.first_service]
    number = 1 + len(records) + len(account.store.removed(resource.record))
    taken = [getattr(record, keyword) for record in records for keyword in keywords]
    while (name := f"{resource.stored.__name__.lower()}-{number}") in taken:
        number += 1
    return name
