"""The resources, one module each. A new one is its module and one line in the tree."""

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
from .services import services
from .user_conversations import user_conversations
from .users import users
from .webhook_configurations import service_webhooks, webhooks

Tree = Mapping[Resource[Any], "Tree"]

# What is below what, in Twilio's paths
TREE: Tree = {
    configuration: {},
    webhooks: {},
    addresses: {},
    credentials: {},
    services: {
        service_configurations: {},
        notifications: {},
        service_webhooks: {},
        conversations: {
            messages: {receipts: {}},
            participants: {},
            scoped_webhooks: {},
        },
        conversations_with_participants: {},
        participant_conversations: {},
        users: {user_conversations: {}},
        roles: {},
        bindings: {},
        media: {},
    },
}


def _climb(tree: Tree, *ancestors: Resource[Any]) -> Iterator[Resource[Any]]:
    for resource, below in tree.items():
        resource.ancestors = ancestors
        yield resource
        yield from _climb(below, *ancestors, resource)


RESOURCES = tuple(_climb(TREE))
