"""Collections and records, as test authors use them. No test here needs a request."""

from __future__ import annotations

from copy import copy
from datetime import datetime, timezone

import pytest
from conftest import Api

from pytest_conversations_fake import FakeConversations
from pytest_conversations_fake.api.outside import Outside
from pytest_conversations_fake.api.resources.conversations import conversations
from pytest_conversations_fake.api.resources.services import services
from pytest_conversations_fake.api.world import World
from pytest_conversations_fake.state.account import AccountView
from pytest_conversations_fake.state.collection import Collection, collection_class

HERE = "http://127.0.0.1:8010"


@pytest.fixture
def world() -> World:
    return World("a test", outside=Outside(address=lambda: HERE))


@pytest.fixture
def desks(world: World) -> Collection:
    return collection_class(services)(world, world.account)


@pytest.fixture
def talks(world: World) -> Collection:
    return collection_class(conversations)(world, world.account)


def test_collection_contains_created_and_seeded_records(api: Api, desks: Collection) -> None:
    created = api.post("/v1/Services", {"FriendlyName": "One"}).response["sid"]
    seeded = desks.add(friendly_name="Two")

    assert ["One", "Two"] == [desk.friendly_name for desk in desks]
    assert 2 == len(desks)
    assert created in desks
    assert seeded in desks
    assert seeded.sid in desks
    assert "IS" + "0" * 32 not in desks
    assert desks.one(sid=created) in desks
    assert "<2 services>" == repr(desks)
    assert [] == [each for each in api.world.journal if each.path != "/v1/Services"]


def test_record_shows_the_current_state(api: Api, talks: Collection) -> None:
    talk = talks.add(unique_name="help", timers_inactive="PT1M")

    api.post("/v1/Conversations/help", {"State": "closed", "DateCreated": "2020-01-02"})

    assert "closed" == talk.state
    assert "PT1M" == talk.timers_inactive
    assert {"date_inactive"} == talk.timers.keys()
    assert datetime(2020, 1, 2, tzinfo=timezone.utc) == talk.date_created
    assert f"{HERE}/v1/Conversations/{talk.sid}" == talk.url
    assert f"{HERE}/v1/Conversations/{talk.sid}/Messages" == talk.links["messages"]


def test_url_of_a_record_of_another_service_names_that_service(
    desks: Collection, talks: Collection
) -> None:
    desk = desks.add()

    talk = talks.add(chat_service_sid=desk.sid)

    assert f"{HERE}/v1/Services/{desk.sid}/Conversations/{talk.sid}" == talk.url


def test_repr_of_a_record_has_sid_and_names(desks: Collection, talks: Collection) -> None:
    talk = talks.add(unique_name="help", friendly_name="Help")
    desk = desks.add()

    assert f"<Conversation {talk.sid[:6]}… unique_name='help' friendly_name='Help'>" == repr(talk)
    assert f"<Service {desk.sid[:6]}… friendly_name='service-1'>" == repr(desk)
    assert {talk} == {talks.one(unique_name="help")}
    assert talk != desk
    assert {"url", "timers", "timers_inactive", "unique_name"} <= {*dir(talk)}


def test_deleted_record_stays_readable(api: Api, talks: Collection) -> None:
    talk = talks.add(unique_name="help")

    api.delete("/v1/Conversations/help")

    assert "help" == talk.unique_name
    assert talk not in talks


def test_dates_of_a_record_equal_those_of_the_api(api: Api, talks: Collection) -> None:
    shown = api.post("/v1/Conversations").response["date_created"]

    assert 0 == talks.one().date_created.microsecond
    assert 1 == len(api.get(f"/v1/Conversations?EndDate={shown}").response["conversations"])


def test_record_can_be_copied(talks: Collection) -> None:
    talk = talks.add()

    assert talk == copy(talk)


def test_setting_an_attribute_of_a_record_is_an_attribute_error(talks: Collection) -> None:
    talk = talks.add()

    with pytest.raises(AttributeError) as refused:
        talk.state = "closed"

    assert "state cannot be set, because records are read-only; change it by a request" == str(
        refused.value
    )
    assert "active" == talk.state


