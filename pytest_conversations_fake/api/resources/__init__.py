"""The resources, one module each. A new resource needs its module and one line in `TREE`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..resource import Resource
from .addresses import addresses
from .bindings import bindings
from .configurations import configuration, service_configurations
from .conversations import conversations
from .conversations_with_participants import conversations_with_participants
from .credentials import credentials
from .media import media
from .messages import messages
from .notifications import notifications
from .participant_conversations import participant_conversations
from .participants import participants
from .receipts import receipts
from .roles import roles
from .scoped_webhooks import scoped_webhooks
from .services import default_service, services
from .user_conversations import user_conversations
from .users import users
from .webhook_configurations import service_webhooks, webhooks

__all__ = ["RESOURCES", "TREE", "children", "default_service", "services"]

Tree = Mapping[Resource[Any], "Tree"]

# Each resource with the resources below it, as in Twilio's paths. Seed files have the same order:
# a resource stands before every resource whose records refer to its records
TREE: Tree = {
    configuration: {},
    webhooks: {},
    addresses: {},
    credentials: {},
    services: {
        roles: {},
        service_configurations: {},
        notifications: {},
        service_webhooks: {},
        users: {user_conversations: {}},
        media: {},
        bindings: {},
        conversations: {
            participants: {},
            scoped_webhooks: {},
            messages: {receipts: {}},
        },
        conversations_with_participants: {},
        participant_conversations: {},
    },
}


def walk(tree: Tree, *ancestors: Resource[Any]) -> Iterator[Resource[Any]]:
    """Yield the resources of a *tree*, and set the ancestors of each."""
    for resource, below in tree.items():
        resource.ancestors = ancestors
        yield resource
        yield from walk(below, *ancestors, resource)


RESOURCES = tuple(walk(TREE))


def children(parent: Resource[Any] | None) -> list[Resource[Any]]:
    """The resources directly below a *parent*; for None, the resources of the account."""
    ancestors = (*parent.ancestors, parent) if parent else ()
    return [each for each in RESOURCES if each.ancestors == ancestors]
