"""Objects that are no application."""

from __future__ import annotations

import pytest
from applications import HOOK, with_flask
from fastapi import FastAPI
from flask import Flask

from pytest_conversations_fake import FakeConversations


@pytest.fixture
def fake(fake: FakeConversations) -> FakeConversations:
    fake.conversations.add(unique_name="talk")
    return fake


@pytest.mark.parametrize("address", ["http://desk.example", "http://192.0.2.7/hook"])
def test_address_of_another_machine_is_refused(fake: FakeConversations, address: str) -> None:
    with pytest.raises(ValueError, match="webhooks are delivered on this machine only"):
        fake.webhooks.deliver_to(address, public_url=HOOK)


@pytest.mark.parametrize("target", [Flask, FastAPI, with_flask, lambda request: None])
def test_factory_of_an_application_is_refused(fake: FakeConversations, target: object) -> None:
    with pytest.raises(TypeError, match="call it first"):
        fake.webhooks.deliver_to(target, public_url=HOOK)