def test_unknown_attribute_of_a_record_is_an_error_with_the_nearest_name(desks: Collection) -> None:
    with pytest.raises(AttributeError) as refused:
        desks.add().freindly_name  # noqa: B018 - reading is the point

    assert (
        "a Service has no 'freindly_name'; did you mean 'friendly_name'? There is: "
        "account_sid, date_created, date_updated, friendly_name, links, sid, url"
    ) == str(refused.value)


def test_one_and_find_select_by_attributes(talks: Collection) -> None:
    one = talks.add(friendly_name="One", state="inactive")
    two = talks.add(friendly_name="Two")

    assert one == talks.one(state="inactive")
    assert two == talks.find(friendly_name="Two")
    assert one == talks.find()
    assert talks.find(friendly_name="Three") is None


@pytest.mark.parametrize(
    ("wanted", "text"),
    [
        pytest.param(
            {"state": "active", "friendly_name": "x"},
            "expected one in conversations with state='active', friendly_name='x', "
            "found 0 of 4\n\n"
            "nearest:\n"
            "  <Conversation {0}… friendly_name='0'>\n"
            "      friendly_name: '0', expected 'x'\n"
            "  <Conversation {1}… friendly_name='1'>\n"
            "      friendly_name: '1', expected 'x'\n"
            "  <Conversation {2}… friendly_name='2'>\n"
            "      state: 'inactive', expected 'active'\n"
            "      friendly_name: '2', expected 'x'",
            id="none",
        ),
        pytest.param(
            {"state": "inactive"},
            "expected one in conversations with state='inactive', found 2 of 4\n\n"
            "  <Conversation {2}… friendly_name='2'>\n"
            "  <Conversation {3}… friendly_name='3'>",
            id="several",
        ),
    ],
)
def test_failed_one_shows_the_records(
    talks: Collection, wanted: dict[str, object], text: str
) -> None:
    states = ["active", "active", "inactive", "inactive"]
    added = [
        talks.add(friendly_name=str(number), state=state) for number, state in enumerate(states)
    ]

    with pytest.raises(LookupError) as missed:
        talks.one(**wanted)

    assert text.format(*(talk.sid[:6] for talk in added)) == str(missed.value)


def test_missing_required_value_is_numbered(desks: Collection) -> None:
    added = [desks.add(), desks.add(friendly_name="x"), desks.add()]

    assert ["service-1", "x", "service-3"] == [desk.friendly_name for desk in added]


@pytest.mark.rule("empty-message")
def test_message_added_without_content_gets_a_numbered_body(account: AccountView) -> None:
    talk = account.conversations.add().sid
    sent: list[dict[str, str]] = [
        {},
        {"media_sid": "ME" + "0" * 32},
        {"content_sid": "HX" + "0" * 32},
        {"author": "ada"},
    ]

    added = [account.messages.add(conversation_sid=talk, **params) for params in sent]

    assert ["message-1", None, None, "message-4"] == [message.body for message in added]


@pytest.mark.rule("empty-message")
def test_message_added_with_an_empty_body_is_refused(account: AccountView) -> None:
    talk = account.conversations.add().sid

    with pytest.raises(ValueError, match="Twilio refuses this: 50503 Message body not provided"):
        account.messages.add(conversation_sid=talk, body="")

    assert 0 == len(account.messages)


def test_number_of_a_removed_record_is_not_used_again(api: Api, desks: Collection) -> None:
    first = desks.add()
    api.delete(f"/v1/Services/{first.sid}")

    assert "service-2" == desks.add().friendly_name


def test_add_accepts_the_values_of_the_sdk(talks: Collection) -> None:
    then = datetime(2020, 1, 2, 3, 4, 5, tzinfo=timezone.utc)

    talk = talks.add(date_created=then, date_updated=then.replace(tzinfo=None), state="Inactive")

    assert (then, then, "inactive") == (talk.date_created, talk.date_updated, talk.state)


