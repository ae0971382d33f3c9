"""Credentials of fakes that one server has served before."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from pytest_conversations_fake import FakeConversations
from pytest_conversations_fake.server.server import Server

FIRST, SECOND = "AC" + "1" * 32, "AC" + "2" * 32


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.stop()


def test_accounts_are_accepted_again_in_another_order(server: Server) -> None:
    earlier = FakeConversations(accounts={FIRST: {}, SECOND: {}}, redirect=False)
    with earlier._lifecycle.serve_on(server):
        pass
    again = FakeConversations(accounts={SECOND: {}, FIRST: {}}, redirect=False)
    with again._lifecycle.serve_on(server):
        auth = FIRST, again.account(FIRST).auth_token
        answer = requests.get(f"{again.url}/v1/Services", auth=auth)

    assert 200 == answer.status_code


def test_token_of_an_earlier_fake_is_refused_with_its_name(server: Server) -> None:
    earlier = FakeConversations(account_sid=FIRST, redirect=False, name="test_earlier")
    with earlier._lifecycle.serve_on(server):
        pass
    later = FakeConversations(account_sid=FIRST, redirect=False, name="test_later")
    with later._lifecycle.serve_on(server):
        auth = FIRST, earlier.auth_token
        answer = requests.get(f"{later.url}/v1/Services", auth=auth)

    assert (401, "Authenticate") == (answer.status_code, answer.json()["message"])
    assert later.requests[0].reason == (
        "20003 Authenticate (the password is the auth token of test_earlier, which has ended; "
        "is a client cached?)"
    )


def test_report_shows_a_request_with_credentials_of_an_earlier_fake(server: Server) -> None:
    earlier = FakeConversations(account_sid=FIRST, redirect=False, name="test_earlier")
    with earlier._lifecycle.serve_on(server):
        pass
    later = FakeConversations(account_sid=SECOND, redirect=False)
    with later._lifecycle.serve_on(server):
        for _ in range(2):
            requests.get(f"{later.url}/v1/Services", auth=(FIRST, earlier.auth_token))
        during = str(later.report())
    server.late_requests.clear()

    sentence = (
        "refused, with credentials of an earlier test: GET /v1/Services: Authentication Error - "
        "these credentials belong to test_earlier, which has ended; if tests share a client, set "
        "TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN for all of them"
    )
    assert sentence == during == str(later.report())
    assert sentence in later.report().html()
