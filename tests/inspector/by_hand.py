"""Serve a fake with its page, to look at them: `PYTHONPATH=tests python -m inspector.by_hand`.

The argument is a port (default: 8010). A help desk is in it, and webhooks have nowhere to go.
"""

from __future__ import annotations

import sys
from threading import Event

from pytest_conversations_fake import FakeConversations
from pytest_conversations_fake.inspector.inspector import Inspector
from pytest_conversations_fake.server.server import Server

if __name__ == "__main__":
    fake = FakeConversations(redirect=False, name="by hand")
    fake.populate()
    server = Server(int((sys.argv[1:] or ["8010"])[0]), site=Inspector(fake).site)
    with fake._lifecycle.serve_on(server):
        print(f"{server.url}/_fake/", flush=True)
        Event().wait()