@pytest.mark.parametrize(
    ("params", "error", "text"),
    [
        ({"unique_name": 5}, TypeError, "unique_name takes a str, not 5"),
        (
            {"unqiue_name": "x"},
            TypeError,
            "conversations.add() has no parameter 'unqiue_name'; did you mean 'unique_name'? ",
        ),
        ({"state": "open"}, ValueError, "Twilio refuses this: 50378 'State' parameter value"),
        (
            {"date_created": "now"},
            ValueError,
            "Twilio refuses this: 50308 Invalid Date Created parameter (DateCreated is a date in "
            "ISO 8601, 2030-01-31T12:00:00Z, not 'now')",
        ),
        ({"unique_name": "taken"}, ValueError, "Twilio refuses this: 50353 Conversation with"),
        ({"chat_service_sid": "IS0"}, ValueError, "there is no Service 'IS0'"),
    ],
)
def test_add_that_breaks_a_rule_is_refused(
    talks: Collection, params: dict[str, object], error: type[Exception], text: str
) -> None:
    talks.add(unique_name="taken")

    with pytest.raises(error) as refused:
        talks.add(**params)

    assert str(refused.value).startswith(text)
    assert [] == [each.name for each in refused.traceback if each.path.name == "contextlib.py"]
    assert 1 == len(talks)


def test_error_for_a_wrong_type_names_the_keyword(account: AccountView) -> None:
    talk = account.conversations.add()

    with pytest.raises(TypeError) as refused:
        account.participants.add(conversation_sid=talk.sid, messaging_binding_address=5)

    assert "messaging_binding_address takes a str, not 5" == str(refused.value)


def test_error_for_a_wrong_item_of_a_list_names_the_keyword(account: AccountView) -> None:
    with pytest.raises(TypeError) as refused:
        account.roles.add(permission=["sendMessage", 5])

    assert "permission takes a str, not 5" == str(refused.value)


def test_error_for_a_secret_of_a_wrong_type_hides_the_value(account: AccountView) -> None:
    with pytest.raises(TypeError) as refused:
        account.credentials.add(secret=b"hunter2")

    assert "secret takes a str, not bytes" == str(refused.value)


def test_record_that_a_restore_removed_shows_its_last_state() -> None:
    fake = FakeConversations()
    before = fake.snapshot()
    talk = fake.conversations.add(unique_name="talk")
    message = fake.messages.add(conversation_sid=talk.sid, body="hi")
    fake.participants.add(conversation_sid=talk.sid, identity="ada")
    seen = fake.user_conversations.one(unique_name="talk")
    [unseen] = fake.user_conversations

    fake.restore(before)

    assert ("talk", "hi", "talk") == (talk.unique_name, message.body, seen.unique_name)
    why = "because the fake was restored to a state without this record"
    for name in ("url", "links"):
        with pytest.raises(AttributeError) as missed:
            getattr(message, name)
        assert f"Message {message.sid} has no {name}, {why}" == str(missed.value)
    with pytest.raises(AttributeError, match=f"UserConversation MB.* has no state, {why}"):
        unseen.state  # noqa: B018 - reading is the point


def test_assertion_of_a_verb_that_the_resource_lacks_is_an_attribute_error(
    desks: Collection,
) -> None:
    assert not hasattr(desks, "assert_updated")
    with pytest.raises(AttributeError, match="<0 services> has no 'assert_updated'"):
        desks.assert_updated(sid="IS0")


def test_collection_cannot_be_assigned() -> None:
    fake = FakeConversations()
    services = fake.services

    with pytest.raises(
        AttributeError, match=r"^services cannot be assigned; add records with add\(\), load\(\)"
    ):
        fake.services = []

    assert services is fake.services


def test_unknown_name_is_an_error_with_the_nearest_name(desks: Collection) -> None:
    fake = FakeConversations()

    with pytest.raises(AttributeError, match="has no 'mesages'; did you mean 'messages'"):
        fake.mesages  # noqa: B018 - reading is the point
    with pytest.raises(AttributeError, match="'assert_create'; did you mean 'assert_created'"):
        desks.assert_create()
