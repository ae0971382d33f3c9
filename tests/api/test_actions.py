"""Actions: their content, and the common order of requests, deliveries and actions."""

from __future__ import annotations

import copy
import re
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from pytest_conversations_fake import FakeConversations, RateLimited, StrictnessError
from pytest_conversations_fake.api.outside import Entry
from pytest_conversations_fake.reports.timeline import timeline


def entries_of(fake: FakeConversations) -> list[Entry]:
    world = fake._world
    return timeline(world.journal, world.deliveries, world.actions)


def texts(fake: FakeConversations) -> list[str]:
    with fake._world.lock:
        return [str(entry) for entry in entries_of(fake)]


ADD_NUMBER = (
    "address_configurations.add(type='sms', address='+15550199', auto_creation_enabled=True)"
)


def test_every_kind_of_action_is_recorded(tmp_path: Path) -> None:
    with FakeConversations(seed={"users": [{"identity": "ada"}]}, tolerate=["unmet-fault"]) as fake:
        phone, ada = fake.handset("+15550100"), fake.chat_user("ada")
        (tmp_path / "seed.json").write_text("{}")
        before = fake.snapshot()

        fake.address_configurations.add(type="sms", address="+15550199", auto_creation_enabled=True)
        phone.send("Hi", to="+15550199", media="photo.png")
        phone.report_status("failed", error_code=30003)
        talk = fake.conversations.add(sid="CH" + "0" * 32)
        ada.join(talk)
        ada.send("Hello", to=talk.sid)
        ada.read(talk, up_to=0)
        fake.clock.move_to(datetime(2030, 1, 1, tzinfo=timezone.utc))
        fake.clock.shift(days=1)
        fake.load(tmp_path / "seed.json")
        with fake.inject(RateLimited(), on="FetchUser"), fake.down():
            pass
        fake.webhooks.deliver_to(
            "http://127.0.0.1:9", events=["onUserAdded"], auth_token="of the desk"
        )

        sid = f"'{talk.sid}'"
        assert texts(fake) == [
            "load({'users': [{'identity': 'ada'}]})",
            ADD_NUMBER,
            "handset('+15550100').send('Hi', to='+15550199', media='photo.png')",
            "handset('+15550100').report_status('failed', error_code=30003)",
            f"conversations.add(sid={sid})",
            f"chat_user('ada').join({sid})",
            f"chat_user('ada').send('Hello', to={sid})",
            f"chat_user('ada').read({sid}, up_to=0)",
            "clock.move_to(datetime.datetime(2030, 1, 1, 0, 0, tzinfo=datetime.timezone.utc))",
            "clock.shift(days=1)",
            f"load('{tmp_path / 'seed.json'}')",
            "inject(RateLimited(retry_after=1), on='FetchUser')",
            "down()",
            "down().end()",
            "inject(RateLimited(retry_after=1)).end()",
            "webhooks.deliver_to('http://127.0.0.1:9', events=['onUserAdded'], auth_token='***')",
        ]
        fake.restore(before)
        assert texts(fake)[1:] == [f"restore({before!r})"]
        fake.reset()
        assert texts(fake)[1:] == ["reset()"]


def test_arguments_that_are_the_default_are_left_out() -> None:
    fake = FakeConversations(tolerate=["unmet-fault"])

    fake.inject(RateLimited(), on="FetchUser", times=None, after=0)

    assert ["inject(RateLimited(retry_after=1), on='FetchUser')"] == texts(fake)


def test_action_that_populates_is_one_action() -> None:
    fake = FakeConversations()

    fake.populate(conversations=1, messages=1)

    assert texts(fake) == ["populate(conversations=1, messages=1)"]


def test_refused_action_is_recorded_with_its_error() -> None:
    fake = FakeConversations()

    with pytest.raises(LookupError):
        fake.handset("+15550100").send("Hi", to="+15550199")

    [action] = fake._world.actions
    assert str(action.error).startswith("LookupError: this text belongs to no conversation")
    assert str(action) == "handset('+15550100').send('Hi', to='+15550199') raised LookupError"


def test_action_knows_the_record_that_it_returned() -> None:
    fake = FakeConversations()

    talk = fake.conversations.add()

    assert [action.sid for action in fake._world.actions] == [talk.sid]


