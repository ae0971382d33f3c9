"""Sweeps of functions."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from textwrap import dedent
from typing import Any

import pytest
import requests
from applications import EVENTS, HOOK
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.rest import Client

from pytest_conversations_fake import FakeConversations, TwilioError, Unavailable
from pytest_conversations_fake.sweep import execution


@pytest.fixture
def fake(fake: FakeConversations) -> FakeConversations:
    fake.conversations.add(unique_name="talk")
    return fake


def send(body: str = "hi") -> None:
    Client().conversations.v1.conversations("talk").messages.create(body=body)


def retry(action: Callable[[], object]) -> object:
    """Make three attempts, as users of twilio-python do."""
    for _ in range(3):
        try:
            return action()
        except (TwilioException, OSError):
            continue
    raise AssertionError("three attempts failed")


def reply() -> None:
    talk = Client().conversations.v1.conversations("talk")
    retry(talk.fetch)
    retry(send)


def reply_once() -> None:
    """Look first whether an earlier attempt created the message."""
    retry(lambda: "unique" in [each.body for each in messages()] or send("unique"))


def messages() -> list[Any]:
    return Client().conversations.v1.conversations("talk").messages.list()


def test_outcome_of_each_call_and_fault_is_shown_as_a_table(fake: FakeConversations) -> None:
    swept = fake.sweep(reply)

    assert [
        ("CreateConversationMessage", "RateLimited(retry_after=0)", "survived", ""),
        ("CreateConversationMessage", "ServerError()", "survived", ""),
        ("CreateConversationMessage", "AnswerLost()", "duplicated", "messages +1"),
        ("FetchConversation", "RateLimited(retry_after=0)", "survived", ""),
        ("FetchConversation", "ServerError()", "survived", ""),
        ("FetchConversation", "AnswerLost()", "survived", ""),
    ] == [(run.call, str(run.fault), run.outcome, run.reason) for run in swept]
    assert "<sweep of reply: 5 survived, 1 duplicated>" == repr(swept)
    with pytest.raises(AssertionError) as failed:
        swept.assert_survives()
    assert dedent(
        """\
        expected reply to survive 6 failures, but it survived 5

                                   RateLimited  ServerError  AnswerLost
        CreateConversationMessage  survived     survived     duplicated
        FetchConversation          survived     survived     survived

        CreateConversationMessage, AnswerLost(): duplicated, messages +1"""
    ) == str(failed.value)


def test_scenario_that_checks_before_it_retries_survives(fake: FakeConversations) -> None:
    fake.sweep(reply_once).assert_survives()


def test_sweep_ends_with_the_state_after_the_first_run(
    fake: FakeConversations,
) -> None:
    send("before")

    fake.sweep(reply)

    assert ["before", "hi"] == [each.body for each in fake.messages]
    assert 3 == len(fake.requests)
    assert [()] * 3 == [each.faults for each in fake.requests]
    send("after")
    assert 4 == fake.requests[-1].number


def test_scenario_that_raises_differs_from_one_that_gives_up(fake: FakeConversations) -> None:
    def give_up() -> None:
        with suppress(TwilioException, OSError):
            send()

    raised, gave_up = fake.sweep(send), fake.sweep(give_up)

    assert ["raised"] * 3 == [run.outcome for run in raised]
    what = "HTTP 429 error: Unable to create record: Too Many Requests"
    assert f"TwilioRestException: {what}" == raised[0].reason
    assert ["survived, messages -1"] * 2 + ["survived"] == [
        str(run).partition(": ")[2] for run in gave_up
    ]
    gave_up.assert_survives()


def test_invariant_is_checked_after_each_run(fake: FakeConversations) -> None:
    def update_and_send() -> None:
        retry(lambda: talk().update(attributes='{"said": true}'))
        with suppress(TwilioException, OSError):
            send()

    def talk() -> Any:
        return Client().conversations.v1.conversations("talk")

    def attribute_agrees_with_messages() -> bool:
        has_attribute = fake.conversations.one().attributes != "{}"
        return has_attribute == bool(len(fake.messages))

    swept = fake.sweep(update_and_send, invariant=attribute_agrees_with_messages)

    broken = "CreateConversationMessage, {}: invariant broken, it is False"
    assert [broken.format("RateLimited(retry_after=0)"), broken.format("ServerError()")] == [
        str(run) for run in swept if run.outcome != "survived"
    ]


def test_invariant_that_raises_is_broken(fake: FakeConversations) -> None:
    def one_message() -> None:
        fake.messages.one()

    outcomes = [run.reason for run in fake.sweep(reply, invariant=one_message)]

    assert ["", "", "", "", ""] == outcomes[:2] + outcomes[3:]
    assert outcomes[2].startswith("LookupError: expected one in messages, found 2 of 2")


def test_thread_that_does_not_end_is_reported_as_not_settled(
    fake: FakeConversations, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(execution, "SETTLE_TIMEOUT", 0)
    may_end = threading.Event()

    def leave_thread() -> None:
        try:
            send()
        except TwilioException:
            threading.Thread(target=may_end.wait).start()

    swept = fake.sweep(leave_thread, faults=[Unavailable()])
    may_end.set()

    [run] = swept
    reason = "a thread that it started did not end within 0 s"
    assert ("not settled", reason) == (run.outcome, run.reason)
    assert ["hi"] == [each.body for each in fake.messages]


def test_webhook_without_answer_is_reported_as_not_settled(
    fake: FakeConversations, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(execution, "SETTLE_TIMEOUT", 0.1)
    may_answer = threading.Event()

    def app(environ: dict[str, object], start: Callable[..., object]) -> list[bytes]:
        may_answer.wait()
        start("204 No Content", [])
        return []

    def create_on_error() -> None:
        try:
            send()
        except TwilioException:
            Client().conversations.v1.conversations.create(x_twilio_webhook_enabled="true")

    fake.webhooks.deliver_to(app, public_url=HOOK, events=["onConversationAdded"], timeout=None)

    swept = fake.sweep(create_on_error, faults=[Unavailable()])
    may_answer.set()

    [run] = swept
    assert "not settled" == run.outcome
    assert run.reason.startswith("settle() raised TimeoutError: webhooks did not settle")
    assert f"onConversationAdded to {HOOK}" in run.reason
    assert ["hi"] == [each.body for each in fake.messages]


def test_scenario_that_does_not_settle_without_a_fault_is_refused(
    fake: FakeConversations, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(execution, "SETTLE_TIMEOUT", 0)
    may_end = threading.Event()

    def leave_thread() -> None:
        threading.Thread(target=may_end.wait).start()

    with pytest.raises(AssertionError, match="leave_thread does not settle without a fault: a thr"):
        fake.sweep(leave_thread)
    may_end.set()


def test_failure_by_pytest_ends_the_sweep_and_restores_the_state(fake: FakeConversations) -> None:
    """pytest-timeout raises the same exception, and only once for each test."""

    def fail_on_error() -> None:
        try:
            send()
        except TwilioException:
            pytest.fail("Timeout")

    with pytest.raises(pytest.fail.Exception, match="Timeout"):
        fake.sweep(fail_on_error)
    assert ["hi"] == [each.body for each in fake.messages]


def test_webhooks_without_end_are_reported_as_not_settled(fake: FakeConversations) -> None:
    """The application answers itself without end when there is a second message."""

    def app(environ: dict[str, object], start: Callable[..., object]) -> list[bytes]:
        if len(fake.messages) > 1:
            fake.chat_user("bot").send("again", to="talk")
        start("204 No Content", [])
        return []

    fake.chat_user("bot").join("talk")
    fake.webhooks.deliver_to(app, public_url=HOOK, events=EVENTS)

    def scenario() -> None:
        retry(send_with_webhook)

    def send_with_webhook() -> None:
        talk = Client().conversations.v1.conversations("talk")
        talk.messages.create(body="hi", x_twilio_webhook_enabled="true")

    *_, last = fake.sweep(scenario)

    assert "CreateConversationMessage, AnswerLost(): not settled" == str(last).partition(", se")[0]
    assert last.reason.startswith("settle() raised AssertionError: webhooks do not end")
    assert ["hi"] == [each.body for each in fake.messages]


def test_run_that_takes_another_path_is_reported_as_not_called(fake: FakeConversations) -> None:
    runs = iter(range(10))

    def fickle() -> None:
        if next(runs) == 0:
            send()

    assert {"not called"} == {run.outcome for run in fake.sweep(fickle)}


def test_faults_argument_replaces_the_default_faults(fake: FakeConversations) -> None:
    faults = [Unavailable(), TwilioError(50353)]

    swept = fake.sweep(reply, faults=faults)

    assert 4 == len(swept)
    assert faults == [run.fault for run in swept[:2]]


def test_scenario_that_fails_without_a_fault_ends_the_sweep(fake: FakeConversations) -> None:
    with pytest.raises(ZeroDivisionError):
        fake.sweep(lambda: 1 / 0)
    with pytest.raises(AssertionError, match="nothing makes no call that could fail"):
        fake.sweep(nothing)
    with pytest.raises(
        AssertionError, match="send breaks the invariant without a fault: it is False"
    ):
        fake.sweep(send, invariant=lambda: False)


def nothing() -> None: ...


def test_scenario_for_the_other_method_is_refused(fake: FakeConversations) -> None:
    async def scenario() -> None: ...

    with pytest.raises(TypeError, match=r"scenario is asynchronous; use sweep_async\(\) for it"):
        fake.sweep(scenario)
    with pytest.raises(TypeError, match=r"send is not asynchronous; use sweep\(\) for it"):
        asyncio.run(fake.sweep_async(send))  # wrong on purpose


def test_calls_of_the_invariant_are_not_swept(fake: FakeConversations) -> None:
    swept = fake.sweep(reply_once, invariant=lambda: len(messages()) == 1)

    swept.assert_survives()
    assert 6 == len(swept)
    assert 2 == len(fake.requests)


def test_invariant_that_calls_pytest_fail_is_broken(fake: FakeConversations) -> None:
    def at_most_one_message() -> None:
        if len(fake.messages) > 1:
            pytest.fail("two messages")

    _, _, lost, *_ = fake.sweep(reply, invariant=at_most_one_message)

    assert ("invariant broken", "Failed: two messages") == (lost.outcome, lost.reason)


def test_unknown_route_in_a_run_with_a_fault_fails_the_test() -> None:
    fake = FakeConversations()

    def request_unknown_route() -> None:
        try:
            Client().conversations.v1.services.create(friendly_name="x")
        except (TwilioException, OSError):
            requests.get(f"{fake.url}/v1/Nonsense", auth=("a", "b"))

    def body() -> None:
        with fake:
            fake.sweep(request_unknown_route).assert_survives()

    with pytest.raises(AssertionError, match="GET /v1/Nonsense: Twilio has no such route"):
        body()


def test_webhook_of_a_run_ends_before_the_next_run(fake: FakeConversations) -> None:
    """A webhook that ended later would make its call in the next run."""

    def app(environ: dict[str, object], start: Callable[..., object]) -> list[bytes]:
        scenario_ended.wait(10)
        Client().conversations.v1.services.create(friendly_name="late")
        start("204 No Content", [])
        return []

    def scenario() -> None:
        scenario_ended.clear()
        try:
            Client().conversations.v1.users.create(identity="ada")
        except (TwilioException, OSError):
            Client().conversations.v1.conversations.create(x_twilio_webhook_enabled="true")
        finally:
            scenario_ended.set()

    scenario_ended = threading.Event()
    fake.webhooks.deliver_to(app, public_url=HOOK, events=["onConversationAdded"])
    send()

    swept = fake.sweep(scenario, faults=[Unavailable(), TwilioError(50353)])

    assert ["duplicated", "duplicated"] == [run.outcome for run in swept]
    assert all("services +1" in run.reason for run in swept)
    assert (0, 1) == (len(fake.services), len(fake.conversations))


def test_records_in_another_account_count() -> None:
    accounts = {"AC" + "1" * 32: {}, "AC" + "2" * 32: {}}
    with FakeConversations(accounts=accounts) as fake:
        other = fake.account("AC" + "2" * 32)
        client = Client(other.account_sid, other.auth_token)

        swept = fake.sweep(
            lambda: retry(lambda: client.conversations.v1.services.create(friendly_name="x"))
        )

    assert ["survived", "survived", "duplicated"] == [run.outcome for run in swept]


def test_column_of_faults_of_one_class_names_their_arguments(fake: FakeConversations) -> None:
    def accept_50353() -> None:
        try:
            send()
        except TwilioRestException as error:
            if error.code != 50353:
                raise

    swept = fake.sweep(accept_50353, faults=[TwilioError(50353), TwilioError(50438)])

    assert [
        "                           TwilioError(50353)  TwilioError(50438)",
        "CreateConversationMessage  survived            raised",
    ] == str(swept).splitlines()[:2]


def test_long_and_numerous_reasons_are_cut(fake: FakeConversations) -> None:
    def twelve_times() -> None:
        for _ in range(12):
            send("x" * 500)

    text = str(fake.sweep(twelve_times, faults=[TwilioError(50353, message="y" * 500)]))

    assert text.endswith("and 2 more")
    assert all(len(line) <= 76 for line in text.splitlines())


def test_function_that_returns_a_coroutine_is_refused(fake: FakeConversations) -> None:
    async def scenario() -> None: ...

    with pytest.raises(TypeError, match=r"<lambda> is asynchronous; use sweep_async\(\) for it"):
        fake.sweep(lambda: scenario())


@pytest.mark.parametrize(
    ("scenario", "options", "text"),
    [
        (5, {}, "scenario must be a function without arguments, not 5"),
        (
            send,
            {"invariant": "x"},
            "invariant must be a function that is not asynchronous, not 'x'",
        ),
        (
            send,
            {"faults": [Unavailable]},
            r"faults must be a list of values like RateLimited\(\), not",
        ),
        (send, {"faults": Unavailable()}, "faults must be a list of values like"),
        (send, {"faults": []}, "faults must be a list of values like"),
    ],
)
def test_argument_of_wrong_type_is_refused(
    fake: FakeConversations, scenario: Any, options: dict[str, Any], text: str
) -> None:
    with pytest.raises(TypeError, match=text):
        fake.sweep(scenario, **options)
    assert 0 == len(fake.requests)


def test_run_waits_for_a_thread_that_it_started(fake: FakeConversations) -> None:
    def scenario() -> None:
        threading.Thread(target=retry, args=[send]).start()

    swept = fake.sweep(scenario)

    assert ["survived", "survived", "duplicated"] == [run.outcome for run in swept]
    assert 1 == len(fake.messages)


def test_concurrent_calls_of_threads_give_the_same_table_each_time(
    fake: FakeConversations,
) -> None:
    def send_all() -> None:
        with ThreadPoolExecutor() as pool:
            done = [*map(pool.submit, [send] * 4, "abcd")]
        for each in done:
            with suppress(TwilioException):
                each.result()

    before, tables = fake.snapshot(), set()
    for _ in range(3):
        tables.add(str(fake.sweep(send_all, faults=[Unavailable()])))
        fake.restore(before)

    [table] = tables
    assert [f"CreateConversationMessage(body='{body}')  survived" for body in "abcd"] == (
        table.splitlines()[1:5]
    )
