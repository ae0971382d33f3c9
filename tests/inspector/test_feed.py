"""Tests of the feed, which event streams read."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pytest_conversations_fake import FakeConversations
from pytest_conversations_fake.api.journal import Request, Response
from pytest_conversations_fake.inspector import feed as module
from pytest_conversations_fake.inspector.control import Control
from pytest_conversations_fake.inspector.feed import Feed


@pytest.fixture
def feed(fake: FakeConversations) -> Feed:
    return Feed(Control(fake))


def events(text: bytes) -> list[tuple[str, str, Any]]:
    """The name, the id and the data of each event."""
    found = []
    for block in text.decode().split("\n\n")[:-1]:
        fields = dict(line.split(": ", 1) for line in block.split("\n"))
        found.append((fields["event"], fields.get("id", ""), json.loads(fields["data"])))
    return found


def names(text: bytes) -> list[str]:
    """The names of events, those of entries with their text."""
    return [f"{name} {data['text']}" if "text" in data else name for name, _, data in events(text)]


def test_new_client_gets_the_state_and_then_entries(feed: Feed, fake: FakeConversations) -> None:
    fake.clock.shift(days=1)

    text, position = feed.read_events(feed.position())
    fake.clock.shift(days=2)
    fake.clock.shift(days=3)
    later, _ = feed.read_events(position)

    assert ["state"] == names(text)
    assert ["entry clock.shift(days=2)", "entry clock.shift(days=3)", "state"] == names(later)


def test_client_resumes_after_its_last_event(feed: Feed, fake: FakeConversations) -> None:
    start = feed.position()
    for days in (1, 2, 3):
        fake.clock.shift(days=days)
    (_, first, _), *_ = events(feed.read_events(start)[0])

    text, _ = feed.read_events(feed.position(first))

    assert ["entry clock.shift(days=2)", "entry clock.shift(days=3)", "state"] == names(text)


def test_entry_with_a_smaller_number_is_not_lost(feed: Feed, fake: FakeConversations) -> None:
    """A slow request takes its number before a quick one, and is answered after it."""
    world = fake._world
    request = Request("GET", "/v1/Conversations", "", {}, "")
    with world.lock:
        slow, quick = world.journal.open(request), world.journal.open(request)
        world.journal.close(quick, Response(200), 0)
    _, position = feed.read_events(0)
    with world.lock:
        world.journal.close(slow, Response(200), 1)

    (name, id, data), *_ = events(feed.read_events(position)[0])

    assert ("entry", 1) == (name, data["number"])
    assert feed.position(id) == feed.position()


@pytest.mark.parametrize("last", ["ffffffff-1", "1", "x\n", "ffffffff-999999999999999999999999"])
def test_client_of_an_earlier_start_reads_everything_again(feed: Feed, last: str) -> None:
    assert ["reload", "state"] == names(feed.read_events(feed.position(last))[0])


def test_client_that_was_too_slow_reads_everything_again(
    feed: Feed, fake: FakeConversations
) -> None:
    start = feed.position()
    for _ in range(module.MAX_KEPT + 1):
        fake.clock.shift(seconds=1)

    text, position = feed.read_events(start)

    assert ["reload", "state"] == names(text)
    assert feed.position() == position


def test_client_gets_many_entries_in_batches(feed: Feed, fake: FakeConversations) -> None:
    start = feed.position()
    for _ in range(module.MAX_BATCH + 1):
        fake.clock.shift(seconds=1)

    first, position = feed.read_events(start)
    second, end = feed.read_events(position)

    assert module.MAX_BATCH == len(events(first))
    assert ["entry clock.shift(seconds=1)", "state"] == names(second)
    assert feed.position() == end


@pytest.mark.parametrize("how", ["reset", "restore"])
def test_restore_lets_clients_read_everything_again(
    feed: Feed, fake: FakeConversations, how: str
) -> None:
    snapshot, start = fake.snapshot(), feed.position()

    fake.reset() if how == "reset" else fake.restore(snapshot)

    assert ["reload", "state"] == names(feed.read_events(start)[0])[-2:]


def test_event_is_on_one_line_whatever_it_contains(feed: Feed, fake: FakeConversations) -> None:
    start = feed.position()
    fake.conversations.add(friendly_name="a\n\nevent: entry\ndata: \r\u2028\ud800")

    text, _ = feed.read_events(start)

    assert ["entry", "state"] == [name for name, _, _ in events(text)]
    assert text.isascii()


def test_event_is_rendered_once_for_all_clients(
    feed: Feed, fake: FakeConversations, monkeypatch: pytest.MonkeyPatch
) -> None:
    rendered = []
    original = module.entry_data
    monkeypatch.setattr(
        module, "entry_data", lambda *args: rendered.append(args) or original(*args)
    )
    start = feed.position()
    fake.clock.shift(days=1)

    texts = {feed.read_events(start)[0] for _ in range(3)}

    assert 1 == len(rendered)
    assert 1 == len(texts)
