"""ISO 8601: instants, days and durations as texts."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache

# It is not known which forms Twilio reads; clients send these. `fromisoformat` reads different
# forms on each version of Python
_MOMENT = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d(?::\d\d)?)(?:\.\d+)?(?:([+-]\d\d):?(\d\d)|[Zz])?)?",
    re.ASCII,
)


def moment(text: str) -> datetime:
    """The instant that *text* names, in whole seconds. Raises `ValueError` or `OverflowError`."""
    found = _MOMENT.fullmatch(text)
    if not found:
        raise ValueError(text)
    day, time, hours, minutes = found.groups()
    zone = f"{hours or '+00'}:{minutes or '00'}"
    return datetime.fromisoformat(f"{day}T{time or '00:00'}{zone}").astimezone(timezone.utc)


@lru_cache(maxsize=1024)  # the records of a test share few instants
def shown_moment(value: datetime) -> str:
    """*value* as the API shows it, in UTC and whole seconds."""
    return f"{value.astimezone(timezone.utc):%Y-%m-%dT%H:%M:%S}Z".rjust(20, "0")


def span(text: str) -> tuple[datetime, datetime]:
    """The first and the last instant of *text*. A date without a time is the whole day in UTC."""
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        first = datetime.combine(date.fromisoformat(text), datetime.min.time(), timezone.utc)
        return first, first + timedelta(days=1, microseconds=-1)
    return moment(text), moment(text)


_DURATION = re.compile(
    r"P(?=.)(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?=.)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?",
    re.ASCII,
)


def duration(text: str) -> timedelta:
    """The length that *text* names. Raises `ValueError` or `OverflowError`."""
    found = _DURATION.fullmatch(text)
    if not found:
        raise ValueError(text)
    return timedelta(**{unit: int(count) for unit, count in found.groupdict("0").items()})
