"""`demo`: the whole story, in a few seconds."""

from __future__ import annotations

import re
import time

import pytest

from .commands import ran


@pytest.mark.newest
def test_demo_shows_a_conversation_in_less_than_ten_seconds() -> None:
    start = time.monotonic()

    ended = ran("demo", https_proxy="http://127.0.0.1:9", NO_PROXY="")

    assert (0, "") == (ended.returncode, ended.stderr)
    assert time.monotonic() - start < 10
    lines = [re.sub(r"^\d\d:\d\d:\d\d |\d+ ms", "", each) for each in ended.stdout.splitlines()]
    text = "\n".join(lines)
    assert "action handset('+15550100').send('Where is my order?', to='+15550199')" in text
    assert "204 webhook POST   onMessageAdded                https://desk.example" in text
    assert "refused: 50416 A binding for this participant and proxy address already exists" in text
    assert "ignored: CreateConversationMessage has no parameter Text, so Twilio ignores it" in text
    assert (
        """\
Grace's phone received:
  Thank you, Ada takes a look.
  It arrives tomorrow.

Run the fake with your own application:
"""
        in text
    )
