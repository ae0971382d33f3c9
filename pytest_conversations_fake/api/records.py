"""Records: the state in the store, with parameters and properties."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from types import NoneType
from typing import ClassVar, get_args, get_type_hints

from .fields import Field


class shown(property):  # noqa: N801 - reads as the decorator it is, like `property`
    """A property of the answer that is computed from the record."""


@dataclass(kw_only=True, eq=False)
class Record:
    """One record of a resource.

    Attributes that are annotated with a field are parameters of the API, named by twilio-python's
    keyword. Answers show every attribute and everything decorated with `shown`, except parts of an
    object (`Timers.Inactive`) and names that begin with an underscore.
    """

    prefix: ClassVar[str]
    hidden: ClassVar[tuple[str, ...]] = ()
    """Attributes that answers do not show."""

    sid: str
    account_sid: str
    date_created: datetime
    date_updated: datetime

    @property
    def parent_sid(self) -> str | None:
        """The sid of the parent, which lists this record. Its removal removes this record, too."""
        return None

    def keys(self) -> Iterator[Hashable]:
        """Unique keys, in addition to the sid, by which the store finds the record."""
        return iter(())

    def lists(self) -> Iterator[Hashable]:
        """The names of the lists of its kind that contain the record."""
        yield self.parent_sid


def parameters(kind: type[Record]) -> dict[str, Field]:
    """The fields of a record by twilio-python's keyword."""
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
    """The names of all public attributes of a record, stored and computed."""
    stored = [field.name for field in fields(kind) if not field.name.startswith("_")]
    computed = [name for name in dir(kind) if isinstance(getattr(kind, name, None), shown)]
    return [*stored, *computed]
