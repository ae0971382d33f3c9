"""The clock, moved by the fake or by time libraries."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta, timezone

import freezegun
import pytest
import requests
import time_machine
from conftest import Api

from pytest_conversations_fake import FakeConversations
from pytest_conversations_fake.state.account import AccountView

C = "/v1/Conversations"
START = datetime(2030, 1, 2, 3, 4, 5, 678, timezone.utc)


def created(api: Api) -> str:
    shown: str = api.post(C).response["date_created"]
    return shown


def test_moved_clock_is_stopped(api: Api) -> None:
    api.world.clock.move_to(START)

    assert ["2030-01-02T03:04:05Z"] * 2 == [created(api), created(api)]
    assert "<clock at 2030-01-02T03:04:05Z, which stays>" == repr(api.world.clock)


def test_clock_moved_with_tick_runs_on(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    with time_machine.travel(datetime(2029, 1, 1, tzinfo=timezone.utc), tick=False) as traveller:
        api.world.clock.move_to(START, tick=True)
        traveller.shift(60)

        assert "2030-01-02T03:05:05Z" == created(api)
        assert "<clock at 2030-01-02T03:05:05Z>" == repr(api.world.clock)


def test_stopped_clock_is_shifted_by_the_length(api: Api) -> None:
    api.world.clock.move_to(START)
    api.world.clock.shift(days=1, hours=-1)
    api.world.clock.shift(timedelta(seconds=1))

    assert "2030-01-03T02:04:06Z" == created(api)


def test_running_clock_is_shifted_from_now(api: Api) -> None:
    with time_machine.travel(START, tick=False):
        api.world.clock.shift(minutes=1)

        assert "2030-01-02T03:05:05Z" == created(api)


@pytest.mark.parametrize(
    "instant",
    [
        pytest.param(START.replace(tzinfo=None), id="no zone is UTC"),
        pytest.param(
            datetime(2030, 1, 2, 5, 4, 5, tzinfo=timezone(timedelta(hours=2))), id="a zone"
        ),
    ],
)
def test_instant_without_a_time_zone_is_in_utc(api: Api, instant: datetime) -> None:
    api.world.clock.move_to(instant)

    assert "2030-01-02T03:04:05Z" == created(api)


def test_invalid_instant_or_unit_is_a_type_error(api: Api) -> None:
    with pytest.raises(TypeError, match="the clock moves to a datetime, not to '2030-01-01'"):
        api.world.clock.move_to("2030-01-01")  # wrong on purpose
    with pytest.raises(TypeError, match="days is a number, not True"):
        api.world.clock.shift(days=True)
    with pytest.raises(TypeError, match="fortnights"):
        api.world.clock.shift(fortnights=1)


@pytest.mark.rule("timer-changes")
def test_timers_due_by_a_move_are_applied(api: Api, account: AccountView) -> None:
    api.world.clock.move_to(START)
    sid = api.post(C, {"Timers.Inactive": "PT1M", "Timers.Closed": "PT10M"}).response["sid"]
    talk = account.conversations.one()

    api.world.clock.shift(days=1)

    assert "closed" == vars(talk)["_record"].state
    assert sid == talk.sid
    assert (START + timedelta(minutes=10)).replace(microsecond=0) == talk.date_updated


@pytest.mark.parametrize(
    "frozen",
    [
        pytest.param(lambda: time_machine.travel(START, tick=False), id="time-machine"),
        pytest.param(lambda: freezegun.freeze_time(START), id="freezegun"),
    ],
)
def test_time_libraries_move_the_clock(frozen: object) -> None:
    with FakeConversations() as fake, frozen():  # a context manager
        with requests.Session() as session:
            session.auth = (fake.account_sid, fake.auth_token)
            session.post(f"{fake.url}{C}")
        assert START.replace(microsecond=0) == fake.conversations.one().date_created


def test_clock_of_one_test_does_not_move_the_clock_of_the_next(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        from datetime import datetime
        from twilio.rest import Client

        def test_it(fake_conversations):
            fake_conversations.clock.move_to(datetime(2030, 1, 1))
            talk = Client().conversations.v1.conversations.create(timers_inactive="P1D")
            fake_conversations.clock.shift(days=1)
            assert "inactive" == Client().conversations.v1.conversations(talk.sid).fetch().state

        def test_another(fake_conversations):
            assert 2030 != fake_conversations.clock.now().year
        """
    )

    suite.runpytest().assert_outcomes(passed=2)


def test_due_timer_runs_without_a_request() -> None:
    told = threading.Event()

    def app(environ: dict[str, object], start: object) -> list[bytes]:
        told.set()
        start("204 No Content", [])  # WSGI's start_response
        return []

    with FakeConversations() as fake:
        hook = "https://desk.example"
        fake.webhooks.deliver_to(app, public_url=hook, events=["onConversationStateUpdated"])
        fake.conversations.add(timers_inactive="PT1M")
        fake.clock.shift(seconds=59.9)
        client = fake.twilio_client()
        client.conversations.v1.services.list()  # lets the server schedule the timer

        assert told.wait(10)
        fake.webhooks.assert_delivered("onConversationStateUpdated", reason="TIMER")


@pytest.mark.parametrize("days", [10**9, 9_000_000, -10_000_000])
def test_shift_out_of_the_calendar_changes_nothing(days: int) -> None:
    with FakeConversations(redirect=False) as fake:
        before = fake.clock.now()

        with pytest.raises(ValueError, match=r"^this shift leaves the years 1 to 9999, which"):
            fake.clock.shift(days=days)

        assert fake.clock.now() - before < timedelta(days=1)
