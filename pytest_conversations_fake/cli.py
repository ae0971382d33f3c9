"""The shell's door: `conversations-fake serve` and `conversations-fake rules`."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from itertools import groupby
from secrets import token_hex  # noqa: TID251 - each start is to differ, unlike a test
from textwrap import fill
from threading import Event

ENDING = (signal.SIGINT, signal.SIGTERM)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns its exit status."""
    options = _parser().parse_args(arguments)
    try:
        status: int = options.run(options)
        sys.stdout.flush()
    except BrokenPipeError:  # nobody reads on, as behind `| head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
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
    serve.add_argument(
        "--assume",
        metavar="QUESTION=ANSWER",
        action="append",
        default=[],
        help="what to assume of Twilio, see `rules`",
    )
    serve.add_argument(
        "--webhook",
        metavar="URL",
        help="tell an application on this machine of everything that happens",
    )
    serve.add_argument("--seed", metavar="FILE", help="begin with what a file says, YAML or JSON")
    serve.add_argument(
        "--populate",
        metavar="LOCALE",
        nargs="?",
        const="en_US",
        help="begin with people and talk, made up (default: en_US)",
    )
    serve.set_defaults(run=_serve)
    rules = commands.add_parser("rules", help="list what the fake follows, and how sure that is")
    rules.set_defaults(run=_rules)
    return parser


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"a port is a number from 0 to 65535, not {text!r}")
    return int(text)


def _serve(options: argparse.Namespace) -> int:
    from .api.assumptions import read_answers
    from .api.events import POST_EVENTS
    from .fake import FakeConversations
    from .server.server import Server

    _hold_signals()
    with ExitStack() as running:
        server = Server(options.port)
        running.callback(server.stop)
        try:
            fake = FakeConversations(
                account_sid=options.account_sid,
                auth_token=options.auth_token,
                assume=read_answers(options.assume),
                seed=options.seed,
                redirect=False,
                # Else an application that keeps its database would find its sids taken
                name=f"conversations-fake serve {token_hex(8)}",
            )
            if options.populate:
                fake.populate(locale=options.populate)
            running.enter_context(fake.at(server))
            if options.webhook:
                fake.webhooks.deliver_to(options.webhook, events=POST_EVENTS)
        except (TypeError, ValueError, ModuleNotFoundError) as error:
            return _complain(str(error))
        except OSError as error:
            what = error.filename or f"port {options.port}"
            return _complain(f"{what}: {os.strerror(error.errno or 0)}")
        print(f"listening on {fake.url}", flush=True)
        print(f"TWILIO_ACCOUNT_SID={fake.account_sid}")
        print(f"TWILIO_AUTH_TOKEN={fake.auth_token}", flush=True)
        _wait_for_signal()
    return 0


def _rules(options: argparse.Namespace) -> int:
    """Every rule: its id, how sure it is and why, what holds, and how to have it otherwise."""
    from .api.rules import RULES

    for area, rules in groupby(RULES, key=lambda rule: rule.area):
        print(f"\n{area}\n")
        for rule in rules:
            print(f"{rule.id}  ({rule.sure}: {rule.source})")
            print(fill(rule.what, width=80, initial_indent="    ", subsequent_indent="    "))
            if rule.switch:
                print(f"    {rule.switch}")
    return 0


def _hold_signals() -> None:
    """From now on, and in every thread that is started, a signal waits until it is waited for.

    No handler can do this as well: it would interrupt the shutting down, too.
    """
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)


def _wait_for_signal() -> None:
    if hasattr(signal, "sigwait"):
        signal.sigwait(ENDING)
    else:  # Windows
        with suppress(KeyboardInterrupt):
            Event().wait()


def _complain(what: str) -> int:
    print(f"conversations-fake: {what}", file=sys.stderr)
    return 2
