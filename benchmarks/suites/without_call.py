"""Tests without a call."""

import pytest


def test_empty(n):
    pass


def test_fixture(n, fake_conversations):
    pass


@pytest.mark.fake_conversations(redirect=False)
def test_fixture_without_redirection(n, fake_conversations):
    pass
