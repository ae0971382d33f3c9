"""The states of a conversation, and the timers that change them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from conftest import Api

from pytest_conversations_fake.api.world import World
from pytest_conversations_fake.state.account import AccountView

C = "/v1/Conversations"
START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc)


class MovableClock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.time = START

    def second(self) -> datetime:
        return self.time

    def advance(self, **length: float) -> None:
        self.time += timedelta(**length)


@pytest.fixture
def clock(world: World, monkeypatch: pytest.MonkeyPatch) -> MovableClock:
    clock = MovableClock()
    monkeypatch.setattr(world.clock, "second", clock.second)
    return clock


@pytest.fixture
def talk(api: Api, clock: MovableClock) -> str:
    form = {"UniqueName": "talk", "Timers.Inactive": "PT1M", "Timers.Closed": "PT10M"}
    sid: str = api.post(C, form).response["sid"]
    return sid


def seen(api: Api) -> tuple[str, list[str], str]:
    body: Any = api.get(f"{C}/talk").response
    return body["state"], [*body["timers"]], body["date_updated"][11:19]


@pytest.mark.rule("timer-changes", "timer-ran-out", "timer-instants")
def test_timers_run_out_at_their_own_instants(api: Api, talk: str, clock: MovableClock) -> None:
    both = ["date_inactive", "date_closed"]

    assert ("active", both, "03:04:05") == seen(api)
    clock.advance(seconds=59)
    assert ("active", both, "03:04:05") == seen(api)
    clock.advance(seconds=1)
    assert ("inactive", ["date_closed"], "03:05:05") == seen(api)
    clock.advance(days=1)
    assert ("closed", [], "03:14:05") == seen(api)


def test_two_overdue_timers_are_applied_when_a_record_is_read(
    world: World, talk: str, clock: MovableClock
) -> None:
    record = AccountView(world, world.account).conversations.one(unique_name="talk")

    clock.advance(days=1)

    assert "closed" == record.state
    assert START + timedelta(minutes=10) == record.date_updated


def test_timer_that_was_changed_or_cleared_does_not_run_out(
    api: Api, talk: str, clock: MovableClock
) -> None:
    clock.advance(seconds=30)
    api.post(f"{C}/talk", {"Timers.Inactive": "PT2M", "Timers.Closed": "PT0S"})

    clock.advance(seconds=119)
    assert "active" == seen(api)[0]
    clock.advance(seconds=1)
    assert ("inactive", [], "03:06:35") == seen(api)
    clock.advance(days=1)
    assert "inactive" == seen(api)[0]


@pytest.mark.rule("wake", "timers-by-message")
def test_message_makes_an_inactive_conversation_active(
    api: Api, talk: str, clock: MovableClock
) -> None:
    clock.advance(seconds=60)
    assert "inactive" == seen(api)[0]

    api.post(f"{C}/talk/Messages", {"Body": "hi"})

    timers = api.get(f"{C}/talk").response["timers"]
    assert timers == {
        "date_inactive": "2026-01-02T03:06:05Z",
        "date_closed": "2026-01-02T03:15:05Z",
    }
    clock.advance(seconds=59)
    assert "active" == seen(api)[0]


def test_due_timers_are_applied_before_a_request(api: Api, talk: str, clock: MovableClock) -> None:
    clock.advance(minutes=10)

    refused = api.post(f"{C}/talk/Messages", {"Body": "hi"})

    assert 50377 == refused.response["code"]


def test_timers_of_a_deleted_conversation_are_ignored(
    api: Api, talk: str, clock: MovableClock
) -> None:
    api.delete(f"{C}/talk")

    clock.advance(days=1)

    assert 404 == api.get(f"{C}/{talk}").status


@pytest.mark.rule("new-timers")
def test_conversation_without_timers_gets_the_timers_of_the_account(
    api: Api, clock: MovableClock
) -> None:
    api.post("/v1/Configuration", {"DefaultInactiveTimer": "PT1M"})
    api.post(C, {"UniqueName": "talk"})

    clock.advance(minutes=1)

    assert "inactive" == seen(api)[0]


@pytest.mark.parametrize("state", ["active", "inactive"])
def test_request_changes_between_the_open_states(api: Api, state: str) -> None:
    api.post(C, {"UniqueName": "talk", "State": state})

    for other in ("inactive", "active", "active"):
        assert other == api.post(f"{C}/talk", {"State": other}).response["state"]


@pytest.fixture
def closed(api: Api) -> dict[str, str]:
    """The sids of a message, a participant and a webhook of a closed conversation."""
    api.post(C, {"UniqueName": "talk"})
    forms = {
        "Messages": {"Body": "hi"},
        "Participants": {"Identity": "ada"},
        "Webhooks": {"Target": "studio", "Configuration.FlowSid": "FW" + "0" * 32},
    }
    sids = {
        path: api.post(f"{C}/talk/{path}", form).response["sid"] for path, form in forms.items()
    }
    api.post(f"{C}/talk", {"State": "closed"})
    return sids


@pytest.mark.rule("below-closed")
@pytest.mark.parametrize("path", ["Messages", "Participants", "Webhooks"])
def test_records_below_a_closed_conversation_are_read_only(
    api: Api, closed: dict[str, str], path: str
) -> None:
    one = f"{C}/talk/{path}/{closed[path]}"
    form = {"Body": "x", "Identity": "bob", "Target": "studio"}

    refused = [api.post(f"{C}/talk/{path}", form), api.post(one, {}), api.delete(one)]

    assert [50377] * 3 == [each.response["code"] for each in refused]
    assert 200 == api.get(one).status
    assert 200 == api.get(f"{C}/talk/{path}").status


@pytest.mark.rule("closed-delete", "conversation-cascade")
def test_closed_conversation_is_deleted_with_its_records(api: Api, closed: dict[str, str]) -> None:
    assert 204 == api.delete(f"{C}/talk").status
    assert 404 == api.get(f"{C}/talk/Messages").status


@pytest.mark.rule("timer-ran-out")
def test_change_of_one_timer_does_not_restart_the_other(
    api: Api, talk: str, clock: MovableClock
) -> None:
    clock.advance(minutes=2)

    api.post(f"{C}/talk", {"Timers.Closed": "PT20M"})

    assert ("inactive", ["date_closed"], "03:06:05") == seen(api)
    api.post(f"{C}/talk", {"Timers.Inactive": "PT5M"})
    assert ("inactive", ["date_inactive", "date_closed"], "03:06:05") == seen(api)


@pytest.mark.rule("timers-by-state")
def test_reactivation_by_a_request_restarts_both_timers(
    api: Api, talk: str, clock: MovableClock
) -> None:
    clock.advance(minutes=2)
    api.post(f"{C}/talk", {"State": "active"})

    assert ("active", ["date_inactive", "date_closed"], "03:06:05") == seen(api)
    clock.advance(minutes=1)
    assert "inactive" == seen(api)[0]


@pytest.mark.rule("timer-changes")
def test_timer_to_the_current_state_changes_nothing(
    api: Api, talk: str, clock: MovableClock
) -> None:
    clock.advance(seconds=30)
    api.post(f"{C}/talk", {"State": "inactive"})

    clock.advance(minutes=5)

    assert ("inactive", ["date_closed"], "03:04:35") == seen(api)


@pytest.mark.rule("closed", "timer-changes")
def test_closed_conversation_stays_closed(api: Api, talk: str, clock: MovableClock) -> None:
    api.post(f"{C}/talk", {"State": "closed"})

    clock.advance(minutes=5)

    assert ("closed", "03:04:05") == (seen(api)[0], seen(api)[2])
    refused = [api.post(f"{C}/talk", form) for form in ({"State": "closed"}, {"State": "active"})]
    assert [50377, 50377] == [each.response["code"] for each in refused]
    assert 200 == api.post(f"{C}/talk").status


@pytest.mark.rule("below-closed")
def test_user_conversation_of_a_closed_one_is_read_only(api: Api, closed: dict[str, str]) -> None:
    row = "/v1/Users/ada/Conversations/talk"

    refused = [api.post(row, {"NotificationLevel": "muted"}), api.delete(row)]

    assert [50377, 50377] == [each.response["code"] for each in refused]
    assert 200 == api.get(row).status


@pytest.mark.rule("wake", "timers-by-message", "quiet-update")
def test_message_restarts_timers_that_ran_out(api: Api, talk: str, clock: MovableClock) -> None:
    clock.advance(seconds=60)
    before = seen(api)[2]
    api.post(f"{C}/talk/Messages", {"Body": "hi"})

    assert ("active", ["date_inactive", "date_closed"], before) == seen(api)
    clock.advance(seconds=60)
    assert "inactive" == seen(api)[0]


@pytest.mark.rule("timer-units")
@pytest.mark.parametrize(("length", "status"), [("P1W", 201), ("P1Y", 400), ("P1M", 400)])
def test_timer_in_weeks_is_accepted_and_in_months_or_years_refused(
    api: Api, length: str, status: int
) -> None:
    assert status == api.post(C, {"Timers.Closed": length}).status
