"""Tests with one call through the SDK."""

import pytest
import responses
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from benchmarks.raw import AUTH, SERVICES, TWILIO


def sdk(url=TWILIO):
    client = Client(*AUTH, http_client=TwilioHttpClient())
    client.conversations.base_url = url
    return client


def create(client):
    client.conversations.v1.services.create(friendly_name="a")


@pytest.fixture(scope="session")
def kept():
    return sdk()


@pytest.fixture(scope="session")
def kept_floor(floor):
    return sdk(floor)


@pytest.fixture(scope="session")
def kept_explicit():
    return sdk()


def test_floor(n, kept_floor):
    create(kept_floor)


def test_explicit(n, fake_conversations, kept_explicit):
    kept_explicit.conversations.base_url = fake_conversations.url
    create(kept_explicit)


def test_redirected(n, fake_conversations, kept):
    create(kept)


@responses.activate
def test_responses(n, kept):
    responses.post(TWILIO + SERVICES, json={}, status=201)
    create(kept)


def test_explicit_new_client(n, fake_conversations):
    create(sdk(fake_conversations.url))


def test_redirected_new_client(n, fake_conversations):
    create(sdk())
