"""The shell's door: `conversations-fake serve`."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from threading import Event


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns its exit status."""
    options = _parser().parse_args(arguments)
    status: int = options.run(options)
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="conversations-fake",
        description="A working imitation of the Twilio Conversations v1 API. Unofficial.",
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    serve = commands.add_parser("serve", help="serve the fake until interrupted")
    serve.add_argument("--port", type=_port, default=8010, help="0 for a free one (default: 8010)")
    serve.add_argument("--account-sid", metavar="AC…", help="accept this account only")
    serve.add_argument("--auth-token", metavar="TOKEN", help="accept this token only")
    serve.set_defaults(run=_serve)
    return parser


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"a port is a number from 0 to 65535, not {text!r}")
    return int(text)


def _serve(options: argparse.Namespace) -> int:
    from .fake import FakeConversations
    from .server.server import Server

    ended = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    server = Server(options.port)
    try:
        fake = FakeConversations(
            account_sid=options.account_sid, auth_token=options.auth_token, redirect=False
        )
        with fake.at(server):
            print(f"listening on {fake.url}", flush=True)
            print(f"TWILIO_ACCOUNT_SID={fake.account_sid}")
            print(f"TWILIO_AUTH_TOKEN={fake.auth_token}", flush=True)
            ended.wait()
    except ValueError as error:
        return _complain(str(error))
    except OSError as error:
        return _complain(f"port {options.port}: {os.strerror(error.errno or 0)}")
    finally:
        server.stop()
    return 0


def _complain(what: str) -> int:
    print(f"conversations-fake: {what}", file=sys.stderr)
    return 2
