"""Notes on requests that one other request would have saved."""

from __future__ import annotations

import pytest
from conftest import Api

from pytest_conversations_fake.api.faults import AnswerLost
from pytest_conversations_fake.api.wording import shortened
from pytest_conversations_fake.api.world import World
from pytest_conversations_fake.reports.notes import notes
from pytest_conversations_fake.reports.report import report
from pytest_conversations_fake.state.account import AccountView
from pytest_conversations_fake.state.injecting import inject

AGAIN = "was requested 3 times with the same answer; once would have done"


@pytest.fixture
def talk(account: AccountView) -> str:
    return str(account.conversations.add(unique_name="talk").sid)


def path_of(talk: str) -> str:
    return f"/v1/Conversations/{talk}"


def test_a_list_that_is_requested_again_and_again_is_noted(
    world: World, api: Api, talk: str
) -> None:
    for _ in range(3):
        api.get(f"{path_of(talk)}/Participants")

    assert [f"ListConversationParticipant of {shortened(talk)} {AGAIN}"] == notes(world)


def test_so_is_a_record(world: World, api: Api, talk: str) -> None:
    for _ in range(3):
        api.get("/v1/Conversations/talk")
        api.get("/v1/Configuration")

    assert [
        f"FetchConversation of {shortened(talk)} {AGAIN}",
        f"FetchConfiguration {AGAIN}",
    ] == notes(world)


def test_of_many_lists_that_are_the_one_that_is_most_often(
    world: World, api: Api, account: AccountView
) -> None:
    a, b, c = (account.conversations.add().sid for _ in range(3))
    for talk in [a, b, c, a, b, c, a, b, b]:
        api.get(f"{path_of(talk)}/Messages")

    [note] = notes(world)

    assert (
        f"ListConversationMessage of {shortened(b)} was requested 4 times with the same answer; "
        "once would have done (and 1 more like it)" == note
    )


def test_two_times_are_not_noted(world: World, api: Api, talk: str) -> None:
    for _ in range(2):
        api.get(f"{path_of(talk)}/Participants")

    assert [] == notes(world)


def test_a_list_with_another_answer_each_time_is_not_noted(
    world: World, api: Api, account: AccountView, talk: str
) -> None:
    for number in range(5):
        api.get(f"{path_of(talk)}/Participants")
        account.participants.add(conversation_sid=talk, identity=f"user {number}")

    assert [] == notes(world)


def test_a_list_with_other_filters_each_time_is_not_noted(world: World, api: Api) -> None:
    for state in ("active", "inactive", "closed"):
        api.get(f"/v1/Conversations?State={state}")

    assert [] == notes(world)


def test_what_was_refused_or_lost_is_asked_for_again_with_reason(
    world: World, api: Api, talk: str
) -> None:
    for _ in range(3):
        api.get("/v1/Conversations/unknown")
    inject(world, AnswerLost(), "ListConversationParticipant", None, 0, None)
    for _ in range(3):
        api.get(f"{path_of(talk)}/Participants")

    assert [] == notes(world)


def test_records_that_are_fetched_one_by_one_are_noted(
    world: World, api: Api, account: AccountView, talk: str
) -> None:
    for number in range(60):
        account.participants.add(conversation_sid=talk, identity=f"user {number}")
    for person in list(account.participants)[:3]:
        api.get(f"{path_of(talk)}/Participants/{person.sid}")

    assert [
        "FetchConversationParticipant was requested for 3 of 60 participants one by one; "
        f"ListConversationParticipant(conversation_sid='{shortened(talk)}', page_size=60) has them "
        "all"
    ] == notes(world)


def test_records_that_pages_would_not_have_sooner_are_not_noted(
    world: World, api: Api, account: AccountView
) -> None:
    for _ in range(201):
        account.conversations.add()
    for talk in list(account.conversations)[:3]:
        api.get(path_of(talk.sid))

    assert [] == notes(world)


def test_records_of_several_parents_are_not_one_by_one(
    world: World, api: Api, account: AccountView
) -> None:
    for _ in range(3):
        talk = account.conversations.add()
        person = account.participants.add(conversation_sid=talk.sid, identity="ada")
        api.get(f"{path_of(talk.sid)}/Participants/{person.sid}")

    assert [] == notes(world)


def test_a_list_in_small_pages_is_noted(world: World, api: Api, account: AccountView) -> None:
    service = account.services.add()
    for _ in range(7):
        account.conversations.add(chat_service_sid=service.sid)
    url = f"/v1/Services/{service.sid}/Conversations?State=active&PageSize=2"
    while url:
        url = api.get(url).response["meta"]["next_page_url"]

    assert [
        "ListConversation was read in 4 pages; ListConversation("
        f"chat_service_sid='{shortened(service.sid)}', state='active', page_size=7) has them all"
    ] == notes(world)


@pytest.mark.parametrize(("count", "noted"), [(101, False), (151, True)])
def test_a_long_list_takes_some_pages(
    world: World, api: Api, account: AccountView, count: int, noted: bool
) -> None:
    for _ in range(count):
        account.conversations.add()
    url = "/v1/Conversations"
    while url:
        url = api.get(url).response["meta"]["next_page_url"]

    note = "ListConversation was read in 4 pages; ListConversation(page_size=100) has 100 at a time"
    assert ([note] if noted else []) == notes(world)


@pytest.mark.parametrize(
    ("below", "note"),
    [
        (
            "Participants",
            "ListConversationParticipant was requested for 3 conversations, one after the other; "
            "one ListParticipantConversation(identity=…) says where somebody takes part",
        ),
        ("Messages", None),
    ],
)
def test_lists_of_one_conversation_after_the_other(
    world: World, api: Api, account: AccountView, below: str, note: str | None
) -> None:
    for _ in range(3):
        api.get(f"{path_of(account.conversations.add().sid)}/{below}")

    assert ([note] if note else []) == notes(world)


def test_receipts_of_one_message_after_the_other(
    world: World, api: Api, account: AccountView, talk: str
) -> None:
    for _ in range(3):
        message = account.messages.add(conversation_sid=talk)
        api.get(f"{path_of(talk)}/Messages/{message.sid}/Receipts")

    assert [
        "ListConversationMessageReceipt was requested for 3 messages, one after the other; "
        "`delivery` of each message in ListConversationMessage sums them up"
    ] == notes(world)


def test_a_report_has_the_notes_line_by_line(world: World, api: Api, talk: str) -> None:
    for _ in range(3):
        api.get(f"{path_of(talk)}/Participants")

    lines = str(report(world, [])).splitlines()
    assert [
        "",
        f"note: ListConversationParticipant of {shortened(talk)} was requested 3 times with the",
        "    same answer; once would have done",
    ] == lines[-3:]
