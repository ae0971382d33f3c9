"""Verbs: the five things that a request can do with a resource."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Verb:
    """An action on a resource, and how HTTP expresses it."""

    name: str
    method: str
    status: int
    """The status of a successful answer."""
    to_one: bool
    """Whether it acts on a record that exists already."""


CREATE = Verb("Create", "POST", 201, to_one=False)
LIST = Verb("List", "GET", 200, to_one=False)
FETCH = Verb("Fetch", "GET", 200, to_one=True)
UPDATE = Verb("Update", "POST", 200, to_one=True)
DELETE = Verb("Delete", "DELETE", 204, to_one=True)
