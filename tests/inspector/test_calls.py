"""Tests of the path of a call, without a socket: routes, parameters and errors."""

from __future__ import annotations

import pytest

from pytest_conversations_fake import FakeConversations
from pytest_conversations_fake.inspector.endpoint import Endpoint
from pytest_conversations_fake.inspector.endpoints import ENDPOINTS

from .client import Client


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda each: f"{each.method} {each.path}")
def test_unknown_name_in_the_query_is_refused(client: Client, endpoint: Endpoint) -> None:
    values = {each.name: "1" for each in endpoint.in_path}

    status, sentence = client.refusal(endpoint.method, f"{endpoint.path.format(**values)}?serch=x")

    assert 400 == status
    assert "the query " in sentence
    assert "'serch'" in sentence


@pytest.mark.parametrize(
    "endpoint",
    [each for each in ENDPOINTS if each.method == "POST" and not each.document],
    ids=lambda each: each.path,
)
def test_unknown_name_in_the_body_is_refused(client: Client, endpoint: Endpoint) -> None:
    path = endpoint.path.format(**{each.name: "1" for each in endpoint.in_path})

    status, sentence = client.refusal("POST", path, {"boddy": "x"})

    assert 400 == status
    assert "the body " in sentence
    assert "'boddy'" in sentence


@pytest.mark.parametrize(
    ("method", "target", "status", "sentence"),
    [
        ("GET", "/stat", 404, "there is no '/_fake/v1/stat'; did you mean '/_fake/v1/state'?"),
        ("GET", "/state/", 404, "there is no '/_fake/v1/state/'; did you mean '/_fake/v1/state'?"),
        ("GET", "/../v1/state", 404, "there is no '/_fake/v1/../v1/state'"),
        ("GET", "//state", 404, "there is no '/_fake/v1//state'"),
        ("GET", "/reset", 405, "/_fake/v1/reset accepts POST, not GET"),
        ("PUT", "/seed", 405, "/_fake/v1/seed accepts GET and POST, not PUT"),
        ("OPTIONS", "/reset", 405, "/_fake/v1/reset accepts POST, not OPTIONS"),
        ("GET", "/conversations/%ff", 400, "the path is not in UTF-8: %ff"),
        ("GET", "/conversations?limit=0", 400, "limit is a whole number from 1 to 1,000, not 0"),
        ("GET", "/conversations?limit=٣", 400, "limit is a whole number from 1 to 1,000, not '٣'"),
        ("GET", "/conversations?limit=1&limit=2", 400, "the query has 'limit' more than once"),
        ("GET", f"/state?{'x&' * 60}", 400, "the query cannot be read: Max number of fields"),
        ("GET", "/chat-users/ada/unread", 400, "the query needs 'conversation'"),
        ("GET", "/conversations/CH1", 404, "there is no conversation 'CH1'; there is: "),
        ("DELETE", "/faults/7", 404, "there is no fault '7'; there is: "),
        ("POST", "/snapshots/7/restore", 404, "there is no snapshot '7'; there is: "),
    ],
)
def test_wrong_call_is_refused(
    client: Client, method: str, target: str, status: int, sentence: str
) -> None:
    found = client.refusal(method, target)

    assert status == found[0]
    assert found[1].startswith(sentence)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"{", "the body is no JSON: line 1: Expecting property name enclosed in double quotes"),
        (b"\xff", "the body is not in UTF-8"),
        (b"[" * 100_000, "the body is nested too deep"),
        (b"[]", "the body is an object, not a list"),
        (b"null", "the body is an object, not null"),
        (b'{"fault": "Delay", "fault": "Reset"}', "the body has the key 'fault' twice"),
        (b'{"fault": NaN}', "the body has NaN, which JSON does not have"),
        (b"{}", "the body needs 'fault'"),
        (b'{"fault": "RateLimit"}', "fault cannot be 'RateLimit'; did you mean 'RateLimited'?"),
        (b'{"fault": 1}', "fault is one of RateLimited, Unavailable, ServerError, "),
        (
            b'{"fault": "Delay", "times": true}',
            "times is a whole number from 1 on, not true",
        ),
        (b'{"fault": "Delay", "times": 1.5}', "times is a whole number from 1 on, not "),
        (b'{"fault": "Delay", "times": 1e400}', "times is a whole number from 1 on, not "),
        (b'{"fault": "Delay", "arguments": [1]}', "arguments is an object, not a list"),
        (b'{"fault": "Delay"}', "Delay needs the argument 'seconds'"),
        (
            b'{"fault": "Delay", "arguments": {"second": 1}}',
            "Delay has no argument 'second'; did you mean 'seconds'? There is: seconds",
        ),
        (
            b'{"fault": "Delay", "arguments": {"seconds": "1"}}',
            "seconds must be a number of seconds, 0 or more, not '1'",
        ),
        (
            b'{"fault": "Reset", "on": "CreateConversion"}',
            "on cannot be 'CreateConversion'; did you mean 'CreateConversation'",
        ),
    ],
)
def test_wrong_body_is_refused(client: Client, body: bytes, sentence: str) -> None:
    status, found = client.refusal("POST", "/faults", body)

    assert 400 == status
    assert found.startswith(sentence)
    assert [] == client.get("/faults")["faults"]


def test_long_wrong_value_is_shortened(client: Client) -> None:
    status, sentence = client.refusal("POST", "/faults", {"fault": "x" * 10_000})

    assert 400 == status
    assert len(sentence) < 300


def test_control_characters_of_a_wrong_value_are_escaped(client: Client) -> None:
    _, sentence = client.refusal("GET", "/conversations/CH%1b%5B31m%E2%80%AE")

    assert sentence.startswith(r"there is no conversation 'CH\x1b[31m\u202e'")


def test_error_inside_the_fake_is_reported_and_remembered(
    client: Client, fake: FakeConversations, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise KeyError("sid")

    monkeypatch.setattr(client.control.fake, "reset", fail)

    assert (500, "an error inside the fake: KeyError('sid')") == client.refusal("POST", "/reset")
    [error] = fake._world.errors
    assert "KeyError('sid')" == repr(error)
