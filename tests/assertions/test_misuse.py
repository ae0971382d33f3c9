"""Errors for misuse of the fake by a test."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timezone
from traceback import walk_tb
from typing import Any

import pytest

from pytest_conversations_fake import FakeConversations, RateLimited

SOON = datetime(2030, 1, 1, tzinfo=timezone.utc)
SERVICE = "IS" + "0" * 32
NOT = f"not one of another kind (Service): '{SERVICE}'"
WANTED = f"CH… (Conversation), {NOT}"

Misuse = Callable[[FakeConversations], object]


@pytest.fixture(scope="module")
def fake() -> Iterator[FakeConversations]:
    with FakeConversations(name="a test") as fake:
        fake.conversations.add(unique_name="talk")
        yield fake


def talk(fake: FakeConversations) -> Any:
    return fake.conversations.one()


# Calls with a sid of another kind, and the beginning of their error
KINDS: list[tuple[Misuse, str]] = [
    (
        lambda fake: fake.messages.add(conversation_sid=SERVICE),
        f"conversation_sid is a sid {WANTED}",
    ),
    (lambda fake: fake.conversations.find(sid=SERVICE), f"sid is a sid {WANTED}"),
    (lambda fake: fake.conversations.one(sid=SERVICE), f"sid is a sid {WANTED}"),
    (
        lambda fake: fake.messages.assert_created(conversation_sid=SERVICE),
        f"conversation_sid is a sid {WANTED}",
    ),
    (
        lambda fake: fake.conversations.assert_not_fetched(sid=SERVICE),
        f"sid is a sid {WANTED}",
    ),
    (
        lambda fake: fake.webhooks.assert_delivered("onMessageAdded", conversation_sid=SERVICE),
        f"conversation_sid is a sid {WANTED}",
    ),
    (
        lambda fake: SERVICE in fake.conversations,
        f"an item of conversations is a sid {WANTED}",
    ),
    (
        lambda fake: fake.default_service in fake.conversations,
        "an item of conversations is a sid CH… (Conversation), not one of another kind "
        "(Service): 'IS",
    ),
    (
        lambda fake: fake.chat_user("ada").send("hi", to=SERVICE),
        f"a conversation is a sid {WANTED}",
    ),
    (
        lambda fake: fake.conversations.add(messaging_service_sid=SERVICE),
        f"messaging_service_sid is a sid MG… (MessagingService), {NOT}",
    ),
    (
        lambda fake: fake.receipts.assert_fetched(message_sid=SERVICE),
        f"message_sid is a sid IM… (Message), {NOT}",
    ),
    (
        lambda fake: "talk" in fake.conversations,
        "an item of conversations is a record or its sid, not 'talk'; find() takes attributes",
    ),
]

TYPES: dict[str, Misuse] = {
    "conversation_sid is a sid; pass .sid of <Conversation CH2612… unique_name='talk'>": (
        lambda fake: fake.messages.add(conversation_sid=talk(fake))
    ),
    "sid is a sid; pass .sid of <Conversation CH2612… unique_name='talk'>": (
        lambda fake: fake.conversations.assert_fetched(sid=talk(fake), refused=True)
    ),
    "an item of conversations is a record or its sid, not 5": (
        lambda fake: 5 in fake.conversations
    ),
    "count must be an integer of 0 or more, not '1'": lambda fake: fake.users.assert_created(
        count="1"
    ),
    "count must be an integer of 0 or more, not True": lambda fake: fake.users.assert_created(
        count=True
    ),
    "refused is True or the code that Twilio gives, not '5'": (
        lambda fake: fake.users.assert_created(refused="5")
    ),
    "refused is True or the code that Twilio gives, not None": (
        lambda fake: fake.users.assert_created(refused=None)
    ),
    "within must be a number of seconds, 0 or more, not 'soon'": lambda fake: (
        fake.users.assert_created(within="soon")
    ),
    "at_most must be an integer of 0 or more, not 'x'": lambda fake: fake.users.assert_listed(
        at_most="x"
    ),
    "failed must be True or False, not 1": (
        lambda fake: fake.webhooks.assert_delivered("onUserAdded", failed=1)
    ),
    "a fault is a value like RateLimited(), not <class 'pytest_conversations_fake.api.faults."
    "RateLimited'>": lambda fake: fake.inject(RateLimited),
    "times must be an integer of 1 or more, or None for all requests, not '2'": (
        lambda fake: fake.inject(RateLimited(), times="2")
    ),
    "an operation must be a str, not 5": lambda fake: fake.inject(RateLimited(), on=5),
    "after must be an integer of 0 or more, not None": lambda fake: fake.inject(
        RateLimited(), after=None
    ),
    "when is a function of a request's parameters, not 'body'": (
        lambda fake: fake.inject(RateLimited(), when="body")
    ),
    "a number must be a str, not 5": lambda fake: fake.handset(5),
    "channel must be a str, not None": lambda fake: fake.handset("+15550100", channel=None),
    "body must be a str, not 5": lambda fake: fake.handset("+15550100").send(5, to="+15550199"),
    "to must be a str, not None": lambda fake: fake.handset("+15550100").send("hi", to=None),
    "media must be a str, not b'x'": (
        lambda fake: fake.handset("+15550100").send("hi", to="+15550199", media=b"x")
    ),
    "error_code must be an integer of 0 or more, not 'x'": (
        lambda fake: fake.handset("+15550100").report_status("failed", error_code="x")
    ),
    "identity must be a str, not 5": lambda fake: fake.chat_user(5),
    "a conversation is a record, its sid or its unique name, not 5": (
        lambda fake: fake.chat_user("ada").join(5)
    ),
    "body must be a str, not None": lambda fake: fake.chat_user("ada").send(None, to=talk(fake)),
    "up_to must be an integer of 0 or more, not 'x'": (
        lambda fake: fake.chat_user("ada").read(talk(fake), up_to="x")
    ),
    "the clock moves to a datetime, not to 'noon'": lambda fake: fake.clock.move_to("noon"),
    "tick must be True or False, not 1": lambda fake: fake.clock.move_to(SOON, tick=1),
    "the clock shifts by a timedelta or days=, hours=…, not by 3": lambda fake: fake.clock.shift(3),
    "the clock has no unit 'day'; it has: weeks, days, hours, minutes, seconds, milliseconds, "
    "microseconds": lambda fake: fake.clock.shift(day=3),
    "days is a number, not '3'": lambda fake: fake.clock.shift(days="3"),
    "events is a list of event names, not 5": (
        lambda fake: fake.webhooks.deliver_to("http://127.0.0.1:1", events=5)
    ),
    "auth_token is a str, not int": (
        lambda fake: fake.webhooks.deliver_to("http://127.0.0.1:1", auth_token=5)
    ),
    "behind_proxy must be True or False, not 1": (
        lambda fake: fake.webhooks.deliver_to("http://127.0.0.1:1", behind_proxy=1)
    ),
    "account_sid must be a str, not 5": lambda fake: fake.account(5),
    "a seed is the path of a file or a mapping, not []": lambda fake: fake.load([]),
    "count= is for assertions that expect requests; this expects none": (
        lambda fake: fake.users.assert_not_created(count=1)
    ),
    "attributes takes a str, as json.dumps() returns it, not {'a': 1}": (
        lambda fake: fake.conversations.add(attributes={"a": 1})
    ),
    "name must be a str, not 5": lambda fake: FakeConversations(name=5),
}


NAMES: dict[str, Misuse] = {
    "there is no operation 'CreateUsr'; did you mean 'CreateUser' or 'CreateServiceUser'?": (
        lambda fake: fake.inject(RateLimited(), on="CreateUsr")
    ),
    "there is no operation 'CreateMessage'; did you mean 'CreateConversationMessage' or "
    "'CreateServiceConversationMessage'?": (
        lambda fake: fake.inject(RateLimited(), on="CreateMessage")
    ),
    "there is no event 'onMessageAded'; did you mean 'onMessageAdded'?": (
        lambda fake: fake.webhooks.assert_delivered("onMessageAded")
    ),
    "there is no operation 'SendMessage'; did you mean 'CreateConversationMessage' or "
    "'ListConversationMessage' or 'FetchConversationMessage'?": (
        lambda fake: fake.inject(RateLimited(), on="SendMessage")
    ),
    "there is no event 'onUserAded'; did you mean 'onUserAdded'? There is: ": (
        lambda fake: fake.webhooks.assert_delivered("onUserAded")
    ),
    "there is no event 5; there is: ": lambda fake: fake.webhooks.assert_not_delivered(5),
    "a status is one of sent, delivered, read, failed, undelivered, not 'lost'": (
        lambda fake: fake.handset("+15550100").report_status("lost")
    ),
    "there is no channel 'watsapp'; did you mean 'whatsapp'? There is: sms, whatsapp, ": (
        lambda fake: fake.handset("+15550100", channel="watsapp")
    ),
    "desk.txt: a seed file cannot have the suffix '.txt'; accepted are ": (
        lambda fake: fake.dump("desk.txt")
    ),
    "identity is at least a character, not ''": lambda fake: fake.chat_user(""),
    "count must be an integer of 0 or more, not -1": lambda fake: fake.users.assert_created(
        count=-1
    ),
    "within must be a number of seconds, 0 or more, not -1": lambda fake: fake.settle(within=-1),
    "accounts has at least one account, not {}": lambda fake: FakeConversations(accounts={}),
}


def shown(error: BaseException) -> list[str]:
    """The functions of ours that pytest shows in the traceback of an *error*."""
    frames = [frame for frame, _ in walk_tb(error.__traceback__)]
    ours = [frame for frame in frames if "pytest_conversations_fake" in frame.f_code.co_filename]
    return [each.f_code.co_name for each in ours if "__tracebackhide__" not in each.f_locals]


@pytest.mark.parametrize(("act", "text"), KINDS)
def test_sid_of_another_kind_is_a_value_error(
    fake: FakeConversations, act: Misuse, text: str
) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(text)}") as refused:
        act(fake)

    assert [] == shown(refused.value)


@pytest.mark.parametrize("text", TYPES)
def test_value_of_another_type_is_a_type_error(fake: FakeConversations, text: str) -> None:
    with pytest.raises(TypeError, match=f"^{re.escape(text)}$") as refused:
        TYPES[text](fake)

    assert [] == shown(refused.value)


def test_sdk_instance_in_the_place_of_its_sid_is_a_type_error(fake: FakeConversations) -> None:
    instance = fake.twilio_client().conversations.v1.conversations("talk").fetch()

    with pytest.raises(TypeError) as refused:
        fake.messages.assert_created(conversation_sid=instance)

    assert f"conversation_sid is a sid; pass .sid of {instance!r}" == str(refused.value)


@pytest.mark.parametrize("text", NAMES)
def test_unknown_name_or_number_out_of_range_is_a_value_error(
    fake: FakeConversations, text: str
) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(text)}") as refused:
        NAMES[text](fake)

    assert [] == shown(refused.value)


@pytest.mark.parametrize(
    ("act", "text"),
    [
        (lambda fake: fake.webhooks.asert_delivered, "did you mean 'assert_delivered'?"),
        (lambda fake: fake.handset("+15550100").inbocks, "did you mean 'inbox'?"),
        (lambda fake: fake.chat_user("ada").jion, "did you mean 'join'?"),
        (lambda fake: fake.clock.move, "did you mean 'move_to'?"),
    ],
)
def test_misspelled_member_of_a_part_suggests_the_nearest(
    fake: FakeConversations, act: Misuse, text: str
) -> None:
    with pytest.raises(AttributeError, match=re.escape(text)) as refused:
        act(fake)

    assert [] == shown(refused.value)


def test_sid_of_another_kind_is_found_among_refused_requests(fake: FakeConversations) -> None:
    with suppress(Exception):
        fake.twilio_client().conversations.v1.conversations(SERVICE).fetch()

    fake.conversations.assert_fetched(sid=SERVICE, refused=20404)
    fake.conversations.assert_fetched(at_most=1, sid=SERVICE)


# Calls that need a running fake
ACTS: dict[str, Misuse] = {
    "add": lambda fake: fake.conversations.add(),
    "inject": lambda fake: fake.inject(RateLimited()),
    "deliver_to": lambda fake: fake.webhooks.deliver_to("http://127.0.0.1:1"),
    "handset.send": lambda fake: fake.handset("+15550100").send("hi", to="+15550199"),
    "handset.report_status": lambda fake: fake.handset("+15550100").report_status("read"),
    "chat_user.join": lambda fake: fake.chat_user("ada").join("talk"),
    "chat_user.send": lambda fake: fake.chat_user("ada").send("hi", to="talk"),
    "chat_user.read": lambda fake: fake.chat_user("ada").read("talk"),
    "down": lambda fake: fake.down().__enter__(),
    "changes": lambda fake: fake.changes().__enter__(),
    "twilio_client": lambda fake: fake.twilio_client(),
    "subprocess_env": lambda fake: fake.subprocess_env(),
    "clock.move_to": lambda fake: fake.clock.move_to(SOON),
    "clock.shift": lambda fake: fake.clock.shift(days=1),
}


@pytest.fixture(scope="module")
def ended() -> FakeConversations:
    with FakeConversations(name="test_before") as fake:
        fake.conversations.add(unique_name="talk")
        fake.twilio_client().conversations.v1.conversations("talk").fetch()
    return fake


@pytest.mark.parametrize("act", ACTS)
def test_ended_fake_refuses_each_action(ended: FakeConversations, act: str) -> None:
    with pytest.raises(RuntimeError) as refused:
        ACTS[act](ended)

    assert (
        "the fake of test_before has ended and accepts no actions; use the fake of the running "
        "test, or stay in the `with` statement. Its requests and records can still be read"
    ) == str(refused.value)
    assert [] == shown(refused.value)


def test_ended_fake_can_be_read(ended: FakeConversations) -> None:
    ended.settle()

    assert "talk" == ended.conversations.one().unique_name
    assert 1 == len(ended.requests)
    ended.conversations.assert_fetched()
    ended.webhooks.assert_not_delivered("onMessageAdded")
    with pytest.raises(AssertionError, match="got it 0 times"):
        ended.conversations.assert_deleted(within=600)
