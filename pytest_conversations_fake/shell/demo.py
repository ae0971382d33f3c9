"""`conversations-fake demo`: a conversation with the fake, without configuration.

An application of a few lines talks to https://conversations.twilio.com, which leads to the fake.
"""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlencode
from urllib.request import ProxyHandler, Request, build_opener

from ..api.outside import Entry
from ..fake import FakeConversations
from .log import text_renderer
from .output import PROGRAM, print_text, problems_on_stderr

API = "https://conversations.twilio.com/v1"

GRACE, DESK = "+15550100", "+15550199"

WIDTH = 100
"""Columns of a line of the log, if the output is no terminal."""

END = f"""
Run the fake with your own application:

  {PROGRAM} run -- COMMAND   starts it with a fake
  {PROGRAM} serve            starts a fake alone"""


class Application:
    """The application under development: a desk that answers its customers."""

    def __init__(self, account_sid: str, auth_token: str) -> None:
        credentials = b64encode(f"{account_sid}:{auth_token}".encode()).decode()
        self._headers = {"Authorization": f"Basic {credentials}"}
        self._open = build_opener(ProxyHandler({})).open

    def post(self, path: str, params: Mapping[str, str]) -> Mapping[str, Any]:
        """Send a request to Twilio. Returns its answer."""
        request = Request(f"{API}/{path}", urlencode(params).encode(), self._headers)
        try:
            with self._open(request) as response:
                return json.load(response)  # type: ignore[no-any-return]
        except HTTPError as error:
            with error:
                return json.load(error)  # type: ignore[no-any-return]

    def __call__(
        self, environ: Mapping[str, Any], start_response: Callable[..., object]
    ) -> Iterable[bytes]:
        """Answer a webhook, as a WSGI application."""
        form = parse_qs(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])).decode())
        if form["Author"] == [GRACE]:
            reply = {"Author": "desk", "Body": "Thank you, Ada takes a look."}
            self.post(f"Conversations/{form['ConversationSid'][0]}/Messages", reply)
        start_response("204 No Content", [])
        return []


def execute(options: Namespace) -> int:
    with problems_on_stderr(), FakeConversations(name="demo") as fake:
        desk = Application(fake.account_sid, fake.auth_token)
        fake.webhooks.deliver_to(desk, public_url="https://desk.example", events=["onMessageAdded"])
        entries: list[Entry] = []
        fake._world.outside.listeners.append(entries.append)
        render = text_renderer(sys.stdout, width=WIDTH)
        for text in _steps(fake, desk):
            fake.settle()
            lines = [render(fake.clock.now(), entry) for entry in entries]
            entries.clear()
            print_text("\n".join([*lines, *([""] if lines else []), text]))
    print_text(END)
    return 0


def _steps(fake: FakeConversations, desk: Application) -> Iterator[str]:
    """Carry out the steps. Yields the text to print before each step, and a last text."""
    phone, ada = fake.handset(GRACE), fake.chat_user("ada")

    yield "The application opens a conversation for the customer Grace and the agent Ada."
    sid = desk.post("Conversations", {"FriendlyName": "Order 1234"})["sid"]
    customer = {"MessagingBinding.Address": GRACE, "MessagingBinding.ProxyAddress": DESK}
    desk.post(f"Conversations/{sid}/Participants", customer)
    desk.post(f"Conversations/{sid}/Participants", {"Identity": "ada"})

    yield "Grace texts from her phone. A webhook reaches the application, which answers."
    phone.send("Where is my order?", to=DESK)

    yield "Ada writes in her chat application."
    ada.send("It arrives tomorrow.", to=sid)

    yield "The application makes two mistakes. The fake refuses what Twilio refuses, with a reason."
    desk.post(f"Conversations/{sid}/Participants", customer)
    desk.post(f"Conversations/{sid}/Messages", {"Author": "desk", "Text": "Anything else?"})

    inbox = "\n".join(f"  {message.body}" for message in phone.inbox)
    yield f"Grace's phone received:\n{inbox}"
