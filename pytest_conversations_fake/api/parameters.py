"""Parameters that several resources have, with their limits and refusals."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from . import refusals
from .fields import Duration, Json, Moment, Text

FriendlyName = Annotated[
    str | None, Text("FriendlyName", max=256, too_long=refusals.FriendlyNameTooLong)
]
DateCreated = Annotated[datetime, Moment("DateCreated", invalid=refusals.InvalidDateCreated)]
DateUpdated = Annotated[datetime, Moment("DateUpdated", invalid=refusals.InvalidDateUpdated)]


def json_attributes(*, kibibytes: int) -> Json:
    return Json(
        "Attributes",
        max=kibibytes * 1024,
        too_long=refusals.AttributesTooLong,
        invalid=refusals.AttributesNotJson,
    )


def inactive_timer(name: str) -> Duration:
    return Duration(
        name,
        min=timedelta(minutes=1),
        too_short=refusals.InactiveTimerTooShort,
        invalid=refusals.InvalidInactiveTimer,
    )


def closed_timer(name: str) -> Duration:
    return Duration(
        name,
        min=timedelta(minutes=10),
        too_short=refusals.ClosedTimerTooShort,
        invalid=refusals.InvalidClosedTimer,
    )
