"""What a seed may say of what: the parameters of a noun, facts, and what belongs to it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cache, cached_property
from typing import Any, get_args, get_type_hints

from ..api.fields import Field, Flag, Int, Json, Many, Moment, Sid, Text
from ..api.records import nullable
from ..api.resource import Resource
from ..api.resources import RESOURCES
from ..api.resources.conversations_with_participants import conversations_with_participants
from ..api.resources.participants import participants
from ..api.resources.services import services

# In the order in which they are made and written: what others refer to comes before them
ORDER = (
    "configuration",
    "webhook_configuration",
    "address_configurations",
    "credentials",
    "roles",
    "service_configurations",
    "notifications",
    "service_webhook_configurations",
    "users",
    "media",
    "bindings",
    "conversations",
    "participants",
    "scoped_webhooks",
    "messages",
    "receipts",
    "services",
)


# Behind what a reader looks for
LAST = ("sid", "date_created", "date_updated")


class Parts(Json):
    """What was put together of other records, as JSON has it."""

    def write(self, value: Any, keyword: str = "") -> list[str]:
        if not isinstance(value, list) or not all(isinstance(each, Mapping) for each in value):
            raise self.type_error("a list of mappings", value, keyword)
        return [json.dumps(value)]

    def read(self, text: str) -> Any:
        return json.loads(text)


# What reads a fact of a type
FACTS: dict[Any, Field] = {
    str: Text(""),
    int: Int(""),
    bool: Flag(""),
    datetime: Moment(""),
    tuple[str, ...]: Many(""),
    list[dict[str, Any]]: Parts(""),
}

# What follows from other entries, or belongs to the account
UNSAID = ("account_sid", "delivery")


@dataclass(frozen=True)
class Shape:
    """What an entry for a record of a *resource* may say."""

    resource: Resource[Any]

    @property
    def name(self) -> str:
        """As in a sentence: `a scoped webhook`."""
        name = re.sub(r"(?<!^)(?=[A-Z])", " ", self.resource.record.__name__).lower()
        return f"{'an' if name[0] in 'aeio' else 'a'} {name}"

    @cached_property
    def params(self) -> Mapping[str, Field]:
        """What a request or a seed says when it is created."""
        return self.resource.parameters_of("Create", "Seed")

    @cached_property
    def facts(self) -> Mapping[str, Field]:
        """What only a dump knows besides, by attribute."""
        kind = self.resource.record
        above = [resource.sid_keyword for resource in self.resource.ancestors]
        hidden = ("sid", "date_created", "date_updated") if self.resource.single else ()
        hints = get_type_hints(kind)
        return {
            each.name: self.resource.parameters.get(each.name) or self._fact(each.name, hints)
            for each in fields(kind)
            if each.name not in {*self.params, *above, *hidden, *UNSAID}
        }

    def _fact(self, name: str, hints: Mapping[str, Any]) -> Field:
        prefix = {"sid": self.resource.record.prefix, "participant_sid": "MB"}.get(name)
        if prefix is not None:
            return Sid(name, prefix=prefix)
        hint = hints[name]
        return next(FACTS[each] for each in (hint, *get_args(hint)) if each in FACTS)

    @cached_property
    def attributes(self) -> Mapping[str, str]:
        """The attributes by the names that they have in a file, in its order."""
        names = [*self.params, *self.facts]
        names.sort(key=lambda name: LAST.index(name) if name in LAST else -1)
        return {name.lstrip("_"): name for name in names}

    @cached_property
    def nullable(self) -> set[str]:
        return nullable(self.resource.record)

    @cached_property
    def below(self) -> Mapping[str, Resource[Any]]:
        """What belongs to such a record, by the names of the collections."""
        return below(self.resource)

    @cached_property
    def keys(self) -> Sequence[str]:
        """All that an entry may say."""
        joined = ["joined"] if self.resource is participants else []
        return [*self.attributes, *joined, *self.below]


@cache
def shape(resource: Resource[Any]) -> Shape:
    return Shape(resource)


@cache
def below(parent: Resource[Any] | None) -> dict[str, Resource[Any]]:
    """What belongs to a record of *parent*, or to an account, in order."""
    above = (*parent.ancestors, parent) if parent else ()
    found = {
        resource.collection: resource
        for resource in RESOURCES
        if tuple(resource.ancestors) == above
        and (resource.seedable or resource.single)
        and resource is not conversations_with_participants
    }
    return _in_order(found)


@cache
def nouns() -> dict[str, Resource[Any]]:
    """What a file may say at its top: what belongs to the account, and to its default service."""
    found = {**below(None), **below(services)}
    return _in_order(found)


def _in_order(resources: dict[str, Resource[Any]]) -> dict[str, Resource[Any]]:
    """*resources* in the order in which they are loaded; a resource without a place comes last."""
    places = {name: place for place, name in enumerate(ORDER)}
    return dict(sorted(resources.items(), key=lambda item: places.get(item[0], len(ORDER))))
