"""`unittest.TestCase`, with the fixture, and with a fake without pytest."""

from __future__ import annotations

import unittest

import pytest
from helpdesk import open_desk

from pytest_conversations_fake import FakeConversations


class WithTheFixture(unittest.TestCase):
    fake: FakeConversations

    @pytest.fixture(autouse=True)
    def _keep(self, fake_conversations: FakeConversations) -> None:
        self.fake = fake_conversations

    def test_desk_is_opened(self) -> None:
        sid = open_desk("Support")

        assert sid in self.fake.services


class WithoutTheFixture(unittest.TestCase):
    def test_desk_is_opened(self):
        with FakeConversations() as fake:
            open_desk("Support")

            fake.services.assert_created(friendly_name="Support")
