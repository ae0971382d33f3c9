"""Records: what the store keeps, and which parameters and properties they have."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from types import NoneType
from typing import ClassVar, get_args, get_type_hints

from .fields import Field


class shown(property):  # noqa: N801 - reads as the decorator it is, like `property`
    """A property of the API's answer that is computed from the record."""


@dataclass(kw_only=True, eq=False)
class Record:
    """One thing that the API knows.

    Attributes annotated with a field are parameters of the API and have twilio-python's keyword for
    a name. The API shows every attribute, except parts of an object (`Timers.Inactive`) and what
    begins with an underscore, and everything decorated with `shown`.
    """

    prefix: ClassVar[str]
    hidden: ClassVar[tuple[str, ...]] = ()
    """Attributes that the API does not show."""

    sid: str
    account_sid: str
    date_created: datetime
    date_updated: datetime

    @property
    def parent_sid(self) -> str | None:
        """The sid of the record that this one is listed under and goes away with."""
        return None

    def keys(self) -> Iterator[Hashable]:
        """What the record is looked up by besides its sid; nothing is kept twice under one key."""
        return iter(())

    def lists(self) -> Iterator[Hashable]:
        """What lists the record is in, among those of its kind."""
        yield self.parent_sid


def parameters(kind: type[Record]) -> dict[str, Field]:
    """The fields of a record by the keyword that twilio-python has for them."""
    hints = get_type_hints(kind, include_extras=True)
    return {
        keyword: field
        for keyword, hint in hints.items()
        for field in getattr(hint, "__metadata__", ())
        if isinstance(field, Field)
    }


def nullable(kind: type[Record]) -> set[str]:
    """The attributes that may be None."""
    return {name for name, hint in get_type_hints(kind).items() if NoneType in get_args(hint)}


def attributes(kind: type[Record]) -> list[str]:
    """All there is to know of a record: what is stored, parts of objects too, and computed."""
    stored = [field.name for field in fields(kind) if not field.name.startswith("_")]
    computed = [name for name in dir(kind) if isinstance(getattr(kind, name, None), shown)]
    return [*stored, *computed]
