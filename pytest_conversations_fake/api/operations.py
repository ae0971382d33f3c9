"""Operations: the resource and the verb for a method and a path."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property, lru_cache
from typing import Any, cast

from .fields import Choice, Field, Int, Text
from .forms import read_path
from .operation_names import OperationName, ServiceOperationName
from .resource import Resource
from .resources import RESOURCES
from .verbs import CREATE, DELETE, LIST, UPDATE, Verb

VERSION = "v1"


@dataclass(frozen=True)
class Operation:
    """An operation of the API, the same one at both levels."""

    resource: Resource[Any]
    verb: Verb

    @cached_property
    def name(self) -> OperationName:
        """The name in Twilio's contract, that of the account level: `CreateConversation`."""
        return cast(OperationName, self.verb.name + self.resource.noun)

    @cached_property
    def service_name(self) -> ServiceOperationName | None:
        """The name in Twilio's contract at the service level; None if it has one level only."""
        if not self.resource.has_short_path:
            return None
        return cast(ServiceOperationName, f"{self.verb.name}Service{self.resource.noun}")

    @cached_property
    def form(self) -> dict[str, Field]:
        """The parameters in its body, by twilio-python's keyword."""
        if self.verb not in (CREATE, UPDATE):
            return {}
        return self.resource.parameters_of(self.verb.name)

    @cached_property
    def query(self) -> dict[str, Field]:
        """The parameters in its query, by twilio-python's keyword."""
        if self.verb is not LIST:
            return {}
        return {
            **self.resource.filters,
            "page_size": Int("PageSize", min=1),
            "page": Int("Page"),
            "page_token": Text("PageToken"),
        }

    @cached_property
    def headers(self) -> dict[str, Field]:
        """The headers that are parameters, by twilio-python's keyword."""
        if not (self.resource.takes_webhook_header and self.verb in (CREATE, UPDATE, DELETE)):
            return {}
        return {
            "x_twilio_webhook_enabled": Choice("X-Twilio-Webhook-Enabled", of=("true", "false"))
        }

    @cached_property
    def fields(self) -> dict[str, Field]:
        """The parameters in body, query and headers, by twilio-python's keyword."""
        return self.form | self.query | self.headers

    @cached_property
    def form_keywords(self) -> dict[str, str]:
        """twilio-python's keywords of the parameters in its body, by Twilio's name."""
        return {field.name: keyword for keyword, field in self.form.items()}

    @cached_property
    def query_keywords(self) -> dict[str, str]:
        """twilio-python's keywords of the parameters in its query, by Twilio's name."""
        return {field.name: keyword for keyword, field in self.query.items()}

    @cached_property
    def chain(self) -> Sequence[Resource[Any]]:
        """The resources of its long path, the service first."""
        return [*self.resource.ancestors, self.resource]

    @cached_property
    def path(self) -> list[str]:
        """The keywords of the records in its long path: `["chat_service_sid", "sid"]`."""
        above = [resource.sid_keyword for resource in self.resource.ancestors]
        return [*above, self.resource.name_keyword] if self.names_one else above

    def is_short(self, names: Sequence[str]) -> bool:
        """Whether a path with these *names* for records leaves out the service."""
        return len(names) < len(self.path)

    @cached_property
    def names_one(self) -> bool:
        """Whether the last segment of its path is the name of a record."""
        return self.verb.to_one and not self.resource.single

    @cached_property
    def keywords(self) -> list[str]:
        """The keywords of all its parameters, those in the path included."""
        return [*self.form, *self.query, *self.headers, *self.path]


@dataclass
class Route:
    """A node in the tree of paths: its operations by method, and the routes below it.

    The key None in *below* stands for a segment that names a record.
    """

    operations: dict[str, Operation] = field(default_factory=dict)
    below: dict[str | None, Route] = field(default_factory=dict)


@lru_cache(maxsize=128)  # clients create, list and poll at the same paths
def find_route(path: str) -> tuple[Route, Sequence[str]]:
    """The route of a *path* and the names of records in it; an empty route for an unknown path."""
    route, names = _TREE, []
    for segment in read_path(path):
        if segment in route.below:
            route = route.below[segment]
        elif segment and None in route.below:
            route = route.below[None]
            names.append(segment)
        else:
            return Route(), []
    return route, names


def likely_path(path: str) -> str | None:
    """The known path that is nearest to the unknown *path*, if one is near."""
    if find_route(f"/{VERSION}{path}")[0].operations:
        return f"/{VERSION}{path}"
    segments = path.split("/")[1:]
    for known, _ in _paths():
        likely = [name if each is None else each for each, name in zip(known, segments)]
        if len(known) == len(segments) and all(map(_alike, likely, segments)):
            return "/".join(["", *likely])
    return None


def _alike(one: str, other: str) -> bool:
    """Whether one may be a typo of the other."""
    return bool(get_close_matches(one.lower(), [other.lower()], cutoff=0.75))


def _segments(resource: Resource[Any], *, short: bool) -> Iterator[str | None]:
    """The path of a collection; a *short* one leaves out the service."""
    yield VERSION
    for above in resource.ancestors[short:]:
        yield from above.path.split("/")
        yield None
    yield from resource.path.split("/")


# Parts of Twilio at these hosts that the fake does not have, by the pattern of their path
NOT_IMITATED = {
    r"/v2(/.*)?": "Conversations v2",
    r"/v1(/Services/[^/]+)?/Conversations/[^/]+/Export": "the export of a conversation",
    r"/v1(/Services/[^/]+)?/Conversations/[^/]+/Messages/[^/]+/ChannelMetadata": (
        "the channel metadata of a message"
    ),
    r"/v1/Services/[^/]+/Media(/.*)?": "the upload of media",
    r"/v\d+/wsconnect": "the socket of the client SDKs",
}


def not_imitated(path: str) -> str | None:
    """The part of Twilio at *path* that the fake does not have; None for another path."""
    for pattern, what in NOT_IMITATED.items():
        if re.fullmatch(pattern, path):
            return what
    return None


OPERATIONS: dict[str, Operation] = {
    operation.name: operation
    for resource in RESOURCES
    for verb in resource.verbs
    for operation in [Operation(resource, verb)]
}


SERVICE_OPERATIONS: dict[str, Operation] = {
    operation.service_name: operation for operation in OPERATIONS.values() if operation.service_name
}
"""Operations of both levels by their names at the service level."""


def _paths() -> Iterator[tuple[list[str | None], Operation]]:
    """Every path with one of its operations. None stands for the name of a record."""
    for operation in OPERATIONS.values():
        for short in (False, True) if operation.resource.has_short_path else (False,):
            one = [None] if operation.names_one else []
            yield [*_segments(operation.resource, short=short), *one], operation


def _tree() -> Route:
    tree = Route()
    for segments, operation in _paths():
        route = tree
        for segment in segments:
            route = route.below.setdefault(segment, Route())
        route.operations[operation.verb.method] = operation
    return tree


_TREE = _tree()
