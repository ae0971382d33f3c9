"""Tests with one call through a session of requests that is kept."""

import pytest
import requests
import responses

from benchmarks.raw import AUTH, SERVICES, TWILIO

FORM = {"FriendlyName": "a"}


@pytest.fixture(scope="session")
def client():
    with requests.Session() as session:
        session.auth = AUTH
        yield session


def test_floor(n, floor, client):
    client.post(floor + SERVICES, FORM)


def test_explicit(n, fake_conversations, client):
    client.post(fake_conversations.url + SERVICES, FORM)


@pytest.mark.fake_conversations(redirect=False)
def test_explicit_without_redirection(n, fake_conversations, client):
    client.post(fake_conversations.url + SERVICES, FORM)


def test_redirected(n, fake_conversations, client):
    client.post(TWILIO + SERVICES, FORM)


def test_httpserver(n, httpserver, client):
    httpserver.expect_request(SERVICES).respond_with_json({}, status=201)
    client.post(httpserver.url_for(SERVICES), FORM)


@responses.activate
def test_responses(n, client):
    responses.post(TWILIO + SERVICES, json={}, status=201)
    client.post(TWILIO + SERVICES, FORM)
