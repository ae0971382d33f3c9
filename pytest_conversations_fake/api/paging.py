"""Pages of lists.

A page token names a record instead of a number, so records that are added or deleted between two
requests shift no page.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import quote, urlencode

from .records import Record

R = TypeVar("R", bound=Record)

# Prefixes of page tokens: the named record is before the page (AFTER it), or after the page
AFTER, BEFORE = "PT", "PTB"


@dataclass(frozen=True)
class Listing(Generic[R]):
    """The *records* that a request asks for, sorted by *key*."""

    records: Sequence[R]
    key: Callable[[R], Any]

    def page(self, size: int, number: int, cursor: tuple[str, R] | None) -> Page[R]:
        """A page of at most *size* records after or before the record in *cursor*.

        Without a cursor it is the first page. *number* is only shown in the answer, as by Twilio.
        """
        first, last = 0, size
        if cursor:
            side, record = cursor
            cut = bisect_right if side == AFTER else bisect_left
            place = cut(self.records, self.key(record), key=self.key)
            if side == AFTER or place == 0:  # before the first record there is the first page
                first, last = place, place + size
            else:
                first, last = max(place - size, 0), place
        records = self.records[first:last]
        return Page(
            records=records,
            number=number,
            size=size,
            previous=BEFORE + records[0].sid if first and records else None,
            next=AFTER + records[-1].sid if last < len(self.records) else None,
        )


@dataclass(frozen=True)
class Page(Generic[R]):
    """One page of a listing, with the tokens of its neighbours."""

    records: Sequence[R]
    number: int
    size: int
    previous: str | None
    next: str | None

    def meta(
        self, key: str, url: str, filters: Mapping[str, Any], token: str | None
    ) -> dict[str, Any]:
        """Twilio's `meta` for the list at *url*. Every URL in it contains the *filters*."""

        def at(number: int, token: str | None) -> str:
            query = {**filters, "PageSize": self.size, "Page": number}
            if token:
                query["PageToken"] = token
            return f"{url}?{urlencode(query, doseq=True, quote_via=quote, safe='')}"

        return {
            "page": self.number,
            "page_size": self.size,
            "first_page_url": at(0, None),
            "previous_page_url": at(max(self.number - 1, 0), self.previous)
            if self.previous
            else None,
            "url": at(self.number, token),
            "next_page_url": at(self.number + 1, self.next) if self.next else None,
            "key": key,
        }


def find_cursor(token: str, find: Callable[[str], R | None]) -> tuple[str, R] | None:
    """The side and the record that a *token* names; None for an invalid token."""
    for side in (BEFORE, AFTER):
        record = find(token.removeprefix(side)) if token.startswith(side) else None
        if record:
            return side, record
    return None
