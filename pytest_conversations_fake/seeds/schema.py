"""Schemas: the keys of an entry for a resource, and what each holds."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from functools import cached_property
from typing import Any

from ..api.fields import Field, Json, Many
from ..api.records import nullable
from ..api.resource import Resource
from ..api.resources import children, services
from ..state.adding import read_facts
from ..state.facts import accepted_by, facts_of
from .entries import Entry, SeedError, at, joined, kind_of

FORMAT = 1
"""The version of the format of seed files."""

FORMAT_KEY, DEFAULT_SERVICE = "format", "default_service"


# The last keys in a file, after those that a reader looks for
LAST_KEYS = ("sid", "date_created", "date_updated")


@dataclass(frozen=True, eq=False)
class Schema:
    """The keys of an entry for a record of a *resource*.

    An entry has *parameters*, as a request that creates the record would, and *facts*, the other
    attributes of the record. A private attribute has a key without the underscore.
    """

    resource: Resource[Any]

    @property
    def name(self) -> str:
        """The name in a sentence: `a scoped webhook`."""
        name = re.sub(r"(?<!^)(?=[A-Z])", " ", self.resource.record.__name__).lower()
        return f"{'an' if name[0] in 'aeio' else 'a'} {name}"

    @cached_property
    def parameters(self) -> Mapping[str, Field]:
        return self.resource.parameters_of("Create", "Seed")

    @cached_property
    def facts(self) -> Mapping[str, Field]:
        unseen = ("sid", "date_created", "date_updated") if self.resource.single else ()
        facts = facts_of(self.resource)
        return {name: field for name, field in facts.items() if name not in unseen}

    @cached_property
    def attributes(self) -> Mapping[str, str]:
        """The attributes by their keys, in the order of a file."""
        names = [*self.parameters, *self.facts]
        names.sort(key=lambda name: LAST_KEYS.index(name) if name in LAST_KEYS else -1)
        return {name.lstrip("_"): name for name in names}

    @cached_property
    def class_defaults(self) -> Mapping[str, Any]:
        """The attributes of a new record to which no request and no resource gives a value."""
        known = fields(self.resource.record)
        return {each.name: each.default for each in known if each.default is not MISSING}

    @cached_property
    def secret(self) -> set[str]:
        return {name for name, field in self.parameters.items() if field.secret}

    @cached_property
    def nullable(self) -> set[str]:
        return nullable(self.resource.record)

    @cached_property
    def children(self) -> Sequence[Resource[Any]]:
        """The resources whose entries stand in an entry of this one, in order."""
        return seeded(children(self.resource))

    @cached_property
    def keys(self) -> Sequence[str]:
        order = [self.resource.seeding.order_key] if self.resource.seeding.order_key else []
        return [*self.attributes, *order, *(each.collection for each in self.children)]

    def read(self, entry: Entry) -> tuple[dict[str, Any], dict[str, Any]]:
        """The parameters and the facts of an *entry*, by attribute."""
        entry.check_keys(self.name, self.keys)
        parameters: dict[str, Any] = {}
        facts: dict[str, Any] = {}
        for key, value in entry.values.items():
            if name := self.attributes.get(key):
                with at(joined(entry.path, key)):
                    if value is None and name in self.nullable:
                        facts[name] = None
                    elif name in self.parameters:
                        parameters[name] = _parameter(self.parameters[name], key, value)
                    else:
                        facts[name] = self._read_fact(name, key, value)
        return parameters, facts

    def _read_fact(self, name: str, key: str, value: Any) -> Any:
        """Read a fact. An error has the words of files."""
        try:
            return read_facts({name: value}, self.facts)[name]
        except (TypeError, ValueError):
            accepted = accepted_by(self.facts[name])
            problem = f"the {key} of {self.name} is {accepted}, not {kind_of(value)}"
            raise ValueError(problem) from None


def seeded(resources: Iterable[Resource[Any]]) -> list[Resource[Any]]:
    """The *resources* that have records of their own, which seed files hold."""
    return [
        each for each in resources if (each.seedable or each.single) and each.stored is each.record
    ]


def top_level() -> list[Resource[Any]]:
    """The resources of the account and of its default service, in the order of a file."""
    of_account = [each for each in seeded(children(None)) if each is not services]
    return [*of_account, *seeded(children(services)), services]


def check_top_level(root: Entry) -> None:
    """Refuse another version of the format, and unknown keys."""
    version = root.values.get(FORMAT_KEY, FORMAT)
    if version != FORMAT or isinstance(version, bool):
        raise SeedError(
            f"{FORMAT_KEY}: this file has format {version!r}, and this version of "
            f"pytest-conversations-fake reads format {FORMAT}; dump it anew with this version"
        )
    collections = [each.collection for each in top_level()]
    root.check_keys("a seed", [FORMAT_KEY, DEFAULT_SERVICE, *collections])


def _parameter(field: Field, key: str, value: Any) -> Any:
    if isinstance(field, Json) and isinstance(value, (Mapping, list)):
        value = json.dumps(value)
    if isinstance(value, Mapping) or (isinstance(value, list) and not isinstance(field, Many)):
        raise TypeError(f"{key} takes no {kind_of(value).split()[-1]}")
    return field.read_all(field.write(value, key))
