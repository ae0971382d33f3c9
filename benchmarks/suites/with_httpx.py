"""Tests with one call through a client of httpx that is kept."""

import httpx
import pytest
import respx

from benchmarks.raw import AUTH, SERVICES, TWILIO

FORM = {"FriendlyName": "a"}


@pytest.fixture(scope="session")
def client():
    with httpx.Client(auth=AUTH) as client:
        yield client


def test_floor(n, floor, client):
    client.post(floor + SERVICES, data=FORM)


def test_redirected(n, fake_conversations, client):
    client.post(TWILIO + SERVICES, data=FORM)


@respx.mock
def test_respx(n, client):
    respx.post(TWILIO + SERVICES).respond(201, json={})
    client.post(TWILIO + SERVICES, data=FORM)


def test_pytest_httpx(n, httpx_mock, client):
    httpx_mock.add_response(201, json={})
    client.post(TWILIO + SERVICES, data=FORM)