def test_later_changes_of_an_argument_are_not_recorded() -> None:
    fake = FakeConversations()
    seed: dict[str, Any] = {"users": [{"identity": "ada"}], "credentials": [{"type": "gcm"}]}
    seed["credentials"][0]["secret"] = "of gcm"
    original = copy.deepcopy(seed)

    fake.load(seed)
    seed["users"][0]["identity"] = "bob"

    original["credentials"][0]["secret"] = "***"
    assert fake._world.actions[0].arguments == (original,)


def test_action_on_another_account_names_it() -> None:
    sids = ["AC" + "1" * 32, "AC" + "2" * 32]
    fake = FakeConversations(accounts={sid: {} for sid in sids})

    fake.account(sids[1]).users.add(identity="ada")

    assert texts(fake) == [f"account('{sids[1]}').users.add(identity='ada')"]


def test_text_with_control_characters_stays_on_a_line() -> None:
    fake = FakeConversations()

    fake.users.add(identity="a\n\u202eb")

    assert texts(fake) == ["users.add(identity='a\\n\\u202eb')"]


def test_requests_deliveries_and_actions_have_one_order(fake: FakeConversations) -> None:
    fake.webhooks.deliver_to("http://127.0.0.1:9", events=["onConversationAdded"])
    ada = fake.chat_user("ada")
    conversations = fake.twilio_client().conversations.v1.conversations

    conversations.create(unique_name="talk", x_twilio_webhook_enabled="true")
    fake.settle()
    ada.join("talk")

    with fake._world.lock:
        entries = entries_of(fake)
    assert [type(entry).__name__ for entry in entries] == [
        "Action",
        "RecordedRequest",
        "Delivery",
        "Action",
    ]
    orders = [entry.order for entry in entries]
    assert orders == sorted({*orders})
    fake._strictness.excuse(fake.webhooks.deliveries)


def test_order_goes_on_after_a_restore() -> None:
    fake = FakeConversations()
    fake.users.add()
    last = fake._world.actions[-1].order

    fake.reset()

    assert fake._world.actions[-1].order > last


def test_listener_gets_each_entry_of_the_time_line(fake: FakeConversations) -> None:
    entered: list[object] = []
    fake._world.outside.listeners.append(entered.append)

    talk = fake.conversations.add(unique_name="talk")
    fake.twilio_client().conversations.v1.conversations("talk").fetch()
    fake.webhooks.deliver_to("http://127.0.0.1:9", events=["onParticipantAdded"])
    fake.chat_user("ada").join(talk)
    fake.settle()

    with fake._world.lock:
        assert {*entered} == {*entries_of(fake)}
    assert len(entered) == 5
    fake._strictness.excuse(fake.webhooks.deliveries)


def test_actions_and_deliveries_have_the_limit_of_requests() -> None:
    fake = FakeConversations(max_requests=2)
    talk = fake.conversations.add()

    for identity in ("ada", "bob", "cyd"):
        fake.chat_user(identity).join(talk)

    assert texts(fake) == [
        f"chat_user('{identity}').join('{talk.sid}')" for identity in ("bob", "cyd")
    ]


def test_dropped_delivery_still_counts() -> None:
    with FakeConversations(max_requests=1) as fake:
        fake.webhooks.deliver_to("http://127.0.0.1:9", events=["onUserAdded"])
        create = fake.twilio_client().conversations.v1.users.create
        for identity in ("ada", "bob", "cyd"):
            create(identity=identity, x_twilio_webhook_enabled="true")
        fake.settle()

        note = "2 earlier onUserAdded dropped (max_requests=1)"
        with pytest.raises(AssertionError, match=re.escape(note)):
            fake.webhooks.assert_not_delivered("onUserAdded", identity="ada")
        with pytest.raises(AssertionError, match=re.escape(note)):
            fake.webhooks.assert_delivered("onUserAdded", identity="ada")
        fake.webhooks.assert_delivered("onUserAdded", identity="cyd", failed=True)
        with pytest.raises(StrictnessError) as failed:
            fake._check_strict()

    assert str(failed.value).count("a webhook failed") == 1
