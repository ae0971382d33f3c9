"""Faults that a test injects, and a fake that is down."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from pytest_conversations_fake import (
    AnswerLost,
    Delay,
    FakeConversations,
    HalfAnswer,
    MalformedJson,
    RateLimited,
    Reset,
    ServerError,
    TwilioError,
    Unavailable,
)
from pytest_conversations_fake.api.errors import ERRORS
from pytest_conversations_fake.api.faults import EXAMPLES


def create(name: str = "x") -> requests.Response:
    client = Client()
    return requests.post(
        "https://conversations.twilio.com/v1/Services",
        {"FriendlyName": name},
        auth=(client.username, client.password),
    )


TAKEN = "Conversation with provided unique name already exists"


@pytest.mark.parametrize(
    ("fault", "status", "code", "message"),
    [
        (RateLimited(), 429, 20429, "Too Many Requests"),
        (Unavailable(), 503, 20503, "Service unavailable"),
        (ServerError(), 500, None, "An error occurred"),
        (TwilioError(50353), 409, 50353, TAKEN),
        (TwilioError(20429), 429, 20429, "Too Many Requests"),
        (TwilioError(50353, status=400), 400, 50353, TAKEN),
        (TwilioError(50353, message="taken"), 409, 50353, "taken"),
        (TwilioError(99999, status=418, message="a teapot"), 418, 99999, "a teapot"),
    ],
)
def test_rejecting_fault_answers_with_its_error(
    fake: FakeConversations, fault: RateLimited, status: int, code: int | None, message: str
) -> None:
    injection = fake.inject(fault)

    answer = create()

    assert (status, status, message) == (
        answer.status_code,
        answer.json()["status"],
        answer.json()["message"],
    )
    assert code == answer.json().get("code")
    assert 0 == len(fake.services)
    assert 1 == injection.met
    [request] = fake.requests
    assert ((fault,), "fault", True) == (request.faults, request.rule, request.refused)
    fake.services.assert_created(refused=True)


def test_rate_limited_answer_has_retry_after(fake: FakeConversations) -> None:
    fake.inject(RateLimited(retry_after=7), times=1)

    assert "7" == create().headers["Retry-After"]
    assert 201 == create().status_code


def test_sdk_raises_the_code_of_a_fault(fake: FakeConversations) -> None:
    fake.inject(RateLimited(), on="CreateService")

    with pytest.raises(TwilioRestException) as refused:
        Client().conversations.v1.services.create(friendly_name="x")

    assert (429, 20429) == (refused.value.status, refused.value.code)


@pytest.mark.parametrize("fault", [Reset(), AnswerLost(), HalfAnswer(), MalformedJson()])
@pytest.mark.parametrize("port", ["TLS", "plain"])
def test_breaking_fault_loses_or_damages_the_answer(
    fake: FakeConversations, fault: Reset, port: str
) -> None:
    root = "https://conversations.twilio.com" if port == "TLS" else fake.url
    fake.inject(fault, times=1)

    with pytest.raises((requests.RequestException, ValueError)) as broken:
        requests.post(
            f"{root}/v1/Services", {"FriendlyName": "x"}, auth=("user", "password")
        ).json()

    assert isinstance(fault, MalformedJson) == isinstance(
        broken.value, requests.exceptions.JSONDecodeError
    )
    applied = not isinstance(fault, Reset)
    assert applied == len(fake.services)
    [request] = fake.requests
    assert (fault,) == request.faults
    assert applied is not request.refused
    assert str(request).endswith(f"{fault}")
    if applied:
        fake.services.assert_created(friendly_name="x")
    else:
        fake.services.assert_created(friendly_name="x", refused=True)
    assert 201 == create().status_code


def test_fault_is_met_by_the_selected_requests(fake: FakeConversations) -> None:
    fake.inject(
        Unavailable(),
        on="CreateService",
        after=1,
        times=2,
        when=lambda params: params["friendly_name"] == "x",
    )
    names = ["x", "y", "x", "y", "x", "x"]

    assert [201, 201, 503, 201, 503, 201] == [create(name).status_code for name in names]
    assert 200 == requests.get(f"{fake.url}/v1/Services", auth=("a", "b")).status_code


@pytest.mark.parametrize(
    ("on", "statuses"),
    [
        ("CreateConversation", [503, 503, 503]),
        ("CreateServiceConversation", [201, 503, 503]),
    ],
)
def test_fault_at_the_service_level_leaves_short_paths_alone(
    fake: FakeConversations, on: Any, statuses: list[int]
) -> None:
    fake.inject(Unavailable(), on=on)
    services = [fake.services.add(), fake.default_service]
    roots = ["/v1", *(f"/v1/Services/{each.sid}" for each in services)]

    answers = [requests.post(f"{fake.url}{root}/Conversations", auth=("a", "b")) for root in roots]

    assert statuses == [answer.status_code for answer in answers]


def test_with_statement_ends_a_fault(fake: FakeConversations) -> None:
    with fake.inject(Unavailable()) as injection:
        assert 503 == create().status_code

    assert 201 == create().status_code
    assert "<Unavailable() on any operation, met 1 times>" == repr(injection)


def test_faults_are_met_in_order_until_one_rejects_the_request(
    fake: FakeConversations,
) -> None:
    delay = fake.inject(Delay(0.01))
    limited, later = fake.inject(RateLimited(), times=1), fake.inject(Unavailable(), after=1)

    assert 429 == create().status_code

    assert [1, 1, 0] == [each.met for each in (delay, limited, later)]
    assert 0 == len(fake.services)
    assert [201, 503] == [create().status_code, create().status_code]
    assert [3, 1, 1] == [each.met for each in (delay, limited, later)]


def test_delay_delays_its_request(fake: FakeConversations) -> None:
    fake.inject(Delay(0.2), when=lambda params: params["friendly_name"] == "slow")

    for name in ("slow", "quick"):
        assert 201 == create(name).status_code

    assert fake.services.assert_created(friendly_name="slow").duration >= 0.2
    fake.services.assert_created(friendly_name="quick")


def test_delay_does_not_delay_other_requests() -> None:
    arrived = threading.Event()

    def wait_for_ever() -> None:
        with suppress(requests.ConnectionError):  # because the fake ends first
            create("slow")

    with FakeConversations() as fake:
        fake.inject(Delay(600), when=lambda params: arrived.set() or "slow" in params.values())
        slow = threading.Thread(target=wait_for_ever)
        slow.start()
        assert arrived.wait(60)
        for number in range(5):
            assert 201 == create(str(number)).status_code
    slow.join()

    assert ["0", "1", "2", "3", "4"] == [each.friendly_name for each in fake.services]


def test_fake_that_is_down_refuses_connections(fake: FakeConversations) -> None:
    with requests.Session() as session:
        session.auth = ("user", "password")
        url = "https://conversations.twilio.com/v1/Services"
        session.get(url)

        for root in ("https://conversations.twilio.com", fake.url):
            with fake.down(), pytest.raises(requests.ConnectionError, match="refused"):
                session.get(f"{root}/v1/Services")

        assert 200 == session.get(url).status_code
    assert 2 == len(fake.requests)


def test_nested_down_ends_with_the_outer_one(fake: FakeConversations) -> None:
    with fake.down():
        with fake.down(), pytest.raises(requests.ConnectionError):
            create()
        with pytest.raises(requests.ConnectionError):
            create()

    assert 201 == create().status_code


def test_inject_with_a_wrong_argument_is_refused(fake: FakeConversations) -> None:
    with pytest.raises(TypeError, match=r"a fault is a value like RateLimited\(\), not <class"):
        fake.inject(RateLimited)  # wrong on purpose
    with pytest.raises(ValueError, match="did you mean 'CreateService'"):
        fake.inject(RateLimited(), on="CreateServices")
    with pytest.raises(TypeError, match=r"^times must be an integer of 1 or more, .*not True"):
        fake.inject(RateLimited(), times=True)
    with pytest.raises(ValueError, match=r"^times must be an integer of 1 or more, .*not 0"):
        fake.inject(RateLimited(), times=0)
    with pytest.raises(TypeError, match="after must be an integer of 0 or more, not True"):
        fake.inject(RateLimited(), after=True)


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: Delay("1"), "seconds must be a number of seconds, 0 or more, not '1'"),
        (lambda: Delay(True), "seconds must be a number of seconds, 0 or more, not True"),
        (
            lambda: RateLimited(retry_after="soon"),
            "retry_after must be an integer of 0 or more, not 'soon'",
        ),
        (lambda: TwilioError("50353"), "code must be an integer of 0 or more, not '50353'"),
        (lambda: TwilioError(True), "code must be an integer of 0 or more, not True"),
        (
            lambda: TwilioError(1, status=True),
            "status must be an integer from 400 to 599, not True",
        ),
        (lambda: TwilioError(1, message=5), "message must be a str, not 5"),
    ],
)
def test_fault_with_a_wrong_argument_is_a_type_error(make: Callable[[], object], text: str) -> None:
    with pytest.raises(TypeError, match=text):
        make()


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: Delay(-1), "seconds must be a number of seconds, 0 or more, not -1"),
        (
            lambda: RateLimited(retry_after=-1),
            "retry_after must be an integer of 0 or more, not -1",
        ),
        (lambda: TwilioError(1, status=200), "status must be an integer from 400 to 599, not 200"),
        (lambda: TwilioError(1, status=600), "status must be an integer from 400 to 599, not 600"),
    ],
)
def test_fault_out_of_range_is_a_value_error(make: Callable[[], object], text: str) -> None:
    with pytest.raises(ValueError, match=text):
        make()


def test_every_known_code_has_its_status_and_text() -> None:
    known = json.loads(Path(__file__).with_name("errors.json").read_text(encoding="utf-8"))

    answers = {int(code): TwilioError(int(code)).refusal().envelope() for code in known}

    assert 137 == len(answers)
    for code, expected in known.items():
        answer = answers[int(code)]
        text = re.sub(r"\\{\w+\\}", "[^{}]+", re.escape(expected["message"]))
        assert re.fullmatch(text, answer["message"]), code
        assert answer["status"] == (expected["status"] or 400), code


def test_package_has_only_known_codes() -> None:
    known = json.loads(Path(__file__).with_name("errors.json").read_text(encoding="utf-8"))

    assert {*map(int, known)} == {*ERRORS}


@pytest.mark.parametrize("code", [50416, 50438])
def test_error_about_a_conversation_names_a_sid(code: int) -> None:
    message = TwilioError(code).refusal().envelope()["message"]

    assert re.search(r" in Conversation CH[0-9a-f]{32}$| as Conversation CH[0-9a-f]{32}$", message)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (20001, "Missing required parameter FriendlyName in the post body"),
        (20003, "Authenticate"),
        (20404, f"The requested resource /Conversations/{EXAMPLES['sid']} was not found"),
    ],
)
def test_error_about_any_resource_has_a_plausible_text(code: int, message: str) -> None:
    assert message == TwilioError(code).refusal().envelope()["message"]


@pytest.mark.parametrize("arguments", [{}, {"status": 400}, {"message": "no"}])
def test_unknown_code_without_status_or_message_is_refused(arguments: dict[str, Any]) -> None:
    text = "needs status= and message=, because the fake does not know code 99999"
    with pytest.raises(ValueError, match=f"^TwilioError[(]99999.* {text}$"):
        TwilioError(99999, **arguments)


def test_when_function_that_raises_fails_the_test() -> None:
    fake = FakeConversations()

    def body() -> None:
        with fake:
            fake.inject(RateLimited(), when=lambda params: params["unique_name"] == "x")
            assert 500 == create().status_code

    with pytest.raises(AssertionError) as failed:
        body()

    assert str(failed.value).startswith(
        "the when= of RateLimited(retry_after=1) on any operation raised "
        "KeyError('unique_name') at #1 CreateService\n"
    )


def test_next_test_meets_no_fault(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        import pytest
        from pytest_conversations_fake import Unavailable
        from twilio.base.exceptions import TwilioRestException
        from twilio.rest import Client

        def test_one(fake_conversations):
            fake_conversations.inject(Unavailable())
            with pytest.raises(TwilioRestException):
                Client().conversations.v1.services.create(friendly_name="x")

        def test_two(fake_conversations):
            Client().conversations.v1.services.create(friendly_name="x")
        """
    )

    suite.runpytest("-p", "no:randomly").assert_outcomes(passed=2)
