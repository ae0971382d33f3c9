"""Populating: invented people and conversations, the same at each run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from datetime import datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import time_machine

from pytest_conversations_fake import FakeConversations
from pytest_conversations_fake.api.addresses import is_address

NOW = datetime(2030, 1, 1, tzinfo=timezone.utc)


def populated(**options: Any) -> FakeConversations:
    fake = FakeConversations(name=str(options))
    fake.clock.move_to(NOW)
    fake.populate(**options)
    return fake


@pytest.mark.parametrize("locale", ["en_US", "de_DE", "ja_JP"])
def test_invented_people_write_in_turns_before_now(locale: str) -> None:
    fake = populated(locale=locale)

    assert (20, 200) == (len(fake.conversations), len(fake.messages))
    assert 0 == len(fake.requests)
    dates = [each.date_created for each in fake.messages]
    assert NOW - timedelta(days=15) < min(dates) < max(dates) < NOW
    for conversation in fake.conversations:
        said = [each for each in fake.messages if each.conversation_sid == conversation.sid]
        assert said == sorted(said, key=lambda each: each.date_created)
        assert all(one.author != two.author for one, two in pairwise(said))
        assert all(each.participant_sid and each.body and "{" not in each.body for each in said)


def test_some_invented_people_text_and_have_receipts() -> None:
    fake = populated()

    numbers = [each.messaging_binding for each in fake.participants if each.messaging_binding]
    assert {"sms", "whatsapp"} == {each["type"] for each in numbers}
    assert all(is_address(each["address"]) for each in numbers)
    assert {each["proxy_address"] for each in numbers} == {
        each.address for each in fake.address_configurations
    }
    statuses = Counter(each.status for each in fake.receipts)
    assert {"delivered", "read", "failed"} == statuses.keys()
    assert 1 == statuses["failed"]
    assert 30003 == fake.receipts.one(status="failed").error_code
    assert {"closed": 8, "inactive": 4, "active": 8} == Counter(
        each.state for each in fake.conversations
    )


def test_populate_is_the_same_at_each_run(tmp_path: Path) -> None:
    said = []
    for name in ("one.json", "two.json"):
        populated(conversations=5, messages=30, locale="de_DE").dump(tmp_path / name)
        said.append(json.loads((tmp_path / name).read_text(encoding="utf-8")))

    for noun in ("address_configurations", "users", "conversations"):
        assert said[0][noun] == said[1][noun]


@pytest.mark.parametrize("locale", ["en_US", "de_DE"])
def test_texts_do_not_depend_on_the_date(locale: str) -> None:
    said = []
    for today in (NOW, NOW + timedelta(days=1000)):
        with time_machine.travel(today, tick=False):
            fake = FakeConversations()
            fake.populate(locale=locale)
        topics = [each.friendly_name for each in fake.conversations]
        said.append((topics, [(each.author, each.body) for each in fake.messages]))

    assert said[0] == said[1]


def test_people_do_not_depend_on_the_hash_seed() -> None:
    program = """if True:
        from pytest_conversations_fake import FakeConversations
        fake = FakeConversations()
        fake.populate(conversations=8, messages=8, locale="it_IT")
        print([each.attributes for each in fake.users])
    """

    one, two = (
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("0", "7")
    )

    assert "city" in one
    assert one == two


def test_locales_have_different_topics() -> None:
    topics = {
        locale: populated(conversations=1, messages=2, locale=locale).conversations.one()
        for locale in ("en_GB", "de_AT", "fr_FR")
    }

    assert 3 == len({topic.friendly_name for topic in topics.values()})


def test_second_populate_invents_other_people() -> None:
    fake = populated(conversations=4, messages=8)

    fake.populate(conversations=4, messages=8)

    assert (8, 16) == (len(fake.conversations), len(fake.messages))


def test_people_chat_when_phone_numbers_run_out() -> None:
    fake = populated(conversations=500, messages=0, locale="de_DE")

    assert 500 == len(fake.conversations)
    assert 250 < len([each for each in fake.users if "customer" in each.attributes])


@pytest.mark.parametrize(
    ("owned", "channels"), [(["+15550199"], {"sms"}), (["MG" + "0" * 32], {"sms", "whatsapp"})]
)
def test_only_numbers_of_the_account_are_texted(owned: list[str], channels: set[str]) -> None:
    fake = FakeConversations(owned=owned)

    fake.populate(conversations=8, messages=16)

    bindings = [each.messaging_binding for each in fake.participants if each.messaging_binding]
    assert channels == {each["type"] for each in bindings}


def test_populate_with_zero_conversations_adds_only_agents() -> None:
    fake = populated(conversations=0, messages=0)

    assert (0, 2) == (len(fake.conversations), len(fake.users))


@pytest.mark.parametrize(
    ("options", "error", "complaint"),
    [
        (
            {"conversations": -1},
            ValueError,
            "conversations must be an integer of 0 or more, not -1",
        ),
        ({"messages": "5"}, TypeError, "messages must be an integer of 0 or more, not '5'"),
        ({"messages": True}, TypeError, "messages must be an integer of 0 or more, not True"),
        (
            {"conversations": 0},
            ValueError,
            "200 messages need at least one conversation",
        ),
        ({"locale": None}, TypeError, "locale is a str like 'en_US', not None"),
        ({"locale": "en_UA"}, ValueError, "Faker has no locale 'en_UA'; did you mean 'en_"),
    ],
)
def test_wrong_argument_is_refused(
    options: dict[str, Any], error: type[Exception], complaint: str
) -> None:
    with pytest.raises(error) as raised:
        FakeConversations().populate(**options)

    assert str(raised.value).startswith(complaint)


def test_error_without_faker_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "faker", None)

    with pytest.raises(ModuleNotFoundError) as raised:
        FakeConversations().populate()

    extra = "pip install 'pytest-conversations-fake[faker]'"
    assert f"populate needs Faker: {extra}" == str(raised.value)
