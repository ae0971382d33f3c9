"""The clock: the only source of time, which a test can move."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone

from .actions import Recorder, action
from .checks import check_flag, is_number, require
from .did_you_mean import SuggestsNames

# The units of `timedelta`
UNITS = ("weeks", "days", "hours", "minutes", "seconds", "milliseconds", "microseconds")


class Clock(SuggestsNames):
    """The time of the fake.

    Unless a test moves it, each use reads the clock of the process, so time-machine and freezegun
    move it, too. A move applies the timers that become due, each at its own instant.
    """

    def __init__(
        self,
        recorder: Recorder,
        *,
        before_move: Callable[[], None],
        after_move: Callable[[], None],
    ) -> None:
        self._recorder = recorder
        self._before_move = before_move
        self._after_move = after_move
        self._ahead = timedelta()
        self._stays_at: datetime | None = None

    def now(self) -> datetime:
        """The time in UTC."""
        return self._stays_at or datetime.now(timezone.utc) + self._ahead

    def second(self) -> datetime:
        """The time in whole seconds, the precision of the API."""
        return self.now().replace(microsecond=0)

    def until(self, instant: datetime) -> float | None:
        """Seconds until *instant*; None if the clock is stopped."""
        return None if self._stays_at else max((instant - self.now()).total_seconds(), 0)

    @action
    def move_to(self, instant: datetime, *, tick: bool = False) -> None:
        """Set the time to *instant*, and stop the clock; with *tick* it runs on.

            fake_conversations.clock.move_to(datetime(2030, 1, 1))

        An *instant* without a time zone is in UTC. Raises `TypeError` unless it is a `datetime`.
        """
        __tracebackhide__ = True
        self._before_move()
        if not isinstance(instant, datetime):
            raise TypeError(f"the clock moves to a datetime, not to {instant!r}")
        check_flag("tick", tick)
        if not instant.tzinfo:
            instant = instant.replace(tzinfo=timezone.utc)
        instant = instant.astimezone(timezone.utc)
        self._ahead = instant - datetime.now(timezone.utc)
        self._stays_at = None if tick else instant
        self._after_move()

    @action
    def shift(self, length: timedelta | None = None, **units: float) -> None:
        """Move the time forward by *length* or by *units* of `timedelta`; back if negative.

            fake_conversations.clock.shift(days=3)

        A running clock runs on, and a stopped clock stays stopped. Raises `TypeError` for an
        unknown unit, and `ValueError` if the time is then not in the years 1 to 9999.
        """
        __tracebackhide__ = True
        self._before_move()
        if not isinstance(length, timedelta | None):
            raise TypeError(f"the clock shifts by a timedelta or days=, hours=…, not by {length!r}")
        for unit, number in units.items():
            if unit not in UNITS:
                raise TypeError(f"the clock has no unit {unit!r}; it has: {', '.join(UNITS)}")
            require(is_number(number), f"{unit} is a number", number)
        try:
            length = (length or timedelta()) + timedelta(**units)
            _ = self.now() + length
        except OverflowError:
            raise ValueError(
                "this shift leaves the years 1 to 9999, which the clock accepts"
            ) from None
        if self._stays_at:
            self._stays_at += length
        self._ahead += length
        self._after_move()

    def __repr__(self) -> str:
        return f"<clock at {self.now():%Y-%m-%dT%H:%M:%SZ}{', which stays' * bool(self._stays_at)}>"
