"""The resources, one module each. A new one is its module and one line here."""

from __future__ import annotations

from typing import Any

from ..resource import Resource
from .conversations import conversations
from .services import services

RESOURCES: tuple[Resource[Any], ...] = (
    services,
    conversations,
)
