"""Instants, days and durations as texts."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

import pytest

from pytest_conversations_fake.api.iso8601 import duration, moment, shown_moment, span

UTC = timezone.utc


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2030-01-31", datetime(2030, 1, 31, tzinfo=UTC)),
        ("2030-01-31T12:30", datetime(2030, 1, 31, 12, 30, tzinfo=UTC)),
        ("2030-01-31 12:30:15.999", datetime(2030, 1, 31, 12, 30, 15, tzinfo=UTC)),
        ("2030-01-31t12:30:15z", datetime(2030, 1, 31, 12, 30, 15, tzinfo=UTC)),
        ("2030-01-31T12:30:15+0530", datetime(2030, 1, 31, 7, 0, 15, tzinfo=UTC)),
        ("2030-01-31T23:30:00-01:00", datetime(2030, 2, 1, 0, 30, tzinfo=UTC)),
    ],
)
def test_instant_is_read_in_utc_and_whole_seconds(text: str, instant: datetime) -> None:
    assert instant == moment(text)
    assert UTC is moment(text).tzinfo


@pytest.mark.parametrize("text", ["", "soon", "2030-1-31", "20300131", "2030-W05-4", "2030-01-31Z"])
def test_other_form_is_no_instant(text: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(text)}$"):
        moment(text)


@pytest.mark.parametrize("text", ["2030-02-31", "2030-01-31T25:00"])
def test_instant_that_the_calendar_lacks_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"out of range|must be in"):
        moment(text)


def test_instant_beyond_the_first_year_is_an_overflow() -> None:
    with pytest.raises(OverflowError):
        moment("0001-01-01T00:00+01:00")


def test_instant_is_shown_in_utc_with_four_digits_of_the_year() -> None:
    zone = timezone(timedelta(hours=2))

    assert "2030-01-31T10:00:00Z" == shown_moment(datetime(2030, 1, 31, 12, 0, 0, 7, zone))
    assert "0033-04-03T00:00:00Z" == shown_moment(datetime(33, 4, 3, tzinfo=UTC))


def test_date_spans_its_day_and_an_instant_only_itself() -> None:
    first, last = span("2030-01-31")

    assert datetime(2030, 1, 31, tzinfo=UTC) == first
    assert datetime(2030, 1, 31, 23, 59, 59, 999999, UTC) == last
    assert 2 * (datetime(2030, 1, 31, 12, tzinfo=UTC),) == span("2030-01-31T12:00:00Z")


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("PT0S", timedelta()),
        ("PT90M", timedelta(minutes=90)),
        ("P1DT12H", timedelta(days=1.5)),
        ("P2W", timedelta(weeks=2)),
        ("P1DT1H1M1S", timedelta(days=1, hours=1, minutes=1, seconds=1)),
    ],
)
def test_duration_is_read(text: str, length: timedelta) -> None:
    assert length == duration(text)


@pytest.mark.parametrize(
    "text", ["", "P", "PT", "P1DT", "1D", "P1Y", "PT1.5S", "PT-1S", "P1H", "PT\u0661S"]
)
def test_other_form_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(text)}$"):
        duration(text)


def test_duration_that_is_too_long_is_an_overflow() -> None:
    with pytest.raises(OverflowError):
        duration("P9999999999D")
